using System.Runtime.InteropServices;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Committing;

/// <summary>What the store has of the groups of links that one commit touches. Of holons that it creates, nothing.</summary>
internal sealed class LinkGroups(CommitDraft draft)
{
    private readonly record struct Group(LocalId Holon, LinkDirection Direction, LocalId Relationship)
    {
        public override int GetHashCode() =>
            HashCode.Combine((ulong)Holon.Value, (ulong)Relationship.Value, (byte)Direction);
    }

    private readonly Dictionary<Group, GroupHead> _stored = [];
    private readonly Dictionary<Group, ulong> _maxOrders = [];

    /// <summary>
    /// The order of an added member: the one given, or for a provisional one the next after all members, those there
    /// before this commit and those that it has added.
    /// </summary>
    internal ulong PlaceMember(LocalId source, LocalId relationship, ulong given)
    {
        ref var max = ref CollectionsMarshal.GetValueRefOrAddDefault(
            _maxOrders, new Group(source, LinkDirection.Forward, relationship), out var isKnown);
        if (!isKnown)
        {
            var stored = FindStored(source, LinkDirection.Forward, relationship);
            if (stored.Count > 0) max = FindMaxOrder(source, relationship, stored.Period);
        }

        var next = max == 0 ? LinkOrders.FirstSaved : max + LinkOrders.SavedStep;
        var order = LinkOrders.IsProvisional(given) ? next : given;
        Invariant.Require(!LinkOrders.IsProvisional(order), "an ordered relationship has room for members");
        max = Math.Max(max, order);
        return order;
    }

    /// <summary>The head of a group before this commit; empty when there is none.</summary>
    internal GroupHead FindStored(LocalId holon, LinkDirection direction, LocalId relationship)
    {
        if (draft.StandingOf(holon).IsNew) return default;
        ref var head = ref CollectionsMarshal.GetValueRefOrAddDefault(
            _stored, new Group(holon, direction, relationship), out var isKnown);
        if (isKnown) return head;
        Span<byte> key = stackalloc byte[RowKeys.LinkGroupSize];
        RowKeys.WriteLinkGroup(key, holon, direction, relationship);
        return head = draft.Latest.FindGroup(ColumnFamily.LinkHeads, key);
    }

    /// <summary>The order of the last member that lives; past ones may follow it.</summary>
    private ulong FindMaxOrder(LocalId source, LocalId relationship, long period)
    {
        Span<byte> key = stackalloc byte[RowKeys.LinkSize];
        key.Fill(0xff);
        RowKeys.WriteLinkPeriod(key, source, LinkDirection.Forward, relationship, period);
        var rows = draft.Latest.Links;
        for (var isOnRow = rows.SeekBackward(key); isOnRow; isOnRow = rows.Previous())
        {
            if (rows.Key.Length != RowKeys.LinkSize || !rows.Key.StartsWith(key[..RowKeys.LinkPeriodSize])) break;
            if (MemberRow.Read(rows.Key, rows.Value).IsLive) return RowKeys.ReadLinkSlot(rows.Key).Order;
        }

        return 0;
    }
}
