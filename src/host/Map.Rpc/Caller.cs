namespace Map.Rpc;

/// <summary>How a caller proved who it is.</summary>
public enum CallerKind
{
    /// <summary>It did not; only methods of <see cref="AccessScope.Anonymous"/> run for it.</summary>
    Anonymous = 0,

    /// <summary>The operating system vouches for it: a process of the daemon's own user on the unix socket.</summary>
    Owner = 1,

    /// <summary>It presented a bearer token.</summary>
    Token = 2,
}

/// <summary>Who makes a call.</summary>
/// <param name="Kind">How the identity was proved.</param>
/// <param name="Name">For logs and the audit: the token's name, or <c>owner</c>.</param>
/// <param name="Scope">The most that the caller may do.</param>
public sealed record Caller(CallerKind Kind, string Name, AccessScope Scope)
{
    /// <summary>A caller without identity.</summary>
    public static Caller Anonymous { get; } = new(CallerKind.Anonymous, "anonymous", AccessScope.Anonymous);

    /// <summary>The daemon's own user, over the unix socket.</summary>
    public static Caller Owner { get; } = new(CallerKind.Owner, "owner", AccessScope.Admin);

    /// <summary>Names of the spaces that the caller may use; all when empty.</summary>
    public IReadOnlyList<string> Spaces { get; init; } = [];

    /// <summary>Whether the caller may use a space. Space names ignore case.</summary>
    /// <param name="spaceName">The space's name.</param>
    /// <returns>True when <see cref="Spaces"/> is empty or has the name.</returns>
    public bool MayUseSpace(string spaceName) =>
        Spaces.Count == 0 || Spaces.Contains(spaceName, StringComparer.OrdinalIgnoreCase);
}
