namespace Map.Hub;

/// <summary>What a caller may do. Each scope includes those before it. Numbers are those of <c>map.v1.Scope</c>.</summary>
public enum AccessScope
{
    /// <summary>Queries.</summary>
    Read = 1,

    /// <summary>Mutations, and making spaces.</summary>
    Write = 2,

    /// <summary>Running the daemon.</summary>
    Admin = 3,
}

/// <summary>Who sent a request, as far as authentication tells.</summary>
/// <param name="Name">For logs: the token's name, or the owner of the socket's peer.</param>
/// <param name="Scope">What it may do.</param>
/// <param name="Spaces">Names of the spaces that it may use; all when empty.</param>
public sealed record Caller(string Name, AccessScope Scope, IReadOnlyList<string> Spaces)
{
    /// <summary>Whether it may use every space, also those to come.</summary>
    public bool MayUseAll => Spaces.Count == 0;

    /// <summary>Whether it may use a space.</summary>
    public bool MayUse(string space) => MayUseAll || Spaces.Contains(space, StringComparer.OrdinalIgnoreCase);
}
