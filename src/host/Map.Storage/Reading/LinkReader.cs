using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Reading;

/// <summary>Reads links, from either side.</summary>
internal sealed class LinkReader(StoreGate gate)
{
    internal IEnumerable<LinkGroup> Groups(LocalId holon, LinkDirection direction, long asOf)
    {
        using var read = gate.Read(ViewKind.LinkHeads);
        var rows = read.View.Rows;
        var side = new byte[RowKeys.LinkSideSize];
        holon.Write(side);
        side[^1] = (byte)direction;
        for (var isOnRow = rows.Seek(side); isOnRow && rows.Key.StartsWith(side); isOnRow = rows.Next())
        {
            var head = GroupHead.Read(rows.Value);
            var count = head.IsUnchangedSince(asOf) ? head.Count : Count(rows.Key, asOf);
            if (count > 0) yield return new LinkGroup(LocalId.Read(rows.Key[side.Length..]), head.Name, count);
        }
    }

    internal IEnumerable<LinkSlot> Links(
        LocalId holon, LinkDirection direction, LocalId relationship, LinkSlot? after, long asOf)
    {
        using var read = gate.Read(ViewKind.Links);
        if (!Start(read, holon, direction, relationship, after, asOf)) yield break;
        while (read.View.Members.MoveNext()) yield return RowKeys.ReadSlot(read.View.Members.Suffix);
    }

    /// <summary>The links between two holons, found by their reverse rows, which stand together.</summary>
    internal IReadOnlyList<LinkSlot> Between(LocalId source, LocalId relationship, LocalId target, long asOf)
    {
        using var read = gate.Read(ViewKind.Links);
        Span<byte> pair = stackalloc byte[RowKeys.LinkSize];
        RowKeys.WriteLink(pair, target, LinkDirection.Reverse, relationship, new LinkSlot(0, source, 0));
        if (ReadHead(read.Store, pair[..RowKeys.LinkGroupSize]) is not { } head) return [];
        var members = read.View.Members;
        members.Start(pair[..^sizeof(uint)], sizeof(uint), after: default, head, asOf);
        List<LinkSlot>? found = null;
        while (members.MoveNext())
        {
            var occurrence = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(members.Suffix);
            (found ??= []).Add(new LinkSlot(members.Row.ForwardOrder, target, occurrence));
        }

        found?.Sort();
        return found ?? (IReadOnlyList<LinkSlot>)[];
    }

    private static bool Start(
        ReadLease read, LocalId holon, LinkDirection direction, LocalId relationship, LinkSlot? after, long asOf)
    {
        Span<byte> group = stackalloc byte[RowKeys.LinkGroupSize];
        RowKeys.WriteLinkGroup(group, holon, direction, relationship);
        GroupHead? head = read.Store.Removals.MayHaveRemovedAfter(asOf) ? ReadHead(read.Store, group) : default(GroupHead);
        if (head is null) return false;
        Span<byte> slot = stackalloc byte[RowKeys.SlotSize];
        if (after is { } last) RowKeys.WriteSlot(slot, last);
        read.View.Members.Start(group, RowKeys.SlotSize, after is null ? default : slot, head.Value, asOf);
        return true;
    }

    private long Count(ReadOnlySpan<byte> group, long asOf)
    {
        using var read = gate.Read(ViewKind.Links);
        if (ReadHead(read.Store, group) is not { } head) return 0;
        read.View.Members.Start(group, RowKeys.SlotSize, after: default, head, asOf);
        return read.View.Members.CountRest();
    }

    private static GroupHead? ReadHead(OpenStore store, ReadOnlySpan<byte> group)
    {
        using var value = store.Rows.Get(ColumnFamily.LinkHeads, group);
        return value.Exists ? GroupHead.Read(value.Bytes) : null;
    }
}
