namespace Map.Storage.Native;

/// <summary>Rows that are written together or not at all.</summary>
internal sealed unsafe class WriteBatch(nint[] families) : IDisposable
{
    /// <summary>The native batch.</summary>
    internal WriteBatchHandle Handle { get; } = new();

    /// <summary>Size of keys and values put so far.</summary>
    internal long Bytes { get; private set; }

    /// <summary>How many rows are put or deleted.</summary>
    internal int Count => RocksApi.rocksdb_writebatch_count(Handle);

    internal void Put(ColumnFamily family, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        fixed (byte* keyStart = key, valueStart = value)
            RocksApi.rocksdb_writebatch_put_cf(
                Handle.Pointer, families[(int)family], keyStart, (nuint)key.Length, valueStart, (nuint)value.Length);
        Bytes += key.Length + value.Length;
        GC.KeepAlive(this);
    }

    internal void Delete(ColumnFamily family, ReadOnlySpan<byte> key)
    {
        fixed (byte* keyStart = key)
            RocksApi.rocksdb_writebatch_delete_cf(
                Handle.Pointer, families[(int)family], keyStart, (nuint)key.Length);
        Bytes += key.Length;
        GC.KeepAlive(this);
    }

    /// <summary>Deletes all rows from a key on, up to another, exclusive.</summary>
    internal void DeleteRange(ColumnFamily family, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        fixed (byte* fromStart = from, toStart = to)
            RocksApi.rocksdb_writebatch_delete_range_cf(
                Handle.Pointer, families[(int)family], fromStart, (nuint)from.Length, toStart, (nuint)to.Length);
        Bytes += from.Length + to.Length;
        GC.KeepAlive(this);
    }

    public void Dispose() => Handle.Dispose();
}
