using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Committing;

/// <summary>
/// Checks the link changes of a plan, gives orders and occurrence numbers, and makes the rows of both sides. First all
/// changes are gone through, then each link that differs from the store is written once.
/// </summary>
internal sealed class LinkStage
{
    private readonly CommitDraft _draft;
    private readonly LinkTable _links;
    private readonly LinkGroups _groups;
    private readonly HashSet<(LocalId Source, LocalId End)> _reported = [];

    internal LinkStage(CommitDraft draft, int linkCount)
    {
        _draft = draft;
        _groups = new LinkGroups(draft, 2 * linkCount);
        _links = new LinkTable(draft, _groups, linkCount);
        draft.Rows.Reserve(ColumnFamily.Links, 2 * linkCount);
    }

    /// <summary>The heads of the groups of links.</summary>
    internal LinkGroups Groups => _groups;

    /// <summary>Adds and removes links, in the plan's order.</summary>
    internal void Run(IReadOnlyList<LinkChange> changes)
    {
        for (var i = 0; i < changes.Count; i++)
        {
            var change = changes[i];
            var pair = new LinkPair(change.Source, change.Relationship.Id, change.Slot.Other);
            if (!change.IsAdd) Remove(pair, change);
            else if (AreEndsLive(pair)) Add(pair, change.Relationship, change.Slot.Order);
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
        foreach (ref var link in _links.All) Write(ref link);
        _groups.Finish(_links);
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
                _draft.Conflict(ConflictKind.NewLink, holon, slot.Other, row.Added);
            if (isForward) row = row with { ForwardOrder = slot.Order };
            End(_links.TakeStored(pair, slot.Occurrence, row));
        }
    }

    private bool AreEndsLive(LinkPair pair)
    {
        var source = _draft.StandingOf(pair.Source);
        var target = _draft.StandingOf(pair.Target);
        if (!source.IsLive && _reported.Add((pair.Source, pair.Source)))
            _draft.Conflict(ConflictKind.LinkEndGone, pair.Source, other: null, source.Commit);
        if (!target.IsLive && _reported.Add((pair.Source, pair.Target)))
            _draft.Conflict(ConflictKind.LinkEndGone, pair.Source, pair.Target, target.Commit);
        return source.IsLive && target.IsLive;
    }

    private void Add(LinkPair pair, RelationshipFacts relationship, ulong given)
    {
        if (!relationship.AllowsDuplicates && _links.FindLive(pair) >= 0) return;
        var occurrence = relationship.AllowsDuplicates ? _links.NextOccurrence(pair) : 0;
        var index = _links.Find(pair, occurrence);
        if (index < 0) index = _links.Take(pair, occurrence, stored: null);
        ref var link = ref _links.All[index];
        Invariant.Require(!link.IsLive, "an added link was not there");
        link.IsLive = true;
        link.IsAdded = true;
        link.Order = relationship.IsOrdered ? _groups.PlaceMember(pair.SourceGroup, given) : 0;
        _groups.CountAdd(pair, relationship.IsTyped ? null : relationship.Name);
    }

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
        if (!link.IsLive) return;

        // One that was brought back before was stored and counted then.
        _groups.CountRemoval(link.Pair, link.IsStored && !link.IsAdded);
        link.IsLive = false;
        link.IsAdded = false;
    }

    /// <summary>
    /// Ends the stored link in the period that has it, and puts an added one into the period that the group then has.
    /// </summary>
    private void Write(ref LinkEntryState link)
    {
        var pair = link.Pair;
        if (link.IsStored && (!link.IsLive || link.IsAdded))
        {
            Invariant.Require(link.StoredAdd < _draft.Number, "a stored link is older than this commit");
            Put(
                ref link, new MemberRow(link.StoredAdd, _draft.Number, link.StoredOrder),
                _groups.FindStored(pair.SourceGroup).Period, _groups.FindStored(pair.TargetGroup).Period);
        }

        if (link.IsLive && link.IsAdded)
            Put(
                ref link, new MemberRow(_draft.Number, Removed: 0, link.Order),
                _groups.FindPeriod(pair.SourceGroup), _groups.FindPeriod(pair.TargetGroup));
    }

    /// <summary>Puts the rows of both sides. The reverse one says where the forward one stands.</summary>
    private void Put(ref LinkEntryState link, MemberRow row, long sourcePeriod, long targetPeriod)
    {
        var (source, relationship, target) = link.Pair;
        Span<byte> key = stackalloc byte[RowKeys.LinkSize];
        var slot = new LinkSlot(row.ForwardOrder, target, link.Occurrence);
        RowKeys.WriteLinkPeriod(key, source, LinkDirection.Forward, relationship, sourcePeriod);
        RowKeys.WriteLinkMember(key[RowKeys.LinkPeriodSize..], slot, row.Added);
        MemberRow.Write(_draft.Value, row with { ForwardOrder = 0 });
        _draft.PutValue(ColumnFamily.Links, key);
        RowKeys.WriteLinkPeriod(key, target, LinkDirection.Reverse, relationship, targetPeriod);
        RowKeys.WriteLinkMember(
            key[RowKeys.LinkPeriodSize..], new LinkSlot(0, source, link.Occurrence), row.Added);
        MemberRow.Write(_draft.Value, row);
        _draft.PutValue(ColumnFamily.Links, key);
        _draft.Body.AddLink(isAdd: row.IsLive, source, relationship, slot);
    }
}
