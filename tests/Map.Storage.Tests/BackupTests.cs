using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Backups;

namespace Map.Storage.Tests;

/// <summary>Backups and restores: whole or not there, also when they are interrupted.</summary>
public sealed class BackupTests : IDisposable
{
    private readonly KnownSpace _known = new();
    private readonly TestDirectory _elsewhere = new();

    private TestSpace Space => _known.Space;

    private string Backups => Path.Combine(_elsewhere.Path, "backups");

    private string Restored => Path.Combine(_elsewhere.Path, "restored");

    public void Dispose()
    {
        _known.Dispose();
        _elsewhere.Dispose();
    }

    [Fact]
    public void A_restored_backup_is_the_space_as_of_its_commit_and_goes_on()
    {
        var expected = SpaceDump.Of(Space.Store, Space.Latest);
        var backup = Backup();
        Assert.Equal("1.2.3", backup.ProductVersion);
        Assert.Equal(Space.Record, Assert.Single(backup.Spaces).Space);
        Assert.Equal(Space.Latest, backup.Spaces[0].Commit);
        Space.Created("after the backup");

        Assert.Equal(backup.Id, Restore().Id);
        using var restored = new RestoredSpace(Restored, Space.Record);
        Assert.Equal(backup.Spaces[0].Commit, restored.Store.LatestCommit);
        Assert.Equal(expected, SpaceDump.Of(restored.Store, restored.Store.LatestCommit));
        Assert.Empty(Verified.Findings(restored.Store, restored.HeadPath));
        Assert.Equal([Space.Record], restored.Catalog.List());
        var change = Space.Create("goes on");
        var plan = Space.Plan([change]);
        Assert.Equal(
            backup.Spaces[0].Commit + 1, restored.Store.Commit(Rebased(plan, restored.Store.LatestCommit), 5).CommitNumber);
    }

    [Fact]
    public async Task Backups_under_load_restore_to_exactly_one_commit_point()
    {
        using var stop = new CancellationTokenSource();
        var gate = new Lock();
        var writers = Enumerable.Range(0, 3).Select(writer => Task.Run(() =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                // Only so that the state of each commit can be told afterwards: plans are made one at a time.
                lock (gate)
                {
                    var change = Space.Create($"writer {writer} {i}", _known.TypeA);
                    Space.Commit([change], [Rel.Likes.Add(_known.First, change.Id), Rel.Steps.Add(_known.Third, change.Id)]);
                }
            }
        })).ToArray();
        var backups = new List<BackupSummary>();
        // A machine with other work to do may run no writer for a while.
        while (backups.Count < 4 || (!WentOn() && backups.Count < 1_000)) backups.Add(Backup());
        await stop.CancelAsync();
        await Task.WhenAll(writers);

        Assert.True(WentOn(), "commits went on between the backups");
        foreach (var backup in backups)
        {
            var path = Path.Combine(_elsewhere.Path, backup.Id);
            Restore(backup.Id, path);
            using var restored = new RestoredSpace(path, Space.Record);
            var commit = backup.Spaces[0].Commit;
            Assert.Equal(commit, restored.Store.LatestCommit);
            Assert.Equal(SpaceDump.Of(Space.Store, commit), SpaceDump.Of(restored.Store, commit));
            Assert.Empty(Verified.Findings(restored.Store, restored.HeadPath));
        }

        bool WentOn() => backups[^1].Spaces[0].Commit > backups[0].Spaces[0].Commit;
    }

    [Fact]
    public void Backups_share_what_did_not_change_and_the_oldest_go()
    {
        var first = Backup();
        Assert.True(first.NewBytes > 0);
        Space.Created("a little more");
        var second = Backup();
        Assert.InRange(second.NewBytes, 1, first.NewBytes - 1);
        var third = Backup(keep: 2);
        Assert.Equal([second.Id, third.Id], List());
        Assert.True(string.CompareOrdinal(second.Id, third.Id) < 0, "later ones sort later");
        Assert.Equal(Named(), FilesThere());
        foreach (var id in List()) Restore(id, Path.Combine(_elsewhere.Path, id));
        Assert.Contains($"There is no backup {first.Id}", Fails(() => Restore(first.Id)));
    }

    [Theory]
    [InlineData(FaultPoint.BackupCopied)]
    [InlineData(FaultPoint.BackupWritten)]
    public void An_interrupted_backup_is_not_listed_and_the_next_one_removes_what_it_left(object step)
    {
        var first = Backup();
        Space.Commit(Enumerable.Range(0, 50).Select(i => Space.Create($"more {i}")).ToArray());
        Space.Faults = point =>
        {
            if (point == (FaultPoint)step) throw new IOException("power cut");
        };
        Assert.Contains("power cut", Fails(() => Backup()));
        Space.Faults = null;
        Assert.Equal([first.Id], List());
        Assert.NotEqual(Named(), FilesThere());
        Restore(first.Id);

        var next = Backup(keep: 1);
        Assert.Equal([next.Id], List());
        Assert.Equal(Named(), FilesThere());
    }

    [Fact]
    public void A_cancelled_backup_is_not_listed()
    {
        using var source = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Keeper().Backup(
            Backups, null, progress =>
            {
                if (progress.Step.StartsWith("copying", StringComparison.Ordinal)) source.Cancel();
            }, source.Token).Id.Length);
        Assert.Empty(List());
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Space.DataPath, "daemon"), "checkpoint*"));
    }

    [Fact]
    public void What_a_killed_backup_left_in_the_data_directory_is_removed_at_the_start()
    {
        var left = Path.Combine(Space.DataPath, "daemon", "checkpoint");
        Directory.CreateDirectory(left);
        Directory.CreateDirectory(left + ".tmp");
        File.WriteAllText(Path.Combine(left, "000001.sst"), "left");
        Keeper();
        Assert.False(Directory.Exists(left));
        Assert.False(Directory.Exists(left + ".tmp"));
    }

    [Theory]
    [InlineData(FaultPoint.RestoreCopied, false)]
    [InlineData(FaultPoint.RestoreChecked, true)]
    public void An_interrupted_restore_leaves_no_data_directory_and_the_next_one_succeeds(object step, bool leavesSome)
    {
        Backup();
        Assert.Contains("power cut", Fails(() => Restore(faults: point =>
        {
            if (point == (FaultPoint)step) throw new IOException("power cut");
        })));
        Assert.False(Directory.Exists(Restored));
        Assert.Equal(leavesSome, Directory.Exists(Restored + ".restoring"));
        Restore();
        Assert.False(Directory.Exists(Restored + ".restoring"));
        using var restored = new RestoredSpace(Restored, Space.Record);
        Assert.Equal(Space.Latest, restored.Store.LatestCommit);
    }

    [Fact]
    public void A_restore_overwrites_nothing()
    {
        Backup();
        Directory.CreateDirectory(Restored);
        File.WriteAllText(Path.Combine(Restored, "mine"), "");
        Assert.Contains("is not empty, and a restore overwrites nothing", Fails(() => Restore()));
        Directory.Delete(Restored, recursive: true);
        Directory.CreateDirectory(Restored + ".restoring");
        File.WriteAllText(Path.Combine(Restored + ".restoring", "mine"), "");
        Assert.Contains("is in the way, and is no interrupted restore", Fails(() => Restore()));
        Assert.True(File.Exists(Path.Combine(Restored + ".restoring", "mine")));
        Directory.Delete(Restored + ".restoring", recursive: true);
        Directory.CreateDirectory(Restored);
        Restore();
    }

    [Fact]
    public void Each_damaged_file_of_a_backup_is_noticed_at_the_restore_and_mended_by_the_next_backup()
    {
        var backup = Backup();
        foreach (var path in Directory.GetFiles(Path.Combine(Backups, "files")))
        {
            var whole = File.ReadAllBytes(path);
            var damaged = (byte[])whole.Clone();
            damaged[damaged.Length / 2] ^= 1;
            File.WriteAllBytes(path, damaged);
            Assert.Contains($"The file {path} of the backup is damaged", Fails(() => Restore()));
            Assert.False(Directory.Exists(Restored) || Directory.Exists(Restored + ".restoring"));
            File.Delete(path);
            Assert.Contains($"The file {path} of the backup is missing", Fails(() => Restore()));
            File.WriteAllBytes(path, whole);
        }

        foreach (var path in Directory.GetFiles(Path.Combine(Backups, "files"))) File.WriteAllText(path, "damaged");

        // What is still the same in the store is put right by content, so that the old backup is whole again as well.
        var next = Backup();
        Restore(next.Id);
        Assert.Contains(List(), id => id == backup.Id);
    }

    [Fact]
    public void A_damaged_manifest_and_one_of_another_format_are_refused()
    {
        var first = Backup();
        var path = Path.Combine(Backups, "manifests", first.Id + ".json");
        var whole = File.ReadAllText(path);
        File.WriteAllText(path, whole.Replace("\"name\": \"Test\"", "\"name\": \"Tent\""));
        Assert.Contains("is damaged", Fails(() => Restore()));
        File.WriteAllText(path, whole.Replace("\"format\": 1", "\"format\": 7"));
        Assert.Contains("has format 7; this map-daemon reads format 1", Fails(() => Restore()));
        File.WriteAllText(path, "{");
        Assert.Contains("cannot be read", Fails(() => Restore()));
        var listed = Assert.Single(ClosedDirectory.ListBackups(Backups));
        Assert.Null(listed.Backup);
        Assert.Contains("cannot be read", listed.Problem);

        // It may name any of the files: none is removed while it cannot be read.
        var files = FilesThere();
        Backup();
        Assert.Subset(FilesThere().ToHashSet(), files.ToHashSet());
        File.WriteAllText(path, whole);
        Restore(first.Id);
    }

    [Fact]
    public void A_space_with_findings_is_left_out_and_keeps_its_old_backups()
    {
        var first = Backup();
        var other = TestSpace.NewRecord("Whole");
        Space.Catalog.Create(other);
        Space.Catalog.Publish(other.Id);
        _known.Delete(Native.ColumnFamily.TypeHeads, KnownSpace.IdKey(_known.TypeB));
        var second = Backup(keep: 1);
        Assert.Equal(other, Assert.Single(second.Spaces).Space);
        var leftOut = Assert.Single(second.LeftOut);
        Assert.Equal("Test", leftOut.Name);
        Assert.Contains("1 findings, the first: The instances of type", leftOut.Reason);
        Assert.Equal([first.Id, second.Id], List());
        Assert.Equal("Test", Assert.Single(ClosedDirectory.ListBackups(Backups)[1].Backup!.LeftOut).Name);
    }

    [Fact]
    public void Backups_go_neither_into_the_data_directory_nor_among_other_things()
    {
        Assert.Contains("is absolute", Fails(() => Backup("backups")));
        Assert.Contains("is inside the data directory", Fails(() => Backup(Path.Combine(Space.DataPath, "backups"))));
        Assert.Contains("is inside the data directory", Fails(() => Backup(Space.DataPath)));
        Assert.Contains("has the data directory", Fails(() => Backup(Path.GetDirectoryName(Space.DataPath)!)));
        var link = Path.Combine(_elsewhere.Path, "link");
        Directory.CreateSymbolicLink(link, Space.DataPath);
        Assert.Contains("is inside the data directory", Fails(() => Backup(Path.Combine(link, "x"))));
        var full = Directory.CreateDirectory(Path.Combine(_elsewhere.Path, "full")).FullName;
        File.WriteAllText(Path.Combine(full, "mine"), "");
        Assert.Contains("has something else than backups in it", Fails(() => Backup(full)));
        Assert.Contains("is a file", Fails(() => Backup(Path.Combine(full, "mine"))));
        Assert.Contains("is not a directory of backups", Fails(() => Restore()));
        Assert.Contains("At least one", Fails(() => Backup(keep: 0)));
    }

    [Fact]
    public void Backups_are_for_their_owner_only()
    {
        Backup();
        if (OperatingSystem.IsWindows()) return;
        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.OtherRead | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        foreach (var path in Directory.GetFileSystemEntries(Backups, "*", SearchOption.AllDirectories).Append(Backups))
            if (Path.GetFileName(path) != "lock") Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(path) & others);
    }

    [Fact]
    public void One_backup_at_a_time_goes_into_a_directory()
    {
        Backup();
        using (BackupDirectory.Open(Backups).Lock())
            Assert.True(Assert.Throws<BackupException>(() => Backup()).IsBusy);
        Backup();
        Assert.True(Assert.Throws<BackupException>(() => Keeper(out var keeper).Backup(
            Backups, null, _ => keeper.Backup(Backups + "2", null, null, default), default).Id.Length).IsBusy);
    }

    [Fact]
    public void The_last_backup_of_a_space_is_remembered()
    {
        Assert.Null(Keeper().Describe(Space.Record.Id).LastBackup);
        var backup = Backup();
        var condition = Keeper().Describe(Space.Record.Id);
        Assert.Equal(new LastBackup(backup.Id, Backups, backup.TakenUnixMicros, Space.Latest), condition.LastBackup);
        Assert.Equal((SpaceState.Open, "", Space.Latest), (condition.State, condition.Problem, condition.Commit));
        Assert.Equal(Space.Store.CountHolons(Space.Latest), condition.Holons);
        Assert.True(condition.Bytes > 0);
    }

    [Fact]
    public void A_space_is_described_without_opening_it()
    {
        var latest = Space.Latest;
        Space.Close();
        using (var catalog = SpaceCatalog.Open(new StorageOptions { DataDirectory = Space.DataPath, Time = EarlyTime.Clock }))
        {
            var keeper = new SpaceKeeper(catalog, "1.2.3", TimeProvider.System);
            var condition = keeper.Describe(Space.Record.Id);
            Assert.Equal((SpaceState.Closed, latest, (long?)null), (condition.State, condition.Commit, condition.Holons));
            File.Delete(Path.Combine(Space.StorePath, "CURRENT"));
            Assert.Throws<StoreException>(() => catalog.Open(Space.Record.Id));
            condition = keeper.Describe(Space.Record.Id);
            Assert.Equal(SpaceState.Damaged, condition.State);
            Assert.Contains("is missing", condition.Problem);
        }
    }

    private static CommitPlan Rebased(CommitPlan plan, long snapshot) => new()
    {
        Transaction = plan.Transaction,
        Label = plan.Label,
        Snapshot = snapshot,
        JudgedAsOf = snapshot,
        TouchesSchema = false,
        Nodes = plan.Nodes,
        Links = plan.Links,
    };

    private static string Fails(Action action) => Assert.Throws<BackupException>(action).Message;

    private SpaceKeeper Keeper() => Keeper(out _);

    private SpaceKeeper Keeper(out SpaceKeeper keeper) =>
        keeper = new SpaceKeeper(Space.Catalog, "1.2.3", TimeProvider.System);

    private BackupSummary Backup(string? to = null, int? keep = null) => Keeper().Backup(to ?? Backups, keep, null, default);

    private BackupSummary Restore(string? id = null, string? to = null, Action<FaultPoint>? faults = null) =>
        ClosedDirectory.Restore(
            Backups, id, new StorageOptions { DataDirectory = to ?? Restored, Faults = faults, Time = EarlyTime.Clock },
            TimeProvider.System, null, default);

    private string[] List() => [.. ClosedDirectory.ListBackups(Backups).Select(backup => backup.Id)];

    private string[] FilesThere() =>
        [.. Directory.GetFiles(Path.Combine(Backups, "files")).Concat(Directory.GetFiles(Path.Combine(Backups, "manifests"), "*.new"))
            .Select(path => Path.GetFileName(path)).Order()];

    private string[] Named()
    {
        var directory = BackupDirectory.Open(Backups);
        return [.. directory.Ids().SelectMany(id => directory.Read(id).Files).SelectMany(files => files)
            .Select(file => file.Sha256).Distinct().Order()];
    }
}

/// <summary>A restored data directory with its one space open.</summary>
internal sealed class RestoredSpace : IDisposable
{
    internal RestoredSpace(string path, SpaceRecord record)
    {
        Catalog = SpaceCatalog.Open(new StorageOptions { DataDirectory = path, Time = EarlyTime.Clock });
        Store = (HolonStore)Catalog.Open(record.Id);
        HeadPath = Path.Combine(path, "daemon", "heads", record.Id.ToString());
    }

    internal SpaceCatalog Catalog { get; }

    internal HolonStore Store { get; }

    internal string HeadPath { get; }

    public void Dispose() => Catalog.Dispose();
}
