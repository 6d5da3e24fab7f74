using System.Buffers.Binary;
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
        Start(read.View, holon, direction, relationship, after, asOf);
        while (read.View.Members.MoveNext()) yield return RowKeys.ReadSlot(read.View.Members.Suffix);
    }

    /// <summary>The links between two holons, found by their reverse rows, which stand together.</summary>
    internal IReadOnlyList<LinkSlot> Between(LocalId source, LocalId relationship, LocalId target, long asOf)
    {
        using var read = gate.Read(ViewKind.Links);
        Span<byte> group = stackalloc byte[RowKeys.LinkGroupSize];
        RowKeys.WriteLinkGroup(group, target, LinkDirection.Reverse, relationship);
        Span<byte> slot = stackalloc byte[RowKeys.SlotSize];
        RowKeys.WriteSlot(slot, new LinkSlot(0, source, 0));
        var members = read.View.Members;
        members.Start(group, slot[..^sizeof(uint)], sizeof(uint), after: default, asOf);
        List<LinkSlot>? found = null;
        while (members.MoveNext())
        {
            var occurrence = BinaryPrimitives.ReadUInt32BigEndian(members.Suffix);
            (found ??= []).Add(new LinkSlot(members.Row.ForwardOrder, target, occurrence));
        }

        found?.Sort();
        return found ?? (IReadOnlyList<LinkSlot>)[];
    }

    private static void Start(
        ReadView view, LocalId holon, LinkDirection direction, LocalId relationship, LinkSlot? after, long asOf)
    {
        Span<byte> group = stackalloc byte[RowKeys.LinkGroupSize];
        RowKeys.WriteLinkGroup(group, holon, direction, relationship);
        Span<byte> slot = stackalloc byte[RowKeys.SlotSize];
        if (after is { } last) RowKeys.WriteSlot(slot, last);
        view.Members.Start(group, shared: default, RowKeys.SlotSize, after is null ? default : slot, asOf);
    }

    private long Count(ReadOnlySpan<byte> group, long asOf)
    {
        using var read = gate.Read(ViewKind.Links);
        read.View.Members.Start(group, shared: default, RowKeys.SlotSize, after: default, asOf);
        return read.View.Members.CountRest();
    }
}
