namespace Map.Storage.Native;

/// <summary>
/// Walks the rows of one column family as they were when it was made. Used by one thread at a time. Each move reads
/// the iterator's error when it ends up nowhere: a corrupt block looks just like the end otherwise.
/// </summary>
internal sealed unsafe class RowIterator : RocksHandle
{
    private readonly DatabaseHandle _db;

    internal RowIterator(DatabaseHandle db, nint iterator) : base(iterator)
    {
        var isReferenced = false;
        db.DangerousAddRef(ref isReferenced);
        _db = db;
    }

    /// <summary>Whether it stands on a row.</summary>
    internal bool IsValid { get; private set; }

    /// <summary>The row's key, until the next move.</summary>
    internal ReadOnlySpan<byte> Key
    {
        get
        {
            nuint length;
            var start = RocksApi.rocksdb_iter_key(handle, &length);
            return new ReadOnlySpan<byte>(start, (int)length);
        }
    }

    /// <summary>The row's value, until the next move.</summary>
    internal ReadOnlySpan<byte> Value
    {
        get
        {
            nuint length;
            var start = RocksApi.rocksdb_iter_value(handle, &length);
            return new ReadOnlySpan<byte>(start, checked((int)length));
        }
    }

    /// <summary>Goes to the first row at or after a key.</summary>
    internal bool Seek(ReadOnlySpan<byte> key)
    {
        fixed (byte* start = key) RocksApi.rocksdb_iter_seek(handle, start, (nuint)key.Length);
        return Arrive();
    }

    /// <summary>Goes to the last row at or before a key.</summary>
    internal bool SeekBackward(ReadOnlySpan<byte> key)
    {
        fixed (byte* start = key) RocksApi.rocksdb_iter_seek_for_prev(handle, start, (nuint)key.Length);
        return Arrive();
    }

    /// <summary>Goes to the next row.</summary>
    internal bool Next()
    {
        Invariant.Require(IsValid, "only an iterator on a row can go on");
        RocksApi.rocksdb_iter_next(handle);
        return Arrive();
    }

    /// <summary>Goes to the row before.</summary>
    internal bool Previous()
    {
        Invariant.Require(IsValid, "only an iterator on a row can go back");
        RocksApi.rocksdb_iter_prev(handle);
        return Arrive();
    }

    protected override bool ReleaseHandle()
    {
        RocksApi.rocksdb_iter_destroy(handle);
        _db.DangerousRelease();
        return true;
    }

    private bool Arrive()
    {
        IsValid = RocksApi.rocksdb_iter_valid(handle) != 0;
        if (IsValid) return true;
        byte* error = null;
        RocksApi.rocksdb_iter_get_error(handle, &error);
        NativeError.ThrowIfAny(error, "Reading the store");
        return false;
    }
}
