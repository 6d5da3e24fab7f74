using Map.Core.Identity;
using Map.Core.Values;

namespace Map.Core.Services;

/// <summary>Everything that one commit changes, and with it what it relies on.</summary>
public sealed class CommitPlan
{
    /// <summary>The transaction.</summary>
    public required TransactionId Transaction { get; init; }

    /// <summary>What the work was, for a person.</summary>
    public required string Label { get; init; }

    /// <summary>The commit that the transaction read as of.</summary>
    public required long Snapshot { get; init; }

    /// <summary>The commit over which the staged changes were judged: the types were those of it.</summary>
    public required long JudgedAsOf { get; init; }

    /// <summary>What judging them relied on beyond what the plan changes, as of that commit.</summary>
    public ReliedFacts Relied { get; init; } = ReliedFacts.None;

    /// <summary>Whether a type descriptor is among what changes: this commit becomes the schema epoch.</summary>
    public required bool TouchesSchema { get; init; }

    /// <summary>Holons created, updated or deleted; each id at most once.</summary>
    public required IReadOnlyList<NodeChange> Nodes { get; init; }

    /// <summary>
    /// Links added and removed, in the order in which ordered members are to stand. The links of deleted holons are
    /// not listed: the store removes all of those, in both directions.
    /// </summary>
    public required IReadOnlyList<LinkChange> Links { get; init; }
}

/// <summary>What happens to a holon.</summary>
public enum NodeChangeKind : byte
{
    /// <summary>Its first version.</summary>
    Create = 1,

    /// <summary>A further version.</summary>
    Update = 2,

    /// <summary>It ends.</summary>
    Delete = 3,
}

/// <summary>A change of one holon. Conflicts when its head is no longer the version it was staged from.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Id">The holon.</param>
/// <param name="Base">The version it was staged from; null for <see cref="NodeChangeKind.Create"/>.</param>
/// <param name="Descriptor">Its type from now on; of a deleted one, its type so far.</param>
/// <param name="Properties">Its properties from now on; empty for a deleted one.</param>
/// <param name="Predecessor">For <see cref="NodeChangeKind.Create"/>: the holon it came from, if recorded.</param>
public sealed record NodeChange(
    NodeChangeKind Kind, LocalId Id, SavedHolon? Base, LocalId? Descriptor, PropertyMap Properties, LocalId? Predecessor);

/// <summary>
/// A link added or removed. An add conflicts when either end is not live. An add of a link that is there already
/// (where duplicates are not allowed) and a removal of one that is gone write nothing.
/// </summary>
/// <param name="IsAdd">Added, else removed.</param>
/// <param name="Source">The holon that declares it.</param>
/// <param name="Relationship">What it is a link of.</param>
/// <param name="Slot">
/// For a removal: the link. For an add: the other end, and in an ordered relationship the order, for which the store
/// gives its own where it is provisional (<see cref="LinkOrders"/>). The store gives the occurrence.
/// </param>
public readonly record struct LinkChange(bool IsAdd, LocalId Source, RelationshipFacts Relationship, LinkSlot Slot);

/// <summary>What the store needs to know of a relationship.</summary>
/// <param name="Id">Id of the declared relationship type, or of the bare name.</param>
/// <param name="Name">The canonical name.</param>
/// <param name="IsTyped">Whether a type declares it.</param>
/// <param name="IsOrdered">Whether members keep the order they were given.</param>
/// <param name="AllowsDuplicates">Whether one member may stand more than once.</param>
/// <param name="IsDefinitional">Whether a change of it makes a new version of its source.</param>
public sealed record RelationshipFacts(
    LocalId Id, string Name, bool IsTyped, bool IsOrdered, bool AllowsDuplicates, bool IsDefinitional);

/// <summary>What became of a commit.</summary>
/// <param name="CommitNumber">Its number; null when it met conflicts.</param>
/// <param name="Conflicts">The conflicts, all of them.</param>
public sealed record CommitOutcome(long? CommitNumber, IReadOnlyList<CommitConflict> Conflicts)
{
    /// <summary>
    /// Nothing was written, since types, or what <see cref="CommitPlan.Relied"/> names, were changed after
    /// <see cref="CommitPlan.JudgedAsOf"/>. Plan anew.
    /// </summary>
    public static readonly CommitOutcome Stale = new(null, []);
}

/// <summary>Why a commit conflicts.</summary>
public enum ConflictKind : byte
{
    /// <summary>The holon was changed by a later commit.</summary>
    Changed = 1,

    /// <summary>The holon was deleted by a later commit.</summary>
    Deleted = 2,

    /// <summary>An end of an added link is not a live holon.</summary>
    LinkEndGone = 3,

    /// <summary>Another live holon of the type has the key.</summary>
    KeyTaken = 4,

    /// <summary>The descriptor is not a live holon.</summary>
    DescriptorGone = 5,

    /// <summary>A holon to be deleted has a link, from or to it, that was added after the transaction's snapshot.</summary>
    NewLink = 6,

    /// <summary>A type to be deleted describes a holon.</summary>
    NewInstance = 7,
}

/// <summary>One fact that no longer holds.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Holon">The staged holon concerned.</param>
/// <param name="Other">The other holon: the far end, the descriptor, the one that has the key; else null.</param>
/// <param name="CommitNumber">The commit that came between; 0 when not known.</param>
/// <param name="Key">The key, for <see cref="ConflictKind.KeyTaken"/>.</param>
public sealed record CommitConflict(ConflictKind Kind, LocalId Holon, LocalId? Other, long CommitNumber, string? Key);
