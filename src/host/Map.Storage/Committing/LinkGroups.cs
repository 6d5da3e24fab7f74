using System.Runtime.InteropServices;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Committing;

/// <summary>The heads of the groups of links that one commit touches.</summary>
internal sealed class LinkGroups(CommitDraft draft, int capacity)
{
    private struct State
    {
        internal GroupHead Stored;
        internal GroupHead Head;
        internal ulong MaxOrder;
        internal bool IsMaxKnown;
    }

    private readonly Dictionary<LinkGroupId, State> _groups = new(capacity);

    /// <summary>A link was added, which both its groups count.</summary>
    internal void CountAdd(LinkPair pair, string? name)
    {
        CountAdd(ref Get(pair.SourceGroup), name);
        CountAdd(ref Get(pair.TargetGroup), name);
    }

    /// <summary>A link was removed.</summary>
    /// <param name="pair">Its pair.</param>
    /// <param name="isStored">Whether it is the one that the store has; else this commit has added it.</param>
    internal void CountRemoval(LinkPair pair, bool isStored)
    {
        CountRemoval(ref Get(pair.SourceGroup), isStored);
        CountRemoval(ref Get(pair.TargetGroup), isStored);
    }

    /// <summary>
    /// The order of an added member: the one given, or for a provisional one the next after all members, those there
    /// before this commit and those that it has added.
    /// </summary>
    internal ulong PlaceMember(LinkGroupId group, ulong given)
    {
        ref var state = ref Get(group);
        if (!state.IsMaxKnown)
        {
            if (state.Stored.Count > 0) state.MaxOrder = FindMaxOrder(group, state.Stored.Period);
            state.IsMaxKnown = true;
        }

        var next = state.MaxOrder == 0 ? LinkOrders.FirstSaved : state.MaxOrder + LinkOrders.SavedStep;
        var order = LinkOrders.IsProvisional(given) ? next : given;
        Invariant.Require(!LinkOrders.IsProvisional(order), "an ordered relationship has room for members");
        state.MaxOrder = Math.Max(state.MaxOrder, order);
        return order;
    }

    /// <summary>The head of a group before this commit; empty when there is none.</summary>
    internal GroupHead FindStored(LinkGroupId group) => Get(group).Stored;

    /// <summary>The period that the members of a group belong to that this commit adds. After all changes.</summary>
    internal long FindPeriod(LinkGroupId group) => Get(group).Head.After(draft.Number).Period;

    /// <summary>Makes the head rows, and begins the periods that are due.</summary>
    /// <param name="links">What this commit does to links.</param>
    internal void Finish(LinkTable links)
    {
        draft.Rows.Reserve(ColumnFamily.LinkHeads, _groups.Count);
        Span<byte> key = stackalloc byte[RowKeys.LinkGroupSize];
        foreach (var (group, state) in _groups)
        {
            if (state.Head == state.Stored) continue;
            var head = state.Head.After(draft.Number);
            RowKeys.WriteLinkGroup(key, group.Holon, group.Direction, group.Relationship);
            GroupHead.Write(draft.Value, head);
            draft.PutValue(ColumnFamily.LinkHeads, key);
            if (head.Period == state.Stored.Period) continue;
            PeriodStart.Put(
                draft, ColumnFamily.Links, draft.Latest.Links, key, state.Stored, head,
                member => Ends(links, group, RowKeys.ReadLinkSlot(member)));
        }
    }

    private static bool Ends(LinkTable links, LinkGroupId group, LinkSlot slot) => group.Direction == LinkDirection.Forward
        ? links.Ends(new LinkPair(group.Holon, group.Relationship, slot.Other), slot.Occurrence)
        : links.Ends(new LinkPair(slot.Other, group.Relationship, group.Holon), slot.Occurrence);

    private void CountAdd(ref State state, string? name) => state.Head = state.Head with
    {
        Count = state.Head.Count + 1,
        LastAdd = draft.Number,
        Name = name ?? state.Head.Name,
    };

    private void CountRemoval(ref State state, bool isStored)
    {
        state.Head = state.Head with { Count = state.Head.Count - 1 };
        if (isStored) state.Head = state.Head with { LastRemoval = draft.Number, Ended = state.Head.Ended + 1 };
        Invariant.Require(state.Head.Count >= 0, "a group has no more removals than links");
    }

    private ref State Get(LinkGroupId group)
    {
        ref var state = ref CollectionsMarshal.GetValueRefOrAddDefault(_groups, group, out var isKnown);
        if (isKnown || draft.StandingOf(group.Holon).IsNew) return ref state;
        Span<byte> key = stackalloc byte[RowKeys.LinkGroupSize];
        RowKeys.WriteLinkGroup(key, group.Holon, group.Direction, group.Relationship);
        state.Head = state.Stored = draft.Latest.FindGroup(ColumnFamily.LinkHeads, key);
        return ref state;
    }

    /// <summary>The order of the last member that lives; past ones may follow it.</summary>
    private ulong FindMaxOrder(LinkGroupId group, long period)
    {
        Span<byte> key = stackalloc byte[RowKeys.LinkSize];
        key.Fill(0xff);
        RowKeys.WriteLinkPeriod(key, group.Holon, group.Direction, group.Relationship, period);
        var rows = draft.Latest.Links;
        for (var isOnRow = rows.SeekBackward(key); isOnRow; isOnRow = rows.Previous())
        {
            if (rows.Key.Length != RowKeys.LinkSize || !rows.Key.StartsWith(key[..RowKeys.LinkPeriodSize])) break;
            if (MemberRow.Read(rows.Key, rows.Value).IsLive) return RowKeys.ReadLinkSlot(rows.Key).Order;
        }

        return 0;
    }
}
