using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Committing;

/// <summary>A link as a commit writes it, added or removed.</summary>
/// <param name="Source">The number of its source in the draft.</param>
/// <param name="Target">The number of its target.</param>
/// <param name="Relationship">What it is a link of.</param>
/// <param name="Occurrence">Tells equal links apart.</param>
/// <param name="Member">When it was added and removed, and its order.</param>
internal readonly record struct LinkRow(int Source, int Target, LocalId Relationship, uint Occurrence, MemberRow Member);

/// <summary>
/// Makes the rows of links, and the heads of their groups. Each link is seen from either end. Put in order, what is seen
/// from one holon stands together, and so do the groups, so that a head is made when its members are.
/// </summary>
internal sealed class LinkRows
{
    private readonly CommitDraft _draft;
    private readonly LinkGroups _groups;
    private readonly LinkTable _links;
    private readonly Dictionary<LocalId, string> _names = [];
    private readonly ByteWriter _value = new();
    private readonly byte[] _key = new byte[RowKeys.LinkSize];
    private LinkRow[] _rows;
    private int _count;

    internal LinkRows(CommitDraft draft, LinkGroups groups, LinkTable links, int count)
    {
        (_draft, _groups, _links) = (draft, groups, links);
        _rows = new LinkRow[count];
    }

    /// <summary>Tells the name of a relationship that no type declares.</summary>
    internal void Name(RelationshipFacts relationship) => _names[relationship.Id] = relationship.Name;

    /// <summary>Takes a link.</summary>
    internal void Put(LinkRow row)
    {
        if (_count == _rows.Length) Array.Resize(ref _rows, Math.Max(8, _count * 2));
        _rows[_count++] = row;
    }

    /// <summary>Makes the rows of all links taken.</summary>
    internal void Finish()
    {
        var (sides, starts) = FindSides();
        foreach (var holon in _draft.NumbersById())
        {
            var own = sides.AsSpan(starts[holon], starts[holon + 1] - starts[holon]);
            if (own.Length > 1) own.Sort(Compare);
            while (!own.IsEmpty)
            {
                var size = 1;
                while (size < own.Length && IsOneGroup(own[0], own[size])) size++;
                PutGroup(holon, own[..size]);
                own = own[size..];
            }
        }
    }

    /// <summary>
    /// Both sides of all links, by holon. A side is twice the index of the link, and one more from its target.
    /// </summary>
    /// <returns>The sides, and where those of each holon start.</returns>
    private (int[] Sides, int[] Starts) FindSides()
    {
        var starts = new int[_draft.Holons.Length + 1];
        foreach (ref readonly var row in _rows.AsSpan(0, _count))
        {
            starts[row.Source]++;
            starts[row.Target]++;
        }

        // Backwards, so that each count ends as the start.
        for (var i = 1; i < starts.Length; i++) starts[i] += starts[i - 1];
        var sides = new int[2 * _count];
        for (var i = _count - 1; i >= 0; i--)
        {
            sides[--starts[_rows[i].Target]] = 2 * i + 1;
            sides[--starts[_rows[i].Source]] = 2 * i;
        }

        return (sides, starts);
    }

    private static LinkDirection DirectionOf(int side) => (LinkDirection)(side & 1);

    private bool IsOneGroup(int x, int y) =>
        DirectionOf(x) == DirectionOf(y) && _rows[x >> 1].Relationship == _rows[y >> 1].Relationship;

    /// <summary>The order of keys, as far as one holon's rows of one period go.</summary>
    private int Compare(int x, int y)
    {
        var direction = (x & 1) - (y & 1);
        if (direction != 0) return direction;
        ref readonly var a = ref _rows[x >> 1];
        ref readonly var b = ref _rows[y >> 1];
        var order = a.Relationship.CompareTo(b.Relationship);
        if (order == 0) order = SlotOf(x).CompareTo(SlotOf(y));
        // The removal of a link that is added again comes first.
        return order == 0 ? a.Member.Added.CompareTo(b.Member.Added) : order;
    }

    private LinkSlot SlotOf(int side)
    {
        ref readonly var row = ref _rows[side >> 1];
        return DirectionOf(side) == LinkDirection.Forward
            ? new LinkSlot(row.Member.ForwardOrder, _draft.Holons[row.Target].Id, row.Occurrence)
            : new LinkSlot(0, _draft.Holons[row.Source].Id, row.Occurrence);
    }

    private void PutGroup(int holon, ReadOnlySpan<int> sides)
    {
        var group = new LinkGroupId(_draft.Holons[holon].Id, DirectionOf(sides[0]), _rows[sides[0] >> 1].Relationship);
        var stored = _groups.FindStored(group);
        var key = _key.AsSpan();
        RowKeys.WriteLinkGroup(key, group.Holon, group.Direction, group.Relationship);
        var head = Count(stored, sides, group.Relationship).After(_draft.Number);
        GroupHead.Write(_value, head);
        _draft.Rows.Put(ColumnFamily.LinkHeads, key[..RowKeys.LinkGroupSize], _value);
        for (var i = 0; i < sides.Length; i++)
            if (!IsRepeated(sides, i)) PutMember(key, sides[i], stored.Period, head.Period);
        if (head.Period == stored.Period) return;
        PeriodStart.Put(
            _draft, ColumnFamily.Links, _draft.Latest.Links, key[..RowKeys.LinkGroupSize], stored, head,
            member => Ends(group, RowKeys.ReadLinkSlot(member)));
    }

    private GroupHead Count(GroupHead head, ReadOnlySpan<int> sides, LocalId relationship)
    {
        for (var i = 0; i < sides.Length; i++)
        {
            if (IsRepeated(sides, i)) continue;
            head = _rows[sides[i] >> 1].Member.IsLive
                ? head with { Count = head.Count + 1, LastAdd = _draft.Number, Name = _names.GetValueOrDefault(relationship, head.Name!) }
                : head with { Count = head.Count - 1, LastRemoval = _draft.Number, Ended = head.Ended + 1 };
            Invariant.Require(head.Count >= 0, "a group has no more removals than links");
        }

        return head;
    }

    /// <summary>Whether a link was given twice.</summary>
    private bool IsRepeated(ReadOnlySpan<int> sides, int index) =>
        index > 0 && _rows[sides[index - 1] >> 1] == _rows[sides[index] >> 1];

    private bool Ends(LinkGroupId group, LinkSlot slot) => group.Direction == LinkDirection.Forward
        ? _links.Ends(new LinkPair(group.Holon, group.Relationship, slot.Other), slot.Occurrence)
        : _links.Ends(new LinkPair(slot.Other, group.Relationship, group.Holon), slot.Occurrence);

    /// <summary>
    /// Puts the row of one side: a removed link in the period that has it, an added one in the period that the group then
    /// has. The reverse one says where the forward one stands.
    /// </summary>
    private void PutMember(Span<byte> key, int side, long storedPeriod, long period)
    {
        ref readonly var row = ref _rows[side >> 1];
        var isForward = DirectionOf(side) == LinkDirection.Forward;
        var slot = SlotOf(side);
        RowKeys.WriteInverse(key[RowKeys.LinkGroupSize..], row.Member.IsLive ? period : storedPeriod);
        RowKeys.WriteLinkMember(key[RowKeys.LinkPeriodSize..], slot, row.Member.Added);
        MemberRow.Write(_value, isForward ? row.Member with { ForwardOrder = 0 } : row.Member);
        _draft.Rows.Put(ColumnFamily.Links, key, _value);
        if (isForward) _draft.Body.AddLink(row.Member.IsLive, _draft.Holons[row.Source].Id, row.Relationship, slot);
    }
}
