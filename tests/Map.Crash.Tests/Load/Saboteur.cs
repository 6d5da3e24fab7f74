using Map.Storage;
using Map.Storage.Journaling;
using Map.Storage.Native;

namespace Map.Crash.Tests.Load;

/// <summary>
/// Takes rows out of the store of a daemon that is gone, which leaves what a daemon leaves that acknowledged without
/// having written them.
/// </summary>
internal sealed class Saboteur(string data)
{
    private const long CacheBytes = 1 << 20;

    /// <summary>The last link row alone.</summary>
    public void DropLink() => Change((db, batch) => batch.Delete(ColumnFamily.Links, Keys(db, ColumnFamily.Links)[^1]));

    /// <summary>The journal with the most commands, whole.</summary>
    public void DropJournal() => Change((db, batch) =>
    {
        var longest = Keys(db, ColumnFamily.Journal).GroupBy(key => JournalRow.ReadKey(key).Transaction).MaxBy(rows => rows.Count())!;
        foreach (var key in longest) batch.Delete(ColumnFamily.Journal, key);
    });

    /// <summary>How the transactions ended.</summary>
    public void DropOutcomes() => Change((db, batch) =>
    {
        foreach (var key in Keys(db, ColumnFamily.Transactions)) batch.Delete(ColumnFamily.Transactions, key);
    });

    private void Change(Action<Database, WriteBatch> change)
    {
        var path = Directory.EnumerateDirectories(Path.Combine(data, "spaces")).Single(each => File.Exists(Path.Combine(each, "CURRENT")));
        RocksLibrary.EnsureLoaded();
        using var cache = new CacheHandle(CacheBytes);
        using var db = Database.Open(path, create: false, cache, new StorageOptions { DataDirectory = data });
        using var batch = db.NewBatch();
        change(db, batch);
        Assert.True(batch.Count > 0);
        db.WriteSynced(batch);
    }

    private static List<byte[]> Keys(Database db, ColumnFamily family)
    {
        using var rows = db.Iterate(family, isWithinPrefix: false);
        var keys = new List<byte[]>();
        for (var isThere = rows.Seek([]); isThere; isThere = rows.Next()) keys.Add(rows.Key.ToArray());
        return keys;
    }
}
