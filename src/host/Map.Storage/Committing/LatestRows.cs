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
    private RowIterator? _linkHeads;
    private RowIterator? _keys;
    private RowIterator? _reliedKeys;
    private RowIterator? _types;

    /// <summary>The versions of holons.</summary>
    internal RowIterator Nodes => _nodes ??= db.Iterate(ColumnFamily.Nodes, isWithinPrefix: false);

    /// <summary>Links.</summary>
    internal RowIterator Links => _links ??= db.Iterate(ColumnFamily.Links, isWithinPrefix: false);

    /// <summary>What is known of groups of links.</summary>
    internal RowIterator LinkHeads => _linkHeads ??= db.Iterate(ColumnFamily.LinkHeads, isWithinPrefix: false);

    /// <summary>Keys and who has them.</summary>
    internal RowIterator Keys => _keys ??= db.Iterate(ColumnFamily.Keys, isWithinPrefix: false);

    /// <summary>The same for what validation relied on, which is checked while keys are claimed.</summary>
    internal RowIterator ReliedKeys => _reliedKeys ??= db.Iterate(ColumnFamily.Keys, isWithinPrefix: false);

    /// <summary>Which holons types describe.</summary>
    internal RowIterator Types => _types ??= db.Iterate(ColumnFamily.Types, isWithinPrefix: false);

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

    /// <summary>Since which commit a holon is an instance of its type.</summary>
    /// <exception cref="StoreException">It is missing there.</exception>
    internal long FindInstanceSince(LocalId type, long period, LocalId holon)
    {
        Span<byte> key = stackalloc byte[RowKeys.TypeMemberSize];
        RowKeys.WriteTypeMember(key, type, period, holon, long.MaxValue);
        if (Types.Seek(key) && Types.Key.StartsWith(key[..^RowKeys.InverseSize]))
        {
            var row = MemberRow.Read(Types.Key, Types.Value);
            if (row.IsLive) return row.Added;
        }

        throw new StoreException("A holon is missing among the instances of its type. Restore the space from a backup.");
    }

    public void Dispose()
    {
        _nodes?.Dispose();
        _links?.Dispose();
        _linkHeads?.Dispose();
        _keys?.Dispose();
        _reliedKeys?.Dispose();
        _types?.Dispose();
    }
}
