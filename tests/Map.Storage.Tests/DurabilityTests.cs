using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Tests;

public sealed class DurabilityTests
{
    [Fact]
    public void A_reopened_store_has_everything_and_goes_on()
    {
        using var space = new TestSpace();
        var type = space.Created("T");
        var (a, b) = (space.Created("a", type), space.Created("b", type));
        var commit = space.Commit([], [Rel.Steps.Add(a, b)], schema: true);
        var rolledBack = space.NewTransaction();
        space.Store.RecordRollback(rolledBack, 77);
        space.Reopen();
        Assert.Equal(commit, space.Latest);
        Assert.Equal(commit, space.Store.SchemaEpoch(commit));
        Assert.Equal(0, space.Store.SchemaEpoch(commit - 1));
        Assert.Equal(3, space.Store.CountHolons(commit));
        Assert.Equal([a, b], space.Store.ScanInstances(type, null, commit));
        Assert.Single(space.Forward(a, Rel.Steps));
        Assert.Equal(new TransactionOutcome(null, 77), space.Store.FindOutcome(rolledBack));
        Assert.Equal(commit + 1, space.Commit(space.Create("c")));
        Assert.Empty(Verified.Findings(space.Store));
    }

    [Fact]
    public void The_outcome_of_a_transaction_is_remembered()
    {
        using var space = new TestSpace();
        var plan = space.Plan([space.Create()]);
        Assert.Null(space.Store.FindOutcome(plan.Transaction));
        space.Store.Commit(plan, 1234);
        Assert.Equal(new TransactionOutcome(1, 1234), space.Store.FindOutcome(plan.Transaction));
        Assert.Throws<InvalidOperationException>(() => space.Store.RecordRollback(plan.Transaction, 1));
        var other = space.NewTransaction();
        space.Store.RecordRollback(other, 5);
        space.Store.RecordRollback(other, 6);
        Assert.Equal(new TransactionOutcome(null, 5), space.Store.FindOutcome(other));
    }

    [Fact]
    public void Nothing_is_published_before_it_is_written()
    {
        using var space = new TestSpace();
        var steps = new List<(FaultPoint, long)>();
        space.Faults = point => steps.Add((point, space.Latest));
        space.Created();
        Assert.Equal(
            [
                (FaultPoint.CommitPrepared, 0), (FaultPoint.CommitWriting, 0), (FaultPoint.GroupWritten, 0),
                (FaultPoint.CommitSynced, 0), (FaultPoint.CommitPublished, 1),
            ], steps);
    }

    [Fact]
    public void A_store_behind_its_head_file_is_refused()
    {
        using var space = new TestSpace();
        space.Created();
        space.Close();
        var copy = space.StorePath + ".copy";
        CopyDirectory(space.StorePath, copy);
        space.Reopen();
        space.Created();
        space.Close();
        Directory.Delete(space.StorePath, recursive: true);
        Directory.Move(copy, space.StorePath);
        var refused = Assert.Throws<StoreException>(space.Reopen).Message;
        Assert.Contains("commit 2 was saved", refused);
        Assert.Contains("Restore the space from a backup", refused);
        File.Delete(space.HeadPath);
        space.Reopen();
        Assert.Equal(1, space.Latest);
    }

    [Fact]
    public void A_store_with_another_history_is_refused()
    {
        using var space = new TestSpace();
        space.Created();
        space.Close();
        var copy = space.StorePath + ".copy";
        CopyDirectory(space.StorePath, copy);
        var head = File.ReadAllText(space.HeadPath);
        space.Reopen();
        space.Created("one");
        space.Close();
        var other = File.ReadAllText(space.HeadPath);
        Directory.Delete(space.StorePath, recursive: true);
        Directory.Move(copy, space.StorePath);
        File.WriteAllText(space.HeadPath, head);
        space.Reopen();
        space.Created("another");
        space.Created("more");
        space.Close();
        File.WriteAllText(space.HeadPath, other);
        Assert.Contains("another history", Assert.Throws<StoreException>(space.Reopen).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData(null)]
    public void A_torn_head_file_proves_nothing(string? content)
    {
        using var space = new TestSpace();
        space.Created();
        space.Close();
        var whole = File.ReadAllText(space.HeadPath);
        File.WriteAllText(space.HeadPath, content ?? whole.Replace('1', '2'));
        space.Reopen();
        Assert.Equal(1, space.Latest);
        Assert.Equal(whole, ReadShared(space.HeadPath));
    }

    [Fact]
    public void A_changed_version_and_a_changed_record_break_the_chain()
    {
        using var space = new TestSpace();
        var id = space.Created("a");
        space.Created("b");
        Assert.Empty(Verified.Findings(space.Store));
        var node = new byte[RowKeys.NodeSize];
        RowKeys.WriteNode(node, id, 1);
        Flip(space.Store.Rows, ColumnFamily.Nodes, node, back: 1);
        Assert.Contains("Version 1 of holon", Verified.Findings(space.Store)[0]);
        Flip(space.Store.Rows, ColumnFamily.Nodes, node, back: 1);

        var record = new byte[RowKeys.CommitSize];
        RowKeys.WriteCommit(record, 1, 0);
        Flip(space.Store.Rows, ColumnFamily.Commits, record, back: 10);
        Assert.Contains(Verified.Findings(space.Store), finding => finding.Contains("does not have its hash"));
        Flip(space.Store.Rows, ColumnFamily.Commits, record, back: 10);
        Assert.Empty(Verified.Findings(space.Store));
    }

    [Fact]
    public void A_store_of_an_unknown_format_is_refused_with_both_versions()
    {
        using var space = new TestSpace();
        using (var batch = space.Store.Rows.NewBatch())
        {
            batch.Put(ColumnFamily.Meta, MetaRows.FormatKey, [9]);
            space.Store.Rows.WriteSynced(batch);
        }

        var refused = Assert.Throws<StoreException>(space.Reopen).Message;
        Assert.Contains("has format 9", refused);
        Assert.Contains("reads format 1", refused);
    }

    [Fact]
    public void An_iterator_at_a_corrupt_block_throws_what_native_validity_hides()
    {
        using var space = new TestSpace();
        for (var i = 0; i < 300; i++) space.Created($"key {i}");
        space.Store.Rows.Flush();
        space.Close();
        var keysTable = Directory.GetFiles(space.StorePath, "*.sst")
            .Single(path => File.ReadAllBytes(path).AsSpan().IndexOf("key 299"u8) >= 0
                && File.ReadAllBytes(path).AsSpan().IndexOf("keys"u8) >= 0);
        var bytes = File.ReadAllBytes(keysTable);
        for (var i = 4200; i < 4300; i++) bytes[i] ^= 0x5a;
        File.WriteAllBytes(keysTable, bytes);
        space.Reopen();
        var read = 0;
        var failure = Assert.Throws<StoreException>(() =>
        {
            foreach (var _ in space.Store.ScanKeys("", null, space.Latest)) read++;
        });
        Assert.Contains("Corruption", failure.Message);
        Assert.InRange(read, 1, 299);
    }

    [Fact]
    public void A_corrupt_table_is_an_error_and_never_a_shorter_answer()
    {
        using var space = new TestSpace();
        for (var i = 0; i < 200; i++) space.Created($"key {i}");
        space.Store.Rows.Flush();
        space.Close();
        var failedScans = 0;
        foreach (var table in Directory.GetFiles(space.StorePath, "*.sst"))
        {
            var whole = File.ReadAllBytes(table);
            var corrupt = (byte[])whole.Clone();
            for (var i = 0; i < corrupt.Length / 3; i++) corrupt[i] ^= 0x5a;
            File.WriteAllBytes(table, corrupt);
            failedScans += FailedScans(space);
            space.Close();
            File.WriteAllBytes(table, whole);
        }

        Assert.True(failedScans > 0, "at least the tables of holons and keys are read by the scans");
        space.Reopen();
        Assert.Equal(0, FailedScans(space));
    }

    [Fact]
    public void Damage_in_the_middle_of_the_log_is_refused()
    {
        using var space = new TestSpace();
        for (var i = 0; i < 50; i++) space.Created($"key {i}");
        space.Close();
        var log = Directory.GetFiles(space.StorePath, "*.log").MaxBy(path => new FileInfo(path).Length)!;
        var bytes = File.ReadAllBytes(log);
        bytes[bytes.Length / 2] ^= 0xff;
        File.WriteAllBytes(log, bytes);
        Assert.Throws<StoreException>(space.Reopen);
    }

    [Fact]
    public void A_log_torn_at_any_byte_opens_with_whole_commits()
    {
        using var space = new TestSpace();
        var type = space.Created("T");
        for (var i = 0; i < 8; i++)
        {
            var (a, b) = (space.Create($"a{i}", type), space.Create($"b{i}", type));
            space.Commit([a, b], [Rel.Steps.Add(a.Id, b.Id), Rel.Likes.Add(type, a.Id)]);
        }

        // A copy of the open store is what a killed process leaves.
        var copy = space.StorePath + ".copy";
        CopyDirectory(space.StorePath, copy);
        var log = Directory.GetFiles(copy, "*.log").MaxBy(path => new FileInfo(path).Length)!;
        var whole = File.ReadAllBytes(log);
        var opened = new List<long>();
        for (var part = 0; part <= 24; part++)
        {
            var torn = Path.Combine(space.DataPath, $"torn{part}");
            CopyDirectory(copy, torn);
            File.WriteAllBytes(Path.Combine(torn, Path.GetFileName(log)), whole[..(whole.Length * part / 24)]);
            if (OpenTorn(space, torn) is { } latest) opened.Add(latest);
        }

        Assert.Equal(opened.Order(), opened);
        Assert.Equal(space.Latest, opened[^1]);
        Assert.True(opened.Distinct().Count() > 4);
    }

    [Fact]
    public void A_missing_library_names_the_package()
    {
        var message = Assert.Throws<StoreException>(() => RocksLibrary.LoadFirst(["libnone.so.1"])).Message;
        Assert.Contains("libnone.so.1", message);
        Assert.Contains("librocksdb7.8", message);
    }

    /// <summary>The last commit of a copy, which must be whole; null when not even commit 0 is there.</summary>
    private static long? OpenTorn(TestSpace space, string path)
    {
        using var cache = new CacheHandle(1 << 20);
        var files = new StoreFiles(Open, static () => { }, static _ => { }, path + ".set-aside", new Reading.ReadCache(0));
        using var store = new HolonStore(space.Record, files, faults: null);
        try
        {
            store.Open();
        }
        catch (StoreException failure)
        {
            Assert.Contains("not whole", failure.Message);
            return null;
        }

        Assert.Empty(Verified.Findings(store));
        var latest = store.LatestCommit;
        Assert.Equal(latest == 0 ? 0 : 1 + 2 * (latest - 1), store.CountHolons(latest));
        Assert.Equal(store.CountHolons(latest) + 1, store.ScanHolons(null, latest).Count());
        Assert.Equal(store.CountHolons(latest), store.ScanKeys("", null, latest).Count());
        return latest;

        OpenStore Open()
        {
            var db = Database.Open(path, create: false, cache, new StorageOptions { DataDirectory = path });
            var head = HeadFile.Open(path + ".head");
            try
            {
                return OpenStore.Check(db, head, space.Record.Id);
            }
            catch
            {
                head.Dispose();
                db.Dispose();
                throw;
            }
        }
    }

    /// <summary>How many of two scans fail; those that do not must answer in full.</summary>
    private static int FailedScans(TestSpace space)
    {
        var failed = 0;
        try
        {
            space.Reopen();
        }
        catch (StoreException)
        {
            return failed;
        }

        foreach (var scan in (Func<int>[])
            [
                () => space.Store.ScanHolons(null, 200).Count() - 1, () => space.Store.ScanKeys("", null, 200).Count(),
            ])
        {
            try
            {
                Assert.Equal(200, scan());
            }
            catch (StoreException)
            {
                failed++;
            }
        }

        return failed;
    }

    private static void Flip(Database db, ColumnFamily family, byte[] key, int back)
    {
        byte[] value;
        using (var row = db.Get(family, key)) value = row.Bytes.ToArray();
        value[^back] ^= 1;
        using var batch = db.NewBatch();
        batch.Put(family, key, value);
        db.WriteSynced(batch);
    }

    private static string ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd();
    }

    private static void CopyDirectory(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
