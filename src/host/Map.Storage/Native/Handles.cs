using System.Runtime.InteropServices;

namespace Map.Storage.Native;

/// <summary>A native object that is freed exactly once, also when its owner forgets it.</summary>
internal abstract class RocksHandle : SafeHandle
{
    private protected RocksHandle(nint value) : base(nint.Zero, ownsHandle: true)
    {
        Invariant.Require(value != nint.Zero, "RocksDB made no object");
        SetHandle(value);
    }

    public override bool IsInvalid => handle == nint.Zero;
}

internal sealed class OptionsHandle() : RocksHandle(RocksOptions.rocksdb_options_create())
{
    protected override bool ReleaseHandle()
    {
        RocksOptions.rocksdb_options_destroy(handle);
        return true;
    }
}

internal sealed class TableOptionsHandle() : RocksHandle(RocksOptions.rocksdb_block_based_options_create())
{
    protected override bool ReleaseHandle()
    {
        RocksOptions.rocksdb_block_based_options_destroy(handle);
        return true;
    }
}

internal sealed class ReadOptionsHandle() : RocksHandle(RocksApi.rocksdb_readoptions_create())
{
    protected override bool ReleaseHandle()
    {
        RocksApi.rocksdb_readoptions_destroy(handle);
        return true;
    }
}

internal sealed class WriteOptionsHandle() : RocksHandle(RocksApi.rocksdb_writeoptions_create())
{
    protected override bool ReleaseHandle()
    {
        RocksApi.rocksdb_writeoptions_destroy(handle);
        return true;
    }
}

/// <summary>An LRU block cache. Databases keep what they share of it alive themselves.</summary>
internal sealed class CacheHandle(long capacityBytes) : RocksHandle(RocksApi.rocksdb_cache_create_lru((nuint)capacityBytes))
{
    protected override bool ReleaseHandle()
    {
        RocksApi.rocksdb_cache_destroy(handle);
        return true;
    }
}

internal sealed class WriteBatchHandle(nint batch) : RocksHandle(batch)
{
    /// <summary>The pointer, for loops of many puts while the caller holds this object.</summary>
    internal nint Pointer => handle;

    protected override bool ReleaseHandle()
    {
        RocksApi.rocksdb_writebatch_destroy(handle);
        return true;
    }
}

/// <summary>An open database with its column families. Iterators hold a reference, so that it closes after them.</summary>
internal sealed class DatabaseHandle(nint db, nint[] families) : RocksHandle(db)
{
    protected override bool ReleaseHandle()
    {
        foreach (var family in families) RocksApi.rocksdb_column_family_handle_destroy(family);
        RocksApi.rocksdb_close(handle);
        return true;
    }
}
