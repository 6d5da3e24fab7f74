using System.Runtime.InteropServices;
using Map.Core.Identity;
using Map.Core.Values;

namespace Map.Core.Services;

/// <summary>
/// The core's view of what is outside it: saved holons, links and keys of one space, as of a commit. Reads with the
/// same arguments always answer the same, whatever is committed later. Safe for many threads at once.
/// </summary>
public interface IHolonService
{
    /// <summary>The space.</summary>
    SpaceId Space { get; }

    /// <summary>The id of the space's own holon, which commit 0 saved.</summary>
    LocalId SpaceHolon { get; }

    /// <summary>The number of the last published commit.</summary>
    long LatestCommit { get; }

    /// <summary>The last commit, at or before <paramref name="asOf"/>, that touched a type descriptor.</summary>
    long SchemaEpoch(long asOf);

    /// <summary>How many live holons there are, the space's own not counted.</summary>
    long CountHolons(long asOf);

    /// <summary>The version of a holon as of a commit; null when there is none or it is deleted.</summary>
    SavedHolon? FindHolon(LocalId id, long asOf);

    /// <summary>
    /// The versions of holons as of a commit, of those that are there. For many holons, and scans: <c>FindHolons(ScanInstances(…),
    /// …)</c> is much faster than each by itself, and takes no memory for what was read.
    /// </summary>
    /// <param name="ids">The holons in rising order, taken one by one as the answer is.</param>
    /// <param name="properties">The canonical names of the properties that the answer is to have; null for all.</param>
    /// <param name="asOf">The commit to read as of.</param>
    IEnumerable<SavedHolon> FindHolons(IEnumerable<LocalId> ids, IReadOnlyCollection<string>? properties, long asOf);

    /// <summary>One version of a holon, saved at or before a commit; null when there is none.</summary>
    SavedHolon? FindVersion(LocalId id, int version, long asOf);

    /// <summary>The commit, at or before another, that deleted a holon; null when it lives then, or never was.</summary>
    long? FindEnd(LocalId id, long asOf);

    /// <summary>The versions of a holon saved at or before a commit, newest first, also of one deleted since.</summary>
    IEnumerable<SavedHolon> Versions(LocalId id, long asOf);

    /// <summary>What the record of a published commit says of it.</summary>
    SavedCommit ReadCommit(long number);

    /// <summary>
    /// What a published commit changed: holons, then links, those that ended with a deleted holon among them. Read as
    /// it is asked for: the changes of a load may be more than memory should hold at once.
    /// </summary>
    IEnumerable<CommitChange> CommitChanges(long number);

    /// <summary>Live holons of exactly that key, by type id.</summary>
    IEnumerable<KeyMatch> FindByKey(string key, long asOf);

    /// <summary>Live holons whose key starts with a prefix, ordered by UTF-8 key and type id.</summary>
    /// <param name="prefix">The prefix; empty for all keyed holons.</param>
    /// <param name="after">Where to continue, exclusive; null to start.</param>
    /// <param name="asOf">The commit to read as of.</param>
    IEnumerable<KeyMatch> ScanKeys(string prefix, KeyMatch? after, long asOf);

    /// <summary>All live holons in order of id, the space's own included.</summary>
    IEnumerable<LocalId> ScanHolons(LocalId? after, long asOf);

    /// <summary>Live holons described by exactly that type, in order of id.</summary>
    IEnumerable<LocalId> ScanInstances(LocalId type, LocalId? after, long asOf);

    /// <summary>How many live holons exactly that type describes.</summary>
    long CountInstances(LocalId type, long asOf);

    /// <summary>The relationships of a holon in one direction that have live links, in order of relationship id.</summary>
    IEnumerable<LinkGroup> LinkGroups(LocalId holon, LinkDirection direction, long asOf);

    /// <summary>Live links of one relationship of a holon in order of <see cref="LinkSlot"/>.</summary>
    /// <param name="holon">The holon.</param>
    /// <param name="direction">Whether the holon is the source or the target.</param>
    /// <param name="relationship">Id of the declared relationship type, or of the bare name.</param>
    /// <param name="after">Where to continue, exclusive; null to start.</param>
    /// <param name="asOf">The commit to read as of.</param>
    IEnumerable<LinkSlot> Links(LocalId holon, LinkDirection direction, LocalId relationship, LinkSlot? after, long asOf);

    /// <summary>The links between exactly these two holons.</summary>
    IEnumerable<LinkSlot> LinksBetween(LocalId source, LocalId relationship, LocalId target, long asOf);
}

/// <summary>One saved version of a holon.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Version">The ordinal, 1 first.</param>
/// <param name="Commit">The commit that saved it.</param>
/// <param name="Descriptor">Its type; null only for the space's own holon before a type for it is loaded.</param>
/// <param name="Properties">Its properties.</param>
/// <param name="Predecessor">The holon that version 1 came from, if recorded.</param>
public sealed record SavedHolon(
    LocalId Id, int Version, long Commit, LocalId? Descriptor, PropertyMap Properties, LocalId? Predecessor);

/// <summary>A live holon found by its key.</summary>
/// <param name="Key">The key.</param>
/// <param name="Type">Its type.</param>
/// <param name="Holon">The holon.</param>
public readonly record struct KeyMatch(string Key, LocalId Type, LocalId Holon);

/// <summary>The side of a link that a read starts from.</summary>
public enum LinkDirection : byte
{
    /// <summary>From the source, as authored.</summary>
    Forward = 0,

    /// <summary>From the target.</summary>
    Reverse = 1,
}

/// <summary>One relationship of a holon that has live links.</summary>
/// <param name="Relationship">Id of the declared relationship type, or of the bare name.</param>
/// <param name="Name">The name, where no type declares the relationship; else null: the type knows it.</param>
/// <param name="Count">How many live links.</param>
public readonly record struct LinkGroup(LocalId Relationship, string? Name, long Count);

/// <summary>The place of a link among the links of one relationship of one holon. Slots sort as the members do.</summary>
/// <param name="Order">Position in an ordered relationship; zero in an unordered one and from the target's side.</param>
/// <param name="Other">The holon at the other end.</param>
/// <param name="Occurrence">Tells equal links apart where duplicates are allowed; 0 first.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct LinkSlot(ulong Order, LocalId Other, uint Occurrence) : IComparable<LinkSlot>
{
    /// <inheritdoc/>
    public int CompareTo(LinkSlot other)
    {
        var order = Order.CompareTo(other.Order);
        if (order == 0) order = Other.CompareTo(other.Other);
        return order == 0 ? Occurrence.CompareTo(other.Occurrence) : order;
    }
}

/// <summary>A link among the links of one holon: the position of a member among related holons.</summary>
/// <param name="Relationship">The relationship whose links are read; a name can stand for several.</param>
/// <param name="Slot">The link.</param>
public readonly record struct RelatedPosition(LocalId Relationship, LinkSlot Slot) : IComparable<RelatedPosition>
{
    /// <inheritdoc/>
    public int CompareTo(RelatedPosition other)
    {
        var order = Relationship.CompareTo(other.Relationship);
        return order == 0 ? Slot.CompareTo(other.Slot) : order;
    }
}
