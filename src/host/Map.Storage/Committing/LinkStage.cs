using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Committing;

/// <summary>
/// Checks the link changes of a plan, and gives orders and occurrence numbers. First all changes are gone through, then
/// each link that differs from the store is written once.
/// </summary>
internal sealed class LinkStage
{
    private readonly CommitDraft _draft;
    private readonly LinkTable _links;
    private readonly LinkGroups _groups;
    private readonly LinkRows _rows;
    private readonly HashSet<(LocalId Source, LocalId End)> _reported = [];

    internal LinkStage(CommitDraft draft, int linkCount)
    {
        _draft = draft;
        _groups = new LinkGroups(draft);
        _links = new LinkTable(draft, _groups);
        _rows = new LinkRows(draft, _groups, _links, linkCount);
    }

    /// <summary>The heads of the groups of links.</summary>
    internal LinkGroups Groups => _groups;

    /// <summary>What no longer holds.</summary>
    internal List<CommitConflict> Conflicts { get; } = [];

    /// <summary>Adds and removes links, in the plan's order.</summary>
    internal void Run(IReadOnlyList<LinkChange> changes)
    {
        for (var i = 0; i < changes.Count; i++)
        {
            var change = changes[i];
            var pair = new LinkPair(change.Source, change.Relationship.Id, change.Slot.Other);
            if (change.IsAdd) Add(pair, change.Relationship, change.Slot.Order);
            else Remove(pair, change);
        }
    }

    /// <summary>
    /// Removes all links of a deleted holon, in both directions. After all changes of links. A link that the transaction
    /// could not see is a conflict.
    /// </summary>
    internal void RemoveAll(LocalId holon, long snapshot)
    {
        Span<byte> prefix = stackalloc byte[LocalId.Size];
        Span<byte> next = stackalloc byte[RowKeys.LinkSize + 1];
        next.Fill(0xff);
        holon.Write(prefix);
        var rows = _draft.Latest.Links;
        for (var isOnRow = rows.Seek(prefix); isOnRow && rows.Key.StartsWith(prefix); isOnRow = rows.Seek(next))
        {
            rows.Key[..RowKeys.LinkGroupSize].CopyTo(next);
            RemoveGroup(rows, holon, snapshot);
        }
    }

    /// <summary>Makes the rows.</summary>
    internal void Finish()
    {
        foreach (ref var link in _links.All)
        {
            if (link.IsStored && (!link.IsLive || link.IsAdded))
            {
                Invariant.Require(link.StoredAdd < _draft.Number, "a stored link is older than this commit");
                Put(ref link, new MemberRow(link.StoredAdd, _draft.Number, link.StoredOrder));
            }

            if (link.IsLive && link.IsAdded) Put(ref link, new MemberRow(_draft.Number, Removed: 0, link.Order));
        }

        _rows.Finish();
    }

    /// <summary>Removes the links of the group whose last period, which stands first, begins where the rows are.</summary>
    private void RemoveGroup(RowIterator rows, LocalId holon, long snapshot)
    {
        Span<byte> period = stackalloc byte[RowKeys.LinkPeriodSize];
        rows.Key[..RowKeys.LinkPeriodSize].CopyTo(period);
        var relationship = LocalId.Read(period.Slice(RowKeys.LinkSideSize, LocalId.Size));
        var isForward = period[LocalId.Size] == (byte)LinkDirection.Forward;
        for (var isOnRow = true; isOnRow && rows.Key.StartsWith(period); isOnRow = rows.Next())
        {
            if (rows.Key.Length == period.Length) continue;
            var row = MemberRow.Read(rows.Key, rows.Value);
            if (!row.IsLive) continue;
            var slot = RowKeys.ReadLinkSlot(rows.Key);
            var pair = isForward
                ? new LinkPair(holon, relationship, slot.Other)
                : new LinkPair(slot.Other, relationship, holon);
            if (row.Added > snapshot && _reported.Add((holon, slot.Other)))
                Conflict(ConflictKind.NewLink, holon, slot.Other, row.Added);
            if (isForward) row = row with { ForwardOrder = slot.Order };
            End(_links.TakeStored(pair, slot.Occurrence, row));
        }
    }

    private void Add(LinkPair pair, RelationshipFacts relationship, ulong given)
    {
        var (source, target) = (_draft.NumberOf(pair.Source), _draft.NumberOf(pair.Target));
        var isSourceNew = _draft.Holons[source].Standing.IsNew;
        if (!AreEndsLive(pair, source, target)) return;
        if (!relationship.IsTyped) _rows.Name(relationship);
        if (isSourceNew && relationship is { IsOrdered: false, AllowsDuplicates: false })
        {
            // Most links of a load: the store has none of its source's, and one given twice meets itself when they are put in order.
            _rows.Put(new LinkRow(source, target, pair.Relationship, Occurrence: 0, new MemberRow(_draft.Number)));
            return;
        }

        if (!relationship.AllowsDuplicates && _links.FindLive(pair) >= 0) return;
        var occurrence = relationship.AllowsDuplicates ? _links.NextOccurrence(pair) : 0;
        var index = _links.Find(pair, occurrence);
        if (index < 0) index = _links.Take(pair, occurrence, stored: null);
        ref var link = ref _links.All[index];
        Invariant.Require(!link.IsLive, "an added link was not there");
        link.IsLive = true;
        link.IsAdded = true;
        link.Order = relationship.IsOrdered ? _groups.PlaceMember(pair.SourceGroup, given) : 0;
    }

    private bool AreEndsLive(LinkPair pair, int source, int target)
    {
        var (from, to) = (_draft.Holons[source].Standing, _draft.Holons[target].Standing);
        if (!from.IsLive && _reported.Add((pair.Source, pair.Source)))
            Conflict(ConflictKind.LinkEndGone, pair.Source, other: null, from.Commit);
        if (!to.IsLive && _reported.Add((pair.Source, pair.Target)))
            Conflict(ConflictKind.LinkEndGone, pair.Source, pair.Target, to.Commit);
        return from.IsLive && to.IsLive;
    }

    private void Conflict(ConflictKind kind, LocalId holon, LocalId? other, long commit) =>
        Conflicts.Add(new CommitConflict(kind, holon, other, commit, Key: null));

    private void Remove(LinkPair pair, LinkChange change)
    {
        var index = _links.Find(pair, change.Slot.Occurrence);
        if (index < 0) return;
        ref var link = ref _links.All[index];
        var order = link.IsAdded ? link.Order : link.StoredOrder;
        if (link.IsLive && (order == change.Slot.Order || !change.Relationship.AllowsDuplicates)) End(index);
    }

    private void End(int index)
    {
        ref var link = ref _links.All[index];
        link.IsLive = false;
        link.IsAdded = false;
    }

    private void Put(ref LinkEntryState link, MemberRow row) => _rows.Put(new LinkRow(
        _draft.NumberOf(link.Pair.Source), _draft.NumberOf(link.Pair.Target), link.Pair.Relationship, link.Occurrence, row));
}
