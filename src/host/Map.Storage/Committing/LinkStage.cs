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
        _links = new LinkTable(draft, linkCount);
        _groups = new LinkGroups(draft, 2 * linkCount);
        draft.Rows.Reserve(ColumnFamily.Links, 2 * linkCount);
    }

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
        holon.Write(prefix);
        var rows = _draft.Latest.Links;
        for (var isOnRow = rows.Seek(prefix); isOnRow && rows.Key.StartsWith(prefix); isOnRow = rows.Next())
        {
            var key = rows.Key;
            var relationship = LocalId.Read(key.Slice(RowKeys.LinkSideSize, LocalId.Size));
            var slot = RowKeys.ReadSlot(key[RowKeys.LinkGroupSize..]);
            var isForward = key[LocalId.Size] == (byte)LinkDirection.Forward;
            var pair = isForward
                ? new LinkPair(holon, relationship, slot.Other)
                : new LinkPair(slot.Other, relationship, holon);
            var row = MemberRow.Read(rows.Value);
            if (row.Added > snapshot && _reported.Add((holon, slot.Other)))
                _draft.Conflict(ConflictKind.NewLink, holon, slot.Other, row.Added);
            if (isForward) row = row with { ForwardOrder = slot.Order };
            End(_links.TakeStored(pair, slot.Occurrence, row));
        }
    }

    /// <summary>Makes the rows.</summary>
    internal void Finish()
    {
        foreach (ref var link in _links.All) Write(ref link);
        _groups.Finish();
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
        link.Order = relationship.IsOrdered ? _groups.PlaceMember(pair.Source, pair.Relationship, given) : 0;
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
        link.IsLive = false;
        link.IsAdded = false;
        _groups.CountRemoval(link.Pair, link.IsStored);
    }

    private void Write(ref LinkEntryState link)
    {
        if (link.IsStored && (!link.IsLive || link.IsAdded)) WriteRemoval(ref link);
        if (!link.IsLive || !link.IsAdded) return;
        Put(ref link, ColumnFamily.Links, link.Order, new MemberRow(_draft.Number, link.Order), removal: null);
        _draft.Body.AddLink(
            isAdd: true, link.Pair.Source, link.Pair.Relationship,
            new LinkSlot(link.Order, link.Pair.Target, link.Occurrence));
    }

    /// <summary>
    /// Moves a link from the live rows to the past ones. Where the commit adds it again at the same place, the live
    /// rows are left to be overwritten.
    /// </summary>
    private void WriteRemoval(ref LinkEntryState link)
    {
        Invariant.Require(link.StoredAdd < _draft.Number, "a stored link is older than this commit");
        _draft.RemovesLinks = true;
        var row = new MemberRow(link.StoredAdd, link.StoredOrder);
        Put(ref link, ColumnFamily.LinksPast, link.StoredOrder, row, removal: _draft.Number);
        Span<byte> key = stackalloc byte[RowKeys.LinkSize];
        if (!link.IsLive || link.Order != link.StoredOrder)
        {
            WriteForwardKey(key, ref link, link.StoredOrder);
            _draft.Rows.Delete(ColumnFamily.Links, key);
        }

        if (!link.IsLive)
        {
            WriteReverseKey(key, ref link);
            _draft.Rows.Delete(ColumnFamily.Links, key);
        }

        _draft.Body.AddLink(
            isAdd: false, link.Pair.Source, link.Pair.Relationship,
            new LinkSlot(link.StoredOrder, link.Pair.Target, link.Occurrence));
    }

    /// <summary>Puts the rows of both sides. The reverse one says where the forward one stands.</summary>
    private void Put(ref LinkEntryState link, ColumnFamily family, ulong order, MemberRow row, long? removal)
    {
        Span<byte> buffer = stackalloc byte[RowKeys.MaxMemberSize];
        var key = removal is null ? buffer[..RowKeys.LinkSize] : buffer;
        if (removal is { } commit) RowKeys.WriteInverse(buffer[RowKeys.LinkSize..], commit);
        WriteForwardKey(key, ref link, order);
        MemberRow.Write(_draft.Value, row with { ForwardOrder = 0 });
        _draft.PutValue(family, key);
        WriteReverseKey(key, ref link);
        MemberRow.Write(_draft.Value, row);
        _draft.PutValue(family, key);
    }

    private static void WriteForwardKey(Span<byte> key, ref LinkEntryState link, ulong order) => RowKeys.WriteLink(
        key, link.Pair.Source, LinkDirection.Forward, link.Pair.Relationship,
        new LinkSlot(order, link.Pair.Target, link.Occurrence));

    private static void WriteReverseKey(Span<byte> key, ref LinkEntryState link) => RowKeys.WriteLink(
        key, link.Pair.Target, LinkDirection.Reverse, link.Pair.Relationship,
        new LinkSlot(0, link.Pair.Source, link.Occurrence));
}
