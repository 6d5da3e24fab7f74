using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Reading;

/// <summary>Reads holons and what the commit records say of the space. Callers have checked the commit number.</summary>
internal sealed class HolonReader(StoreGate gate, RecentReads recent)
{
    internal SavedHolon? Find(LocalId id, long asOf)
    {
        if (recent.FindHolon(id, asOf) is { } known) return known;
        using var read = gate.Read(ViewKind.Node);
        Span<byte> key = stackalloc byte[RowKeys.NodeSize];
        RowKeys.WriteNode(key, id, asOf);
        var rows = read.View.Rows;
        if (!rows.Seek(key) || !IsOf(rows.Key, key)) return null;
        var holon = NodeRow.Read(id, RowKeys.CommitAtEnd(rows.Key), rows.Value);
        if (holon is not null) recent.Keep(holon, rows.Value.Length, asOf);
        return holon;
    }

    /// <summary>The versions of holons that are there as of a commit.</summary>
    /// <param name="ids">The holons, in rising order.</param>
    /// <param name="properties">The properties wanted; null for all.</param>
    /// <param name="asOf">The commit.</param>
    internal IEnumerable<SavedHolon> FindAll(IEnumerable<LocalId> ids, PropertyChoice? properties, long asOf)
    {
        using var read = gate.Read(ViewKind.NodeScan);
        var rows = read.View.Rows;
        foreach (var id in ids)
        {
            if (FindAt(rows, id, properties, asOf) is { } holon) yield return holon;
        }
    }

    private static SavedHolon? FindAt(RowIterator rows, LocalId id, PropertyChoice? properties, long asOf)
    {
        Span<byte> key = stackalloc byte[RowKeys.NodeSize];
        RowKeys.WriteNode(key, id, asOf);
        if (!MoveTo(rows, id) || !IsOf(rows.Key, key)) return null;
        if (RowKeys.CommitAtEnd(rows.Key) > asOf && (!rows.Seek(key) || !IsOf(rows.Key, key))) return null;
        return NodeRow.Read(id, RowKeys.CommitAtEnd(rows.Key), rows.Value, properties);
    }

    internal long? FindEnd(LocalId id, long asOf)
    {
        using var read = gate.Read(ViewKind.Node);
        Span<byte> key = stackalloc byte[RowKeys.NodeSize];
        RowKeys.WriteNode(key, id, asOf);
        var rows = read.View.Rows;
        if (!rows.Seek(key) || !IsOf(rows.Key, key)) return null;
        return NodeRow.ReadHeader(rows.Value).IsDeleted ? RowKeys.CommitAtEnd(rows.Key) : null;
    }

    internal SavedHolon? FindVersion(LocalId id, int version, long asOf)
    {
        using var read = gate.Read(ViewKind.Node);
        Span<byte> key = stackalloc byte[RowKeys.NodeSize];
        RowKeys.WriteNode(key, id, asOf);
        var rows = read.View.Rows;
        for (var isOnRow = rows.Seek(key); isOnRow && IsOf(rows.Key, key); isOnRow = rows.Next())
        {
            var ordinal = NodeRow.ReadHeader(rows.Value).Ordinal;
            if (ordinal < version) return null;
            if (ordinal == version) return NodeRow.Read(id, RowKeys.CommitAtEnd(rows.Key), rows.Value);
        }

        return null;
    }

    /// <summary>The versions of a holon saved at or before a commit, newest first; its deletion is none.</summary>
    internal IEnumerable<SavedHolon> Versions(LocalId id, long asOf)
    {
        using var read = gate.Read(ViewKind.Node);
        var key = new byte[RowKeys.NodeSize];
        RowKeys.WriteNode(key, id, asOf);
        var rows = read.View.Rows;
        for (var isOnRow = rows.Seek(key); isOnRow && IsOf(rows.Key, key); isOnRow = rows.Next())
            if (NodeRow.Read(id, RowKeys.CommitAtEnd(rows.Key), rows.Value) is { } version) yield return version;
    }

    internal IEnumerable<LocalId> Scan(LocalId? after, long asOf)
    {
        if (after?.Value == UInt128.MaxValue) yield break;
        using var read = gate.Read(ViewKind.NodeScan);
        var rows = read.View.Rows;
        var next = after is { } last ? new LocalId(last.Value + 1) : default;
        while (FindNext(rows, next, asOf, out var isLive) is { } id)
        {
            if (isLive) yield return id;
            if (id.Value == UInt128.MaxValue) yield break;
            next = new LocalId(id.Value + 1);
        }
    }

    /// <summary>
    /// The first holon at or after an id that had a version as of a commit. The iterator may already stand near it,
    /// since a scan comes here again after each holon.
    /// </summary>
    private static LocalId? FindNext(RowIterator rows, LocalId from, long asOf, out bool isLive)
    {
        Span<byte> key = stackalloc byte[RowKeys.NodeSize];
        isLive = false;
        while (true)
        {
            if (!MoveTo(rows, from)) return null;
            var id = LocalId.Read(rows.Key[..LocalId.Size]);
            if (RowKeys.CommitAtEnd(rows.Key) > asOf)
            {
                RowKeys.WriteNode(key, id, asOf);
                if (!rows.Seek(key)) return null;
                if (!IsOf(rows.Key, key))
                {
                    from = LocalId.Read(rows.Key[..LocalId.Size]);
                    continue;
                }
            }

            isLive = !NodeRow.ReadHeader(rows.Value).IsDeleted;
            return id;
        }
    }

    /// <summary>Goes to the first row of an id or a later one: most often that is the next row.</summary>
    private static bool MoveTo(RowIterator rows, LocalId from)
    {
        const int stepsBeforeSeek = 4;
        for (var step = 0; step < stepsBeforeSeek && rows.IsValid; step++)
        {
            var id = LocalId.Read(rows.Key[..LocalId.Size]);
            if (id.CompareTo(from) >= 0 && step > 0) return true;
            if (id.CompareTo(from) >= 0) break;
            if (!rows.Next()) return false;
        }

        Span<byte> key = stackalloc byte[LocalId.Size];
        from.Write(key);
        return rows.Seek(key);
    }

    private static bool IsOf(ReadOnlySpan<byte> row, ReadOnlySpan<byte> key) =>
        row.Length == RowKeys.NodeSize && row.StartsWith(key[..LocalId.Size]);
}
