using Map.Core.Identity;

namespace Map.Core.Services;

/// <summary>
/// What the validation of a plan relied on beyond the plan's own changes, as of <see cref="CommitPlan.JudgedAsOf"/>. If
/// any of it is no longer so, the commit is stale: it is judged anew.
/// </summary>
public sealed class ReliedFacts
{
    /// <summary>Validation relied on nothing.</summary>
    public static readonly ReliedFacts None = new();

    /// <summary>Groups of links that were counted: no link was added to or removed from one since.</summary>
    public IReadOnlyCollection<LinkGroupId> Groups { get; init; } = [];

    /// <summary>
    /// Holons whose type was read, with that type or null for none, as the plan finds them: each lives and has it still.
    /// </summary>
    public IReadOnlyDictionary<LocalId, LocalId?> Types { get; init; } = new Dictionary<LocalId, LocalId?>();

    /// <summary>
    /// Holons that the plan gives another type, so that all their links were judged: no link from or to one was added since.
    /// </summary>
    public IReadOnlyCollection<LocalId> Retyped { get; init; } = [];

    /// <summary>Holons that validators read, or did not find: none was saved or deleted since.</summary>
    public IReadOnlyCollection<LocalId> Holons { get; init; } = [];

    /// <summary>Sides of holons of which validators read what relationships there are: no link there was added or removed since.</summary>
    public IReadOnlyCollection<LinkSide> Sides { get; init; } = [];

    /// <summary>Types of which validators listed or counted the instances: no holon became one or ceased to be one since.</summary>
    public IReadOnlyCollection<LocalId> Listed { get; init; } = [];

    /// <summary>Keys that validators looked up: no holon got or lost one since.</summary>
    public IReadOnlyCollection<string> Keys { get; init; } = [];

    /// <summary>Whether validators read more than is noted piece by piece: nothing at all was committed since.</summary>
    public bool ReadsAll { get; init; }
}

/// <summary>One side of a holon: all links that lead from it, or to it.</summary>
/// <param name="Holon">The holon.</param>
/// <param name="Direction">Whether it is the source or the target.</param>
public readonly record struct LinkSide(LocalId Holon, LinkDirection Direction);

/// <summary>The links of one relationship of one holon.</summary>
/// <param name="Holon">The holon.</param>
/// <param name="Direction">Whether the holon is the source or the target.</param>
/// <param name="Relationship">Id of the declared relationship type, or of the bare name.</param>
public readonly record struct LinkGroupId(LocalId Holon, LinkDirection Direction, LocalId Relationship)
{
    /// <inheritdoc/>
    /// <remarks>Ids are random in their low halves; the generated hash would be slower and no better.</remarks>
    public override int GetHashCode() =>
        HashCode.Combine((ulong)Holon.Value, (ulong)Relationship.Value, (byte)Direction);
}
