using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Committing;

namespace Map.Storage.Reading;

/// <summary>
/// What was read lately of one space. A read as of a commit answers the same for good; its answer serves as of another
/// commit, too, if none between the two changed the holon or its links. So nothing that is kept ever becomes wrong, and
/// who keeps something late does no harm.
/// </summary>
internal sealed class RecentReads(ReadCache cache)
{
    /// <summary>Relationships with more members are not kept: the search for the first is not what makes them slow.</summary>
    internal const int MaxLinks = 64;

    /// <summary>Larger rows are not kept.</summary>
    internal const int MaxRowBytes = 1 << 10;

    private const int HolonBytes = 256;
    private const int DecodedPerRowByte = 3;
    private const int LinkBytes = 32;
    private const int Marks = 1 << 12;

    private long[]? _marks;
    private long _opened;

    /// <summary>Takes the last commit of a database that was opened: it may have commits that were not noted.</summary>
    internal void Adopt(long last) => Volatile.Write(ref _opened, last);

    /// <summary>Notes what a commit changes, before anybody can read as of it. It does not matter if it fails then.</summary>
    internal void NoteChanges(ReadOnlySpan<(LocalId Id, Standing Standing)> holons, long commit)
    {
        var marks = _marks ??= new long[Marks];
        foreach (ref readonly var holon in holons) Volatile.Write(ref marks[MarkOf(holon.Id)], commit);
    }

    /// <summary>Whether a holon and its links were the same as of two commits. If not sure, it answers no.</summary>
    internal bool IsSame(LocalId holon, long one, long other)
    {
        if (one == other) return true;
        var changed = Volatile.Read(ref _opened);
        if (Volatile.Read(ref _marks) is { } marks) changed = Math.Max(changed, Volatile.Read(ref marks[MarkOf(holon)]));
        return changed <= Math.Min(one, other);
    }

    internal SavedHolon? FindHolon(LocalId id, long asOf) => (SavedHolon?)cache.Find(KeyOf(id), asOf);

    internal LinkSlot[]? FindLinks(in LinkGroupId group, long asOf) => (LinkSlot[]?)cache.Find(KeyOf(group), asOf);

    internal void Keep(SavedHolon holon, int rowBytes, long asOf)
    {
        if (rowBytes <= MaxRowBytes) cache.Keep(KeyOf(holon.Id), asOf, holon, HolonBytes + DecodedPerRowByte * rowBytes);
    }

    internal void Keep(in LinkGroupId group, LinkSlot[] links, long asOf) =>
        cache.Keep(KeyOf(group), asOf, links, LinkBytes * links.Length);

    private ReadKey KeyOf(LocalId holon) => new(this, holon, LinkDirection.Forward, default);

    private ReadKey KeyOf(in LinkGroupId group) => new(this, group.Holon, group.Direction, group.Relationship);

    // Ids are random in their low halves.
    private static int MarkOf(LocalId holon) => (int)((ulong)holon.Value & (Marks - 1));
}
