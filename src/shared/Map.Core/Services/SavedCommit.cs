using Map.Core.Identity;

namespace Map.Core.Services;

/// <summary>A commit as its record tells it, without what it changed.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Transaction">The transaction.</param>
/// <param name="Label">What the work was, for a person.</param>
/// <param name="Snapshot">The commit that the transaction read as of.</param>
/// <param name="UnixMicros">When it was saved.</param>
/// <param name="TouchesSchema">Whether a type descriptor is among what it changed.</param>
public sealed record SavedCommit(
    long Number, TransactionId Transaction, string Label, long Snapshot, long UnixMicros, bool TouchesSchema);

/// <summary>One change of a saved commit.</summary>
public abstract record CommitChange;

/// <summary>A holon that the commit created, updated or deleted.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Holon">The holon.</param>
/// <param name="Version">The version that it saved; of a deletion the number after the last version.</param>
public sealed record SavedNodeChange(NodeChangeKind Kind, LocalId Holon, int Version) : CommitChange;

/// <summary>A link that the commit added or removed; a member that it moved is both.</summary>
/// <param name="IsAdd">Added, else removed.</param>
/// <param name="Source">The holon that declares it.</param>
/// <param name="Relationship">Id of the declared relationship type, or of the bare name.</param>
/// <param name="Name">The name, where no type declares the relationship; else null: the type knows it.</param>
/// <param name="Slot">The link among those of its source.</param>
public sealed record SavedLinkChange(
    bool IsAdd, LocalId Source, LocalId Relationship, string? Name, LinkSlot Slot) : CommitChange;
