using System.Runtime.InteropServices;
using System.Text;
using Map.Core.Services;

namespace Map.Storage.Native;

/// <summary>One open RocksDB database. Safe for many threads at once.</summary>
internal sealed unsafe class Database : IDisposable
{
    private const int MinFlushBytes = 4 << 20;
    private const int WritesBetweenSeals = 16;

    private readonly DatabaseHandle _handle;
    private readonly nint[] _families;
    private readonly ReadOptionsHandle _readWithinPrefix = new();
    private readonly ReadOptionsHandle _readAnywhere = new();
    private readonly WriteOptionsHandle _writeSynced = new();
    private readonly WriteOptionsHandle _writeUnsynced = new();
    private readonly bool _isSynced;
    private readonly ManifestSeal? _seal;
    private readonly Lock _sealing = new();
    private long _unflushedBytes;
    private long _writes;

    private Database(DatabaseHandle handle, nint[] families, bool isSynced, ManifestSeal? seal)
    {
        _handle = handle;
        _families = families;
        _isSynced = isSynced;
        _seal = seal;
        RocksApi.rocksdb_readoptions_set_total_order_seek(_readAnywhere, 1);
        RocksApi.rocksdb_writeoptions_set_sync(_writeSynced, isSynced ? (byte)1 : (byte)0);
    }

    /// <summary>Opens a database, which is made when it is missing and <paramref name="create"/> says so.</summary>
    /// <exception cref="StoreException">It cannot be opened.</exception>
    internal static Database Open(string path, bool create, CacheHandle cache, StorageOptions tuning) =>
        Open(path, create, cache, tuning, isReadOnly: false);

    /// <summary>Opens a database to look at it: nothing in its directory is changed, also no log replayed into it.</summary>
    /// <exception cref="StoreException">It cannot be opened.</exception>
    internal static Database OpenReadOnly(string path, CacheHandle cache, StorageOptions tuning) =>
        Open(path, create: false, cache, tuning, isReadOnly: true);

    private static Database Open(string path, bool create, CacheHandle cache, StorageOptions tuning, bool isReadOnly)
    {
        RocksLibrary.EnsureLoaded();
        var options = new OptionsHandle[ColumnFamilies.Count];
        var names = new nint[ColumnFamilies.Count];
        var families = new nint[ColumnFamilies.Count];
        try
        {
            for (var i = 0; i < ColumnFamilies.Count; i++)
            {
                options[i] = DatabaseTuning.Make((ColumnFamily)i, cache, tuning, create);
                names[i] = Marshal.StringToCoTaskMemUTF8(ColumnFamilies.Names[i]);
            }

            ManifestSeal.Require(path);
            var handle = OpenNative(path, isReadOnly, options, names, families);
            return new Database(handle, families, tuning.IsSynced, isReadOnly ? null : ManifestSeal.Follow(path));
        }
        finally
        {
            foreach (var option in options) option?.Dispose();
            foreach (var name in names) Marshal.FreeCoTaskMem(name);
        }
    }

    /// <summary>Reads one row in place.</summary>
    internal PinnedValue Get(ColumnFamily family, ReadOnlySpan<byte> key)
    {
        byte* error = null;
        nint slice;
        fixed (byte* start = key)
            slice = RocksApi.rocksdb_get_pinned_cf(
                _handle, _readWithinPrefix, _families[(int)family], start, (nuint)key.Length, &error);
        NativeError.ThrowIfAny(error, "Reading the store");
        return new PinnedValue(slice);
    }

    /// <summary>An iterator over the present rows.</summary>
    /// <param name="family">The column family.</param>
    /// <param name="isWithinPrefix">Whether it is only moved among rows of one filter prefix, which is faster.</param>
    internal RowIterator Iterate(ColumnFamily family, bool isWithinPrefix)
    {
        var options = isWithinPrefix ? _readWithinPrefix : _readAnywhere;
        return new RowIterator(
            _handle, RocksApi.rocksdb_create_iterator_cf(_handle, options, _families[(int)family]));
    }

    /// <summary>All rows as they are now.</summary>
    internal RowSnapshot TakeSnapshot() => new(_handle, _families);

    /// <summary>
    /// Makes a directory with what the database holds now, as a database of its own: tables are shared by hard links
    /// where the file system is the same.
    /// </summary>
    /// <param name="path">The directory, which must not be there yet.</param>
    /// <exception cref="StoreException">It failed.</exception>
    internal void MakeCheckpoint(string path)
    {
        byte* error = null;
        var checkpoint = RocksUpkeep.rocksdb_checkpoint_object_create(_handle, &error);
        NativeError.ThrowIfAny(error, "Making a checkpoint");
        RocksUpkeep.rocksdb_checkpoint_create(checkpoint, path, logSizeForFlush: 0, &error);
        RocksUpkeep.rocksdb_checkpoint_object_destroy(checkpoint);
        NativeError.ThrowIfAny(error, "Making a checkpoint");
    }

    /// <summary>A new, empty batch.</summary>
    internal WriteBatch NewBatch() => new(_families, new WriteBatchHandle(RocksApi.rocksdb_writebatch_create()));

    /// <summary>A batch of rows that are there as <see cref="BatchRecords"/> already.</summary>
    /// <param name="rows">How many rows.</param>
    /// <param name="records">The rows, in parts.</param>
    /// <param name="bytes">Size of their keys and values.</param>
    internal WriteBatch NewBatch(int rows, IReadOnlyList<ArraySegment<byte>> records, long bytes) =>
        WriteBatch.Of(_families, rows, records, bytes);

    /// <summary>Writes a batch atomically; it is on disk when this returns.</summary>
    /// <exception cref="StoreException">The write failed; what is on disk is not known.</exception>
    internal void WriteSynced(WriteBatch batch) => Write(batch, _writeSynced);

    /// <summary>Writes a batch atomically; when this returns it survives this process, but not a power cut.</summary>
    /// <exception cref="StoreException">The write failed; what is on disk is not known.</exception>
    internal void WriteUnsynced(WriteBatch batch) => Write(batch, _writeUnsynced);

    /// <summary>Puts all that was written unsynced on disk.</summary>
    /// <exception cref="StoreException">It failed; what is on disk is not known.</exception>
    internal void Sync()
    {
        if (!_isSynced) return;
        byte* error = null;
        RocksApi.rocksdb_flush_wal(_handle, 1, &error);
        NativeError.ThrowIfAny(error, "Writing the store");
    }

    /// <summary>Closes the database once the last iterator is gone. A long log is made into tables first.</summary>
    public void Dispose()
    {
        if (_handle.IsClosed) return;
        if (Volatile.Read(ref _unflushedBytes) >= MinFlushBytes) Flush();
        _handle.Dispose();
        lock (_sealing)
        {
            _seal?.Refresh();
            _seal?.Dispose();
        }

        _readWithinPrefix.Dispose();
        _readAnywhere.Dispose();
        _writeSynced.Dispose();
        _writeUnsynced.Dispose();
    }

    /// <summary>How many bytes of memory hold rows that are not in tables yet.</summary>
    internal long BufferedBytes()
    {
        ulong sum = 0;
        foreach (var family in _families)
        {
            ulong bytes;
            var failed = RocksUpkeep.rocksdb_property_int_cf(_handle, family, "rocksdb.cur-size-all-mem-tables", &bytes);
            Invariant.Require(failed == 0, "RocksDB tells the size of its memory");
            sum += bytes;
        }

        return (long)sum;
    }

    /// <summary>Writes what is in memory into tables, so that the next start has no log to replay.</summary>
    internal void Flush()
    {
        Interlocked.Exchange(ref _unflushedBytes, 0);
        var options = RocksApi.rocksdb_flushoptions_create();
        foreach (var family in _families)
        {
            byte* error = null;
            RocksApi.rocksdb_flush_cf(_handle, options, family, &error);
            // The log still has everything: a failed flush costs time at the next start, nothing else.
            if (error != null) _ = NativeError.Take(error);
        }

        RocksApi.rocksdb_flushoptions_destroy(options);
        lock (_sealing) _seal?.Refresh();
    }

    private void Write(WriteBatch batch, WriteOptionsHandle options)
    {
        byte* error = null;
        RocksApi.rocksdb_write(_handle, options, batch.Handle, &error);
        NativeError.ThrowIfAny(error, "Writing the store");
        Interlocked.Add(ref _unflushedBytes, batch.Bytes);
        if (Interlocked.Increment(ref _writes) % WritesBetweenSeals != 0) return;
        lock (_sealing) _seal?.Refresh();
    }

    private static DatabaseHandle OpenNative(
        string path, bool isReadOnly, OptionsHandle[] options, nint[] names, nint[] families)
    {
        var optionPointers = new nint[options.Length];
        for (var i = 0; i < options.Length; i++) optionPointers[i] = options[i].DangerousGetHandle();
        byte* error = null;
        nint db;
        fixed (nint* nameStart = names, optionStart = optionPointers, familyStart = families)
            db = isReadOnly
                ? RocksUpkeep.rocksdb_open_for_read_only_column_families(
                    options[0], path, families.Length, (byte**)nameStart, optionStart, familyStart, 0, &error)
                : RocksApi.rocksdb_open_column_families(
                    options[0], path, families.Length, (byte**)nameStart, optionStart, familyStart, &error);
        GC.KeepAlive(options);
        if (error != null) throw OpenFailed(path, NativeError.Take(error));
        var handle = new DatabaseHandle(db, families);
        // One call makes them all, in this order; batches made of records rely on it.
        for (var i = 0; i < families.Length; i++)
            Invariant.Require(
                RocksApi.rocksdb_column_family_handle_get_id(families[i]) == i, "column families are numbered as they are ordered");
        return handle;
    }

    private static StoreException OpenFailed(string path, string reason)
    {
        var text = new StringBuilder($"The store {path} cannot be opened: ");
        if (reason.Contains("lock hold by current process", StringComparison.Ordinal)
            || reason.Contains("While lock file", StringComparison.Ordinal))
            text.Append("another map-daemon, or an unfinished read of this one, has it open. ")
                .Append("Stop the other one, or try again. (").Append(reason).Append(')');
        else if (reason.Contains("Column families not opened", StringComparison.Ordinal))
            text.Append("a later map-daemon wrote it; this one reads format ")
                .Append(Encoding.MetaRows.FormatVersion).Append(". Start the later one. (").Append(reason).Append(')');
        else
            text.Append(reason).Append(". If the disk is sound, restore the space from a backup.");
        return new StoreException(text.ToString());
    }
}
