using Map.Core.Identity;

namespace Map.Core.Services;

/// <summary>
/// Notes what is read through it, as far as later commits could change it: each fact once, and where there are too many, that
/// all was read. Reads are as of one commit.
/// </summary>
internal sealed class ReadRecorder(IHolonService saved) : IHolonService
{
    private const int MaxFacts = 100_000;

    private readonly HashSet<LocalId> _holons = [];
    private readonly HashSet<LinkGroupId> _groups = [];
    private readonly HashSet<LinkSide> _sides = [];
    private readonly HashSet<LocalId> _listed = [];
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private bool _readsAll;

    public SpaceId Space => saved.Space;

    public LocalId SpaceHolon => saved.SpaceHolon;

    public long LatestCommit => saved.LatestCommit;

    /// <summary>What was read.</summary>
    public ReliedFacts ToFacts() => _readsAll
        ? new ReliedFacts { ReadsAll = true }
        : new ReliedFacts { Holons = _holons, Groups = _groups, Sides = _sides, Listed = _listed, Keys = _keys };

    /// <summary>Notes that the current version of a holon was read, elsewhere.</summary>
    public void NoteHolon(LocalId id) => Note(_holons, id);

    // The epoch is checked with every commit.
    public long SchemaEpoch(long asOf) => saved.SchemaEpoch(asOf);

    public long CountHolons(long asOf)
    {
        _readsAll = true;
        return saved.CountHolons(asOf);
    }

    public SavedHolon? FindHolon(LocalId id, long asOf)
    {
        Note(_holons, id);
        return saved.FindHolon(id, asOf);
    }

    public IEnumerable<SavedHolon> FindHolons(IEnumerable<LocalId> ids, IReadOnlyCollection<string>? properties, long asOf)
    {
        return saved.FindHolons(Noted(), properties, asOf);

        IEnumerable<LocalId> Noted()
        {
            foreach (var id in ids)
            {
                Note(_holons, id);
                yield return id;
            }
        }
    }

    public SavedHolon? FindVersion(LocalId id, int version, long asOf)
    {
        Note(_holons, id);
        return saved.FindVersion(id, version, asOf);
    }

    public long? FindEnd(LocalId id, long asOf)
    {
        Note(_holons, id);
        return saved.FindEnd(id, asOf);
    }

    public IEnumerable<SavedHolon> Versions(LocalId id, long asOf)
    {
        Note(_holons, id);
        return saved.Versions(id, asOf);
    }

    // What was committed does not change.
    public SavedCommit ReadCommit(long number) => saved.ReadCommit(number);

    public IEnumerable<CommitChange> CommitChanges(long number) => saved.CommitChanges(number);

    public IEnumerable<KeyMatch> FindByKey(string key, long asOf)
    {
        Note(_keys, key);
        return saved.FindByKey(key, asOf);
    }

    public IEnumerable<KeyMatch> ScanKeys(string prefix, KeyMatch? after, long asOf)
    {
        _readsAll = true;
        return saved.ScanKeys(prefix, after, asOf);
    }

    public IEnumerable<LocalId> ScanHolons(LocalId? after, long asOf)
    {
        _readsAll = true;
        return saved.ScanHolons(after, asOf);
    }

    public IEnumerable<LocalId> ScanInstances(LocalId type, LocalId? after, long asOf)
    {
        Note(_listed, type);
        return saved.ScanInstances(type, after, asOf);
    }

    public long CountInstances(LocalId type, long asOf)
    {
        Note(_listed, type);
        return saved.CountInstances(type, asOf);
    }

    public IEnumerable<LinkGroup> LinkGroups(LocalId holon, LinkDirection direction, long asOf)
    {
        Note(_sides, new LinkSide(holon, direction));
        return saved.LinkGroups(holon, direction, asOf);
    }

    public IEnumerable<LinkSlot> Links(LocalId holon, LinkDirection direction, LocalId relationship, LinkSlot? after, long asOf)
    {
        Note(_groups, new LinkGroupId(holon, direction, relationship));
        return saved.Links(holon, direction, relationship, after, asOf);
    }

    public IEnumerable<LinkSlot> LinksBetween(LocalId source, LocalId relationship, LocalId target, long asOf)
    {
        Note(_groups, new LinkGroupId(source, LinkDirection.Forward, relationship));
        return saved.LinksBetween(source, relationship, target, asOf);
    }

    private void Note<T>(HashSet<T> facts, T fact)
    {
        if (_readsAll || !facts.Add(fact)) return;
        _readsAll = _holons.Count + _groups.Count + _sides.Count + _listed.Count + _keys.Count > MaxFacts;
    }
}
