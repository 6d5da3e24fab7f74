using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Reading;

/// <summary>Reads links, from either side.</summary>
internal sealed class LinkReader(Database db, ViewPool views, RemovalWatch removals)
{
    internal IEnumerable<LinkGroup> Groups(LocalId holon, LinkDirection direction, long asOf)
    {
        var view = views.Rent(ViewKind.LinkHeads);
        try
        {
            var rows = view.Rows;
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
        finally
        {
            views.Return(view);
        }
    }

    internal IEnumerable<LinkSlot> Links(
        LocalId holon, LinkDirection direction, LocalId relationship, LinkSlot? after, long asOf)
    {
        var view = views.Rent(ViewKind.Links);
        try
        {
            if (!Start(view, holon, direction, relationship, after, asOf)) yield break;
            while (view.Members.MoveNext()) yield return RowKeys.ReadSlot(view.Members.Suffix);
        }
        finally
        {
            views.Return(view);
        }
    }

    /// <summary>The links between two holons, found by their reverse rows, which stand together.</summary>
    internal IReadOnlyList<LinkSlot> Between(LocalId source, LocalId relationship, LocalId target, long asOf)
    {
        var view = views.Rent(ViewKind.Links);
        try
        {
            Span<byte> pair = stackalloc byte[RowKeys.LinkSize];
            RowKeys.WriteLink(pair, target, LinkDirection.Reverse, relationship, new LinkSlot(0, source, 0));
            if (ReadHead(pair[..RowKeys.LinkGroupSize]) is not { } head) return [];
            view.Members.Start(pair[..^sizeof(uint)], sizeof(uint), after: default, head, asOf);
            List<LinkSlot>? found = null;
            while (view.Members.MoveNext())
            {
                var occurrence = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(view.Members.Suffix);
                (found ??= []).Add(new LinkSlot(view.Members.Row.ForwardOrder, target, occurrence));
            }

            found?.Sort();
            return found ?? (IReadOnlyList<LinkSlot>)[];
        }
        finally
        {
            views.Return(view);
        }
    }

    private bool Start(
        ReadView view, LocalId holon, LinkDirection direction, LocalId relationship, LinkSlot? after, long asOf)
    {
        Span<byte> group = stackalloc byte[RowKeys.LinkGroupSize];
        RowKeys.WriteLinkGroup(group, holon, direction, relationship);
        GroupHead? head = removals.MayHaveRemovedAfter(asOf) ? ReadHead(group) : default(GroupHead);
        if (head is null) return false;
        Span<byte> slot = stackalloc byte[RowKeys.SlotSize];
        if (after is { } last) RowKeys.WriteSlot(slot, last);
        view.Members.Start(group, RowKeys.SlotSize, after is null ? default : slot, head.Value, asOf);
        return true;
    }

    private long Count(ReadOnlySpan<byte> group, long asOf)
    {
        var view = views.Rent(ViewKind.Links);
        try
        {
            if (ReadHead(group) is not { } head) return 0;
            view.Members.Start(group, RowKeys.SlotSize, after: default, head, asOf);
            return view.Members.CountRest();
        }
        finally
        {
            views.Return(view);
        }
    }

    private GroupHead? ReadHead(ReadOnlySpan<byte> group)
    {
        using var value = db.Get(ColumnFamily.LinkHeads, group);
        return value.Exists ? GroupHead.Read(value.Bytes) : null;
    }
}
