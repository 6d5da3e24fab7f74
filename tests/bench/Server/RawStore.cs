using Map.Storage;
using Map.Storage.Native;

namespace Map.Bench.Server;

/// <summary>RocksDB with the daemon's settings and nothing else: the floor of what is saved.</summary>
internal sealed class RawStore : IDisposable
{
    private readonly CacheHandle _cache;
    private readonly Database _db;

    public RawStore(string path)
    {
        var options = new StorageOptions { DataDirectory = path };
        RocksLibrary.EnsureLoaded();
        _cache = new CacheHandle(options.BlockCacheBytes);
        _db = Database.Open(path, create: true, _cache, options);
    }

    /// <summary>Writes rows in one synced batch.</summary>
    public void Write(IReadOnlyList<StoredRow> rows)
    {
        using var batch = _db.NewBatch();
        foreach (var row in rows) batch.Put(row.Family, row.Key, row.Value);
        _db.WriteSynced(batch);
    }

    public void Dispose()
    {
        _db.Dispose();
        _cache.Dispose();
    }
}
