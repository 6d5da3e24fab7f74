namespace Map.Hub;

/// <summary>
/// What a caller may do, and what a method or command needs. Each scope includes those before it. Read, Write and Admin
/// have the numbers of <c>map.v1.Scope</c>.
/// </summary>
public enum AccessScope
{
    /// <summary>Anybody, also without a token: health checks.</summary>
    Anonymous = -1,

    /// <summary>Nothing was declared, so nobody may.</summary>
    Undeclared = 0,

    /// <summary>Queries.</summary>
    Read = 1,

    /// <summary>Mutations, and making spaces.</summary>
    Write = 2,

    /// <summary>Running the daemon.</summary>
    Admin = 3,
}

/// <summary>How a caller was identified.</summary>
public enum CallerKind
{
    /// <summary>Not at all.</summary>
    Anonymous = 0,

    /// <summary>By the operating system: the daemon's own user, over the unix socket.</summary>
    Owner = 1,

    /// <summary>By a token.</summary>
    Token = 2,
}

/// <summary>Who sent a request, as far as authentication tells.</summary>
/// <param name="Kind">How it was identified.</param>
/// <param name="Name">For logs: the token's name, or "owner".</param>
/// <param name="Scope">What it may do.</param>
public sealed record Caller(CallerKind Kind, string Name, AccessScope Scope)
{
    /// <summary>Nobody in particular.</summary>
    public static Caller Anonymous { get; } = new(CallerKind.Anonymous, "anonymous", AccessScope.Anonymous);

    /// <summary>The daemon's own user.</summary>
    public static Caller Owner { get; } = new(CallerKind.Owner, "owner", AccessScope.Admin);

    /// <summary>Names of the spaces that it may use; all when empty.</summary>
    public IReadOnlyList<string> Spaces { get; init; } = [];

    /// <summary>Whether it may use every space, also those to come.</summary>
    public bool MayUseAll => Spaces.Count == 0;

    /// <summary>Whether it may use a space.</summary>
    /// <param name="space">The space's name, in any case.</param>
    public bool MayUse(string space) => MayUseAll || Spaces.Contains(space, StringComparer.OrdinalIgnoreCase);
}
