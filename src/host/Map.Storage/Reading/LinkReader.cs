using System.Buffers.Binary;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Reading;

/// <summary>Reads links, from either side.</summary>
internal sealed class LinkReader(StoreGate gate, RecentReads recent)
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

    internal IEnumerable<LinkSlot> Links(in LinkGroupId group, LinkSlot? after, long asOf) =>
        after is null && recent.FindLinks(group, asOf) is { } known ? known : Walk(group, after, asOf);

    private IEnumerable<LinkSlot> Walk(LinkGroupId group, LinkSlot? after, long asOf)
    {
        using var read = gate.Read(ViewKind.Links);
        var (members, links) = (read.View.Members, read.View.Links);
        Start(read.View, group, after, asOf);
        var count = 0;
        while (members.MoveNext())
        {
            var link = RowKeys.ReadSlot(members.Suffix);
            if (count < links.Length) links[count] = link;
            count++;
            yield return link;
        }

        if (after is null && count <= links.Length) recent.Keep(group, links[..count], asOf);
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

    private static void Start(ReadView view, in LinkGroupId links, LinkSlot? after, long asOf)
    {
        Span<byte> group = stackalloc byte[RowKeys.LinkGroupSize];
        RowKeys.WriteLinkGroup(group, links.Holon, links.Direction, links.Relationship);
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
