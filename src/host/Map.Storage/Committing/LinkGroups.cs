using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Committing;

/// <summary>The heads of the groups of links that one commit touches.</summary>
internal sealed class LinkGroups(CommitDraft draft, int capacity)
{
    private readonly record struct Group(LocalId Holon, LinkDirection Direction, LocalId Relationship)
    {
        public override int GetHashCode() =>
            HashCode.Combine((ulong)Holon.Value, (ulong)Relationship.Value, (byte)Direction);
    }

    private struct State
    {
        internal GroupHead Head;
        internal ulong MaxOrder;
        internal bool IsMaxKnown;
    }

    private readonly Dictionary<Group, State> _groups = new(capacity);

    /// <summary>A link was added, which both its groups count.</summary>
    internal void CountAdd(LinkPair pair, string? name)
    {
        CountAdd(ref Get(pair.Source, LinkDirection.Forward, pair.Relationship), name);
        CountAdd(ref Get(pair.Target, LinkDirection.Reverse, pair.Relationship), name);
    }

    /// <summary>A link was removed.</summary>
    /// <param name="pair">Its pair.</param>
    /// <param name="isStored">Whether the store has it; else this commit has added it.</param>
    internal void CountRemoval(LinkPair pair, bool isStored)
    {
        CountRemoval(ref Get(pair.Source, LinkDirection.Forward, pair.Relationship), isStored);
        CountRemoval(ref Get(pair.Target, LinkDirection.Reverse, pair.Relationship), isStored);
    }

    /// <summary>
    /// The order of an added member: the one given, or for a provisional one the next after all members, those there
    /// before this commit and those that it has added.
    /// </summary>
    internal ulong PlaceMember(LocalId source, LocalId relationship, ulong given)
    {
        ref var state = ref Get(source, LinkDirection.Forward, relationship);
        if (!state.IsMaxKnown)
        {
            if (!draft.StandingOf(source).IsNew) state.MaxOrder = FindMaxOrder(source, relationship);
            state.IsMaxKnown = true;
        }

        var next = state.MaxOrder == 0 ? LinkOrders.FirstSaved : state.MaxOrder + LinkOrders.SavedStep;
        var order = LinkOrders.IsProvisional(given) ? next : given;
        Invariant.Require(!LinkOrders.IsProvisional(order), "an ordered relationship has room for members");
        state.MaxOrder = Math.Max(state.MaxOrder, order);
        return order;
    }

    /// <summary>Makes the head rows.</summary>
    internal void Finish()
    {
        draft.Rows.Reserve(ColumnFamily.LinkHeads, _groups.Count);
        Span<byte> key = stackalloc byte[RowKeys.LinkGroupSize];
        foreach (var (group, state) in _groups)
        {
            RowKeys.WriteLinkGroup(key, group.Holon, group.Direction, group.Relationship);
            GroupHead.Write(draft.Value, state.Head);
            draft.PutValue(ColumnFamily.LinkHeads, key);
        }
    }

    private void CountAdd(ref State state, string? name) => state.Head = new GroupHead(
        state.Head.Count + 1, draft.Number, state.Head.LastRemoval, name ?? state.Head.Name);

    private void CountRemoval(ref State state, bool isStored)
    {
        var lastRemoval = isStored ? draft.Number : state.Head.LastRemoval;
        state.Head = state.Head with { Count = state.Head.Count - 1, LastRemoval = lastRemoval };
        Invariant.Require(state.Head.Count >= 0, "a group has no more removals than links");
    }

    private ref State Get(LocalId holon, LinkDirection direction, LocalId relationship)
    {
        ref var state = ref CollectionsMarshal.GetValueRefOrAddDefault(
            _groups, new Group(holon, direction, relationship), out var isKnown);
        if (isKnown || draft.StandingOf(holon).IsNew) return ref state;
        Span<byte> key = stackalloc byte[RowKeys.LinkGroupSize];
        RowKeys.WriteLinkGroup(key, holon, direction, relationship);
        state.Head = draft.Latest.FindGroup(ColumnFamily.LinkHeads, key);
        return ref state;
    }

    private ulong FindMaxOrder(LocalId source, LocalId relationship)
    {
        Span<byte> key = stackalloc byte[RowKeys.LinkSize];
        key.Fill(0xff);
        RowKeys.WriteLinkGroup(key, source, LinkDirection.Forward, relationship);
        var rows = draft.Latest.Links;
        if (!rows.SeekBackward(key) || !rows.Key.StartsWith(key[..RowKeys.LinkGroupSize])) return 0;
        return BinaryPrimitives.ReadUInt64BigEndian(rows.Key[RowKeys.LinkGroupSize..]);
    }
}
