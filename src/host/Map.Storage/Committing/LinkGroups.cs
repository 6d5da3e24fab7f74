using System.Runtime.InteropServices;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Committing;

/// <summary>What the store has of the groups of links that one commit touches. Of holons that it creates, nothing.</summary>
internal sealed class LinkGroups(CommitDraft draft)
{
    private readonly Dictionary<LinkGroupId, GroupHead> _stored = [];
    private readonly Dictionary<LinkGroupId, ulong> _maxOrders = [];

    /// <summary>
    /// The order of an added member: the one given, or for a provisional one the next after all members, those there
    /// before this commit and those that it has added.
    /// </summary>
    internal ulong PlaceMember(LinkGroupId group, ulong given)
    {
        ref var max = ref CollectionsMarshal.GetValueRefOrAddDefault(_maxOrders, group, out var isKnown);
        if (!isKnown)
        {
            var stored = FindStored(group);
            if (stored.Count > 0) max = FindMaxOrder(group, stored.Period);
        }

        var next = max == 0 ? LinkOrders.FirstSaved : max + LinkOrders.SavedStep;
        var order = LinkOrders.IsProvisional(given) ? next : given;
        Invariant.Require(!LinkOrders.IsProvisional(order), "an ordered relationship has room for members");
        max = Math.Max(max, order);
        return order;
    }

    /// <summary>The head of a group before this commit; empty when there is none.</summary>
    internal GroupHead FindStored(LinkGroupId group)
    {
        if (draft.StandingOf(group.Holon).IsNew) return default;
        ref var head = ref CollectionsMarshal.GetValueRefOrAddDefault(_stored, group, out var isKnown);
        if (isKnown) return head;
        Span<byte> key = stackalloc byte[RowKeys.LinkGroupSize];
        RowKeys.WriteLinkGroup(key, group.Holon, group.Direction, group.Relationship);
        return head = draft.Latest.FindGroup(ColumnFamily.LinkHeads, key);
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
