using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Committing;

/// <summary>The head of a holon as the writer sees it.</summary>
/// <param name="Commit">The commit that wrote it.</param>
/// <param name="Header">What it says.</param>
/// <param name="Key">The key that it has, if any.</param>
internal readonly record struct NodeHead(long Commit, NodeHeader Header, string? Key);

/// <summary>
/// What is written, published or not, as of the moment when one commit is prepared. Its iterators see the earlier
/// members of a group once those are written.
/// </summary>
internal sealed class LatestRows(Database db) : IDisposable
{
    private RowIterator? _nodes;
    private RowIterator? _links;
    private RowIterator? _keys;

    /// <summary>The versions of holons.</summary>
    internal RowIterator Nodes => _nodes ??= db.Iterate(ColumnFamily.Nodes, isWithinPrefix: false);

    /// <summary>Live links.</summary>
    internal RowIterator Links => _links ??= db.Iterate(ColumnFamily.Links, isWithinPrefix: false);

    /// <summary>Keys and who has them.</summary>
    internal RowIterator Keys => _keys ??= db.Iterate(ColumnFamily.Keys, isWithinPrefix: false);

    /// <summary>The newest version of a holon, or null when there was never one.</summary>
    internal NodeHead? FindHead(LocalId id)
    {
        Span<byte> key = stackalloc byte[LocalId.Size];
        id.Write(key);
        if (!Nodes.Seek(key) || !Nodes.Key.StartsWith(key)) return null;
        var header = NodeRow.ReadKey(Nodes.Value, out var text);
        var keyText = text.IsEmpty ? null : System.Text.Encoding.UTF8.GetString(text);
        return new NodeHead(RowKeys.CommitAtEnd(Nodes.Key), header, keyText);
    }

    /// <summary>The head of a group of links or of a type; empty when there is none.</summary>
    internal GroupHead FindGroup(ColumnFamily family, ReadOnlySpan<byte> key)
    {
        using var value = db.Get(family, key);
        return value.Exists ? GroupHead.Read(value.Bytes) : default;
    }

    /// <summary>A membership of a type, which must be there.</summary>
    internal MemberRow GetTypeMember(ReadOnlySpan<byte> key)
    {
        using var value = db.Get(ColumnFamily.Types, key);
        if (!value.Exists)
            throw new StoreException("A holon is missing among the instances of its type. Restore the space from a backup.");
        return MemberRow.Read(value.Bytes);
    }

    public void Dispose()
    {
        _nodes?.Dispose();
        _links?.Dispose();
        _keys?.Dispose();
    }
}
