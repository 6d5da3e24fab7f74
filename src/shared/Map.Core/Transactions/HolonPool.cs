using System.Collections.Immutable;
using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.Services;

namespace Map.Core.Transactions;

/// <summary>
/// The drafts of one phase of a transaction (the nursery, or the transient holons) with the indexes that reads need.
/// Immutable: every change makes a new pool that shares what did not change.
/// </summary>
public sealed class HolonPool
{
    /// <summary>No drafts.</summary>
    public static readonly HolonPool Empty = new(
        ImmutableSortedDictionary<LocalId, DraftHolon>.Empty,
        SortedChunks<LocalId>.Empty(Comparer<LocalId>.Default),
        SortedChunks<KeyEntry>.Empty(KeyEntry.Comparer),
        SortedChunks<TypeEntry>.Empty(Comparer<TypeEntry>.Default),
        SortedChunks<IncomingLink>.Empty(IncomingLink.Comparer),
        SortedChunks<LocalId>.Empty(Comparer<LocalId>.Default),
        [],
        0,
        0);

    // The dictionary has no range reads, so the ids stand beside it in a set that has.
    private readonly SortedChunks<LocalId> _ids;
    private readonly SortedChunks<KeyEntry> _keys;
    private readonly SortedChunks<TypeEntry> _types;
    private readonly SortedChunks<IncomingLink> _incoming;
    private readonly SortedChunks<LocalId> _ofSaved;
    private readonly ImmutableDictionary<LocalId, DraftHolon> _abandoned;
    private volatile Dictionary<LocalId, DraftHolon>? _hashed;

    private HolonPool(
        ImmutableSortedDictionary<LocalId, DraftHolon> holons,
        SortedChunks<LocalId> ids,
        SortedChunks<KeyEntry> keys,
        SortedChunks<TypeEntry> types,
        SortedChunks<IncomingLink> incoming,
        SortedChunks<LocalId> ofSaved,
        ImmutableDictionary<LocalId, DraftHolon> abandoned,
        int deletions,
        int removers)
    {
        Holons = holons;
        _ids = ids;
        _keys = keys;
        _types = types;
        _incoming = incoming;
        _ofSaved = ofSaved;
        _abandoned = abandoned;
        Deletions = deletions;
        Removers = removers;
    }

    /// <summary>The drafts in order of id, which is the order of creation; abandoned ones are not among them.</summary>
    public ImmutableSortedDictionary<LocalId, DraftHolon> Holons { get; }

    /// <summary>How many drafts there are.</summary>
    public int Count => Holons.Count;

    /// <summary>How many of the drafts are staged for delete.</summary>
    public int Deletions { get; }

    /// <summary>How many of the drafts remove saved links.</summary>
    public int Removers { get; }

    /// <summary>How many drafts were abandoned. They are kept for those who still refer to them.</summary>
    public int Abandoned => _abandoned.Count;

    /// <summary>A draft, or null.</summary>
    public DraftHolon? Find(LocalId id) => _hashed is { } hashed ? hashed.GetValueOrDefault(id) : Holons.GetValueOrDefault(id);

    /// <summary>Makes every <see cref="Find"/> from now on several times faster, which pays where each draft is asked for more than once.</summary>
    internal void Hash() => _hashed ??= new Dictionary<LocalId, DraftHolon>(Holons);

    /// <summary>An abandoned draft, or null.</summary>
    public DraftHolon? FindAbandoned(LocalId id) => _abandoned.GetValueOrDefault(id);

    /// <summary>Whether a holon is left out of the view: staged for delete, or staged for create and then abandoned.</summary>
    public bool Hides(LocalId id) =>
        (Deletions > 0 && Find(id) is { IsLive: false }) || (Abandoned > 0 && FindAbandoned(id) is { Base: null });

    /// <summary>Drafts of saved holons, staged for update or delete, in order of id.</summary>
    public IEnumerable<DraftHolon> OfSaved => _ofSaved.All.Select(id => Holons[id]);

    /// <summary>Drafts of exactly that key, also those staged for delete, in order of type and id.</summary>
    public IEnumerable<KeyEntry> WithKey(string key, KeyEntry? after) =>
        _keys.From(after ?? new KeyEntry(key, default, default), isExclusive: after is not null)
            .TakeWhile(entry => string.Equals(entry.Key, key, StringComparison.Ordinal));

    /// <summary>Live drafts of exactly that key.</summary>
    public IEnumerable<DraftHolon> LiveWithKey(string key) =>
        WithKey(key, null).Select(entry => Holons[entry.Holon]).Where(draft => draft.IsLive);

    /// <summary>Live drafts from a key on, in order of UTF-8 key, type and id.</summary>
    public IEnumerable<KeyEntry> ScanKeys(string from, KeyEntry? after) =>
        _keys.From(after ?? new KeyEntry(from, default, default), isExclusive: after is not null)
            .Where(entry => Deletions == 0 || Holons[entry.Holon].IsLive);

    /// <summary>Live drafts described by exactly that type, in order of id.</summary>
    public IEnumerable<LocalId> OfType(LocalId type, LocalId? after) =>
        _types.From(new TypeEntry(type, after ?? default), isExclusive: after is not null)
            .TakeWhile(entry => entry.Type == type).Select(entry => entry.Holon);

    /// <summary>Drafts from an id on, exclusive, in order of id.</summary>
    public IEnumerable<DraftHolon> After(LocalId? after) =>
        _ids.From(after ?? default, isExclusive: after is not null).Select(id => Holons[id]);

    /// <summary>Links that drafts add to a target, by name and source.</summary>
    public IEnumerable<IncomingLink> Incoming(LocalId target) =>
        _incoming.From(new IncomingLink(target, "", default, default), isExclusive: false)
            .TakeWhile(link => link.Target == target);

    /// <summary>Links of one name that drafts add to a target, by source, from a source on.</summary>
    public IEnumerable<IncomingLink> Incoming(LocalId target, string name, LocalId from = default) =>
        _incoming.From(new IncomingLink(target, name, from, default), isExclusive: false)
            .TakeWhile(link => link.Target == target && string.Equals(link.Name, name, StringComparison.Ordinal));

    /// <summary>Links of one name that one draft adds to a target, by order and occurrence.</summary>
    public IEnumerable<LinkSlot> Between(LocalId source, string name, LocalId target) =>
        _incoming.From(new IncomingLink(target, name, source, default), isExclusive: false)
            .TakeWhile(link => link.Target == target && link.Source == source
                && string.Equals(link.Name, name, StringComparison.Ordinal))
            .Select(link => link.Slot);

    /// <summary>Starts a change.</summary>
    internal Builder ToBuilder() => new(this);

    /// <summary>A pool under change. Belongs to one list of changes; the pool it came from stays as it was.</summary>
    internal sealed class Builder
    {
        private readonly ImmutableSortedDictionary<LocalId, DraftHolon>.Builder _holons;
        private readonly SortedChunks<LocalId>.Builder _ids;
        private readonly SortedChunks<KeyEntry>.Builder _keys;
        private readonly SortedChunks<TypeEntry>.Builder _types;
        private readonly SortedChunks<IncomingLink>.Builder _incoming;
        private readonly SortedChunks<LocalId>.Builder _ofSaved;
        private readonly ImmutableDictionary<LocalId, DraftHolon>.Builder _abandoned;
        private int _deletions;
        private int _removers;

        internal Builder(HolonPool pool)
        {
            _holons = pool.Holons.ToBuilder();
            _ids = pool._ids.ToBuilder();
            _keys = pool._keys.ToBuilder();
            _types = pool._types.ToBuilder();
            _incoming = pool._incoming.ToBuilder();
            _ofSaved = pool._ofSaved.ToBuilder();
            _abandoned = pool._abandoned.ToBuilder();
            _deletions = pool.Deletions;
            _removers = pool.Removers;
        }

        /// <summary>A draft, or null.</summary>
        public DraftHolon? Find(LocalId id) => _holons.GetValueOrDefault(id);

        /// <summary>Adds or replaces a draft; an abandoned one stands apart from then on.</summary>
        public void Put(DraftHolon draft)
        {
            if (draft.Phase == HolonPhase.Abandoned)
            {
                Remove(draft.Id);
                _abandoned[draft.Id] = draft;
                return;
            }

            _abandoned.Remove(draft.Id);
            var before = Find(draft.Id);
            _holons[draft.Id] = draft;
            if (before is null) _ids.Add(draft.Id);
            MoveIndexes(before, draft);
        }

        /// <summary>
        /// Adds drafts that are not there, none of them abandoned, many at once: the entries of an index are put in order
        /// together.
        /// </summary>
        public void AddAll(IReadOnlyCollection<DraftHolon> drafts)
        {
            var count = _holons.Count + drafts.Count;
            var keys = new List<KeyEntry>(drafts.Count);
            var types = new List<TypeEntry>(drafts.Count);
            foreach (var draft in drafts)
            {
                _holons.Add(draft.Id, draft);
                _abandoned.Remove(draft.Id);
                if (KeyEntry.Of(draft) is { } key) keys.Add(key);
                if (TypeEntry.Of(draft) is { } type) types.Add(type);
                if (!draft.IsLive) _deletions++;
                if (draft.RemovesLinks) _removers++;
            }

            Invariant.Holds(_holons.Count == count);
            _ids.AddRange([.. drafts.Select(draft => draft.Id)]);
            _ofSaved.AddRange([.. drafts.Where(draft => draft.Base is not null).Select(draft => draft.Id)]);
            _keys.AddRange([.. keys]);
            _types.AddRange([.. types]);
            _incoming.AddRange(IncomingLink.Of(drafts));
        }

        /// <summary>Takes a draft out.</summary>
        public void Remove(LocalId id)
        {
            MoveIndexes(Find(id), null);
            _holons.Remove(id);
            _ids.Remove(id);
        }

        /// <summary>Adds a link to what a draft adds.</summary>
        public void AddLink(DraftHolon source, string name, LinkSlot slot)
        {
            var edits = source.EditsOf(name);
            _holons[source.Id] = source.WithEdits(name, edits with { Added = edits.Added.Add(slot) });
            _incoming.Add(new IncomingLink(slot.Other, name, source.Id, slot));
        }

        /// <summary>Takes a link back from what a draft adds.</summary>
        public void RemoveLink(DraftHolon source, string name, LinkSlot slot)
        {
            var edits = source.EditsOf(name);
            Invariant.Holds(edits.Added.Contains(slot));
            _holons[source.Id] = source.WithEdits(name, edits with { Added = edits.Added.Remove(slot) });
            _incoming.Remove(new IncomingLink(slot.Other, name, source.Id, slot));
        }

        /// <summary>The changed pool.</summary>
        public HolonPool ToPool() => new(
            _holons.ToImmutable(),
            _ids.ToSet(),
            _keys.ToSet(),
            _types.ToSet(),
            _incoming.ToSet(),
            _ofSaved.ToSet(),
            _abandoned.ToImmutable(),
            _deletions,
            _removers);

        private void MoveIndexes(DraftHolon? before, DraftHolon? after)
        {
            if (before is { IsLive: false }) _deletions--;
            if (after is { IsLive: false }) _deletions++;
            if (before is { RemovesLinks: true }) _removers--;
            if (after is { RemovesLinks: true }) _removers++;
            MoveBase(before, after);
            MoveKey(before, after);
            MoveType(before, after);
            MoveLinks(before, after);
        }

        private void MoveBase(DraftHolon? before, DraftHolon? after)
        {
            if (before?.Base is not null == after?.Base is not null) return;
            if (after?.Base is not null) _ofSaved.Add(after.Id);
            else _ofSaved.Remove(before!.Id);
        }

        private void MoveKey(DraftHolon? before, DraftHolon? after)
        {
            var old = KeyEntry.Of(before);
            var now = KeyEntry.Of(after);
            if (old == now) return;
            if (old is { } gone) _keys.Remove(gone);
            if (now is { } added) _keys.Add(added);
        }

        private void MoveType(DraftHolon? before, DraftHolon? after)
        {
            var old = TypeEntry.Of(before);
            var now = TypeEntry.Of(after);
            if (old == now) return;
            if (old is { } gone) _types.Remove(gone);
            if (now is { } added) _types.Add(added);
        }

        private void MoveLinks(DraftHolon? before, DraftHolon? after)
        {
            var old = before is { IsLive: true } ? before.Links : DraftHolon.NoLinks;
            var now = after is { IsLive: true } ? after.Links : DraftHolon.NoLinks;
            if (ReferenceEquals(old, now)) return;
            var source = (before ?? after)!.Id;
            foreach (var (name, edits) in old)
                MoveLinks(source, name, edits, now.GetValueOrDefault(name, LinkEdits.None));
            foreach (var (name, edits) in now)
                if (!old.ContainsKey(name)) MoveLinks(source, name, LinkEdits.None, edits);
        }

        private void MoveLinks(LocalId source, string name, LinkEdits old, LinkEdits now)
        {
            if (ReferenceEquals(old.Added, now.Added)) return;
            foreach (var slot in old.Added)
                if (!now.Added.Contains(slot)) _incoming.Remove(new IncomingLink(slot.Other, name, source, slot));
            foreach (var slot in now.Added)
                if (!old.Added.Contains(slot)) _incoming.Add(new IncomingLink(slot.Other, name, source, slot));
        }
    }
}
