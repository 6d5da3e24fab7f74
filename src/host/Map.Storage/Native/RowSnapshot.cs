using System.Runtime.InteropServices;

namespace Map.Storage.Native;

/// <summary>A table file of a database, and where its rows end.</summary>
/// <param name="Name">Its name, as <c>000012.sst</c>.</param>
/// <param name="LargestKey">The key of its last row.</param>
internal sealed record TableFile(string Name, byte[] LargestKey);

/// <summary>
/// All rows of a database as they were at one moment, while commits go on. Each block that is read is checked against
/// its checksum, and none goes to the cache, so that reading everything pushes nothing out. Keeps the database open.
/// For one thread at a time; dispose its iterators first.
/// </summary>
internal sealed unsafe class RowSnapshot : IDisposable
{
    private const int ReadAheadBytes = 2 << 20;

    private readonly DatabaseHandle _db;
    private readonly nint[] _families;
    private readonly nint _snapshot;
    private readonly ReadOptionsHandle _scan;
    private readonly ReadOptionsHandle _point;
    private bool _isDisposed;

    internal RowSnapshot(DatabaseHandle db, nint[] families)
    {
        var isReferenced = false;
        db.DangerousAddRef(ref isReferenced);
        (_db, _families) = (db, families);
        _snapshot = RocksUpkeep.rocksdb_create_snapshot(db);
        _scan = NewOptions();
        RocksUpkeep.rocksdb_readoptions_set_readahead_size(_scan, ReadAheadBytes);
        _point = NewOptions();
    }

    /// <summary>Reads one row in place.</summary>
    internal PinnedValue Get(ColumnFamily family, ReadOnlySpan<byte> key)
    {
        byte* error = null;
        nint slice;
        fixed (byte* start = key)
            slice = RocksApi.rocksdb_get_pinned_cf(
                _db, _point, _families[(int)family], start, (nuint)key.Length, &error);
        NativeError.ThrowIfAny(error, "Reading the store");
        return new PinnedValue(slice);
    }

    /// <summary>An iterator over all rows of a column family, in order.</summary>
    /// <param name="family">The column family.</param>
    /// <param name="isScan">Whether it reads on and on, else it jumps.</param>
    internal RowIterator Iterate(ColumnFamily family, bool isScan) => new(
        _db, RocksApi.rocksdb_create_iterator_cf(_db, isScan ? _scan : _point, _families[(int)family]));

    /// <summary>How many rows a column family has, about.</summary>
    internal long EstimateRows(ColumnFamily family)
    {
        ulong rows = 0;
        var failed = RocksUpkeep.rocksdb_property_int_cf(
            _db, _families[(int)family], "rocksdb.estimate-num-keys", &rows);
        return failed == 0 ? (long)Math.Min(rows, long.MaxValue) : 0;
    }

    /// <summary>The table files that there are now.</summary>
    internal List<TableFile> TableFiles()
    {
        var files = RocksUpkeep.rocksdb_livefiles(_db);
        try
        {
            var found = new List<TableFile>();
            for (var i = 0; i < RocksUpkeep.rocksdb_livefiles_count(files); i++)
            {
                var name = Marshal.PtrToStringUTF8((nint)RocksUpkeep.rocksdb_livefiles_name(files, i)) ?? "";
                nuint length;
                var key = RocksUpkeep.rocksdb_livefiles_largestkey(files, i, &length);
                found.Add(new TableFile(name.TrimStart('/'), new ReadOnlySpan<byte>(key, (int)length).ToArray()));
            }

            return found;
        }
        finally
        {
            RocksUpkeep.rocksdb_livefiles_destroy(files);
        }
    }

    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        RocksUpkeep.rocksdb_release_snapshot(_db, _snapshot);
        _scan.Dispose();
        _point.Dispose();
        _db.DangerousRelease();
    }

    private ReadOptionsHandle NewOptions()
    {
        var options = new ReadOptionsHandle();
        RocksUpkeep.rocksdb_readoptions_set_snapshot(options, _snapshot);
        RocksUpkeep.rocksdb_readoptions_set_fill_cache(options, 0);
        RocksUpkeep.rocksdb_readoptions_set_verify_checksums(options, 1);
        RocksApi.rocksdb_readoptions_set_total_order_seek(options, 1);
        return options;
    }
}
