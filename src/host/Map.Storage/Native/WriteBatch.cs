using System.Runtime.InteropServices;

namespace Map.Storage.Native;

/// <summary>Rows that are written together or not at all.</summary>
internal sealed unsafe class WriteBatch(nint[] families, WriteBatchHandle handle) : IDisposable
{
    /// <summary>The native batch.</summary>
    internal WriteBatchHandle Handle => handle;

    /// <summary>Size of keys and values put so far.</summary>
    internal long Bytes { get; private set; }

    /// <summary>A batch of rows that are there as <see cref="BatchRecords"/> already.</summary>
    /// <param name="families">The column families.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="records">The rows, in parts.</param>
    /// <param name="bytes">Size of their keys and values.</param>
    internal static WriteBatch Of(nint[] families, int rows, IReadOnlyList<ArraySegment<byte>> records, long bytes)
    {
        var batch = new WriteBatch(families, Blank(BatchRecords.HeaderSize + records.Sum(part => (long)part.Count))) { Bytes = bytes };
        var target = (byte*)RocksApi.rocksdb_writebatch_data(batch.Handle, out _);
        BatchRecords.WriteHeader(new Span<byte>(target, BatchRecords.HeaderSize), rows);
        target += BatchRecords.HeaderSize;
        foreach (var part in records)
        {
            part.AsSpan().CopyTo(new Span<byte>(target, part.Count));
            target += part.Count;
        }

        Invariant.Require(batch.Count == rows, "a batch has the rows that it was made of");
        return batch;
    }

    /// <summary>
    /// A batch of zeros, to be filled in place. RocksDB copies what a batch is made of; zeros that nobody wrote take no
    /// memory, so that a large commit is not held twice.
    /// </summary>
    private static WriteBatchHandle Blank(long size)
    {
        var zeros = NativeMemory.AllocZeroed((nuint)size);
        try
        {
            return new WriteBatchHandle(RocksApi.rocksdb_writebatch_create_from((byte*)zeros, (nuint)size));
        }
        finally
        {
            NativeMemory.Free(zeros);
        }
    }

    /// <summary>How many rows are put or deleted.</summary>
    internal int Count => RocksApi.rocksdb_writebatch_count(Handle);

    internal void Put(ColumnFamily family, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        fixed (byte* keyStart = key, valueStart = value)
            RocksApi.rocksdb_writebatch_put_cf(
                handle.Pointer, families[(int)family], keyStart, (nuint)key.Length, valueStart, (nuint)value.Length);
        Bytes += key.Length + value.Length;
        GC.KeepAlive(this);
    }

    internal void Delete(ColumnFamily family, ReadOnlySpan<byte> key)
    {
        fixed (byte* keyStart = key)
            RocksApi.rocksdb_writebatch_delete_cf(
                handle.Pointer, families[(int)family], keyStart, (nuint)key.Length);
        Bytes += key.Length;
        GC.KeepAlive(this);
    }

    /// <summary>Deletes all rows from a key on, up to another, exclusive.</summary>
    internal void DeleteRange(ColumnFamily family, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        fixed (byte* fromStart = from, toStart = to)
            RocksApi.rocksdb_writebatch_delete_range_cf(
                handle.Pointer, families[(int)family], fromStart, (nuint)from.Length, toStart, (nuint)to.Length);
        Bytes += from.Length + to.Length;
        GC.KeepAlive(this);
    }

    public void Dispose() => handle.Dispose();
}
