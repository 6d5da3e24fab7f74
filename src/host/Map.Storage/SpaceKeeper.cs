using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Backups;
using Map.Storage.Native;
using Map.Storage.Verifying;

namespace Map.Storage;

/// <summary>Looks after the stores of an open data directory. Safe for many threads at once.</summary>
public sealed class SpaceKeeper : ISpaceKeeper
{
    private readonly SpaceCatalog _catalog;
    private readonly string _productVersion;
    private readonly TimeProvider _time;
    private readonly LastBackups _lastBackups;
    private int _backups;

    /// <summary>Looks after a data directory.</summary>
    /// <param name="catalog">Its spaces.</param>
    /// <param name="productVersion">What backups are said to be made by.</param>
    /// <param name="time">The clock.</param>
    public SpaceKeeper(SpaceCatalog catalog, string productVersion, TimeProvider time)
    {
        (_catalog, _productVersion, _time) = (catalog, productVersion, time);
        _lastBackups = new LastBackups(Path.Combine(DaemonPath, "backups.json"));
        BackupWriter.RemoveCheckpoint(CheckpointPath);
    }

    private string DaemonPath => Path.Combine(_catalog.Directory.Path, "daemon");

    private string CheckpointPath => Path.Combine(DaemonPath, "checkpoint");

    /// <inheritdoc/>
    public StoreReport Verify(SpaceId space, Action<StepProgress>? progress, CancellationToken cancellation)
    {
        try
        {
            using var lease = Use(space);
            return StoreVerifier.Verify(
                lease.Store.Rows, space, _catalog.Directory.HeadPath(space), Now(), progress, cancellation);
        }
        catch (StoreException failure)
        {
            return StoreVerifier.Unopened(failure);
        }
    }

    /// <inheritdoc/>
    public BackupSummary Backup(
        string destination, int? keep, Action<StepProgress>? progress, CancellationToken cancellation)
    {
        if (keep < 1) throw new BackupException("At least one backup is kept.") { IsWrongPath = true };
        if (Interlocked.CompareExchange(ref _backups, 1, 0) != 0)
            throw new BackupException("Another backup is running. Try again later.") { IsBusy = true };
        try
        {
            var path = BackupPaths.Check(destination, _catalog.Directory.Path);
            return Backup(BackupDirectory.OpenOrMake(path), keep, progress, cancellation);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new BackupException(
                $"The backup to {destination} failed: {failure.Message} Backups made earlier are as they were.", failure);
        }
        finally
        {
            Volatile.Write(ref _backups, 0);
        }
    }

    /// <inheritdoc/>
    public SpaceCondition Describe(SpaceId space)
    {
        var (store, problem) = _catalog.Peek(space);
        var doubt = store?.Doubt;
        if (doubt is not null)
            problem = $"It takes no writes, since one failed ({doubt}). It goes on by itself once the disk takes writes again.";
        var state = store switch
        {
            not null => doubt is null ? SpaceState.Open : SpaceState.InDoubt,
            null => problem.Length == 0 ? SpaceState.Closed : SpaceState.Damaged,
        };
        var commit = store?.LatestCommit ?? ReadHead(_catalog.Directory.HeadPath(space));
        return new SpaceCondition(
            state, problem, commit, store?.CountHolons(store.LatestCommit), SizeOf(_catalog.Directory.SpacePath(space)),
            _lastBackups.Find(space));
    }

    private static long? ReadHead(string path)
    {
        if (!File.Exists(path)) return null;
        try
        {
            using var file = HeadFile.Open(path);
            return file.Read()?.Number;
        }
        catch (StoreException)
        {
            return null;
        }
    }

    private static long SizeOf(string path)
    {
        long size = 0;
        var directory = new DirectoryInfo(path);
        if (!directory.Exists) return 0;
        foreach (var file in directory.EnumerateFiles())
        {
            try
            {
                size += file.Length;
            }
            catch (FileNotFoundException)
            {
                // RocksDB removes files it no longer needs at any time.
            }
        }

        return size;
    }

    private BackupSummary Backup(
        BackupDirectory target, int? keep, Action<StepProgress>? progress, CancellationToken cancellation)
    {
        using var locked = target.Lock();
        var taken = Now();
        var writer = new BackupWriter(target, CheckpointPath, _catalog.Options, progress, cancellation);
        foreach (var space in _catalog.List())
        {
            cancellation.ThrowIfCancellationRequested();
            writer.Add(space, () => Use(space.Id), taken);
        }

        // After the spaces: what they name was there by then, unless it was removed since.
        writer.AddModules(_catalog.Directory.ModulesPath);
        var summary = writer.Finish(target.NewId(_time.GetUtcNow()), taken, _productVersion);
        _lastBackups.Remember(summary, target.Path);

        // The last good backup of a space that is left out must not go.
        if (keep is { } count && summary.LeftOut.Count == 0) target.Keep(count);
        target.RemoveLeftovers();
        return summary;
    }

    private StoreLease Use(SpaceId space) => ((HolonStore)_catalog.Open(space)).Use();

    private long Now() => _time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000;
}
