using Map.Core.Services;
using Map.Storage.Backups;
using Map.Storage.Native;

namespace Map.Storage;

/// <summary>
/// A data directory that no daemon has open, locked for looking at it: nothing in it is changed. And what can be done
/// with backups without a daemon.
/// </summary>
public sealed class ClosedDirectory : IDisposable
{
    private readonly StorageOptions _options;
    private readonly DataDirectory _directory;
    private readonly TimeProvider _time;

    private ClosedDirectory(StorageOptions options, DataDirectory directory, TimeProvider time)
    {
        (_options, _directory, _time) = (options, directory, time);
        Spaces = new CatalogueFile(directory, options.Faults).Read();
    }

    /// <summary>The spaces listed in it.</summary>
    public IReadOnlyList<SpaceRecord> Spaces { get; }

    /// <summary>Locks a data directory.</summary>
    /// <exception cref="StoreException">It is none, a daemon has it, or its list of spaces is damaged.</exception>
    public static ClosedDirectory Open(StorageOptions options, TimeProvider time)
    {
        RocksLibrary.EnsureLoaded();
        if (!Directory.Exists(Path.Combine(options.DataDirectory, "spaces")))
            throw new StoreException($"{options.DataDirectory} is not a data directory. Choose one with --data.");
        var directory = DataDirectory.Open(options.DataDirectory);
        try
        {
            return new ClosedDirectory(options, directory, time);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Reads everything that a space has, and checks it against itself.</summary>
    /// <param name="space">A listed space.</param>
    /// <param name="progress">Is told now and then how far it is; may be null.</param>
    /// <param name="cancellation">Ends it early.</param>
    public StoreReport Verify(SpaceRecord space, Action<StepProgress>? progress, CancellationToken cancellation)
    {
        var path = _directory.SpacePath(space.Id);
        if (!File.Exists(Path.Combine(path, "CURRENT")))
            return Verifying.StoreVerifier.Unopened(
                new StoreException($"The store {path} is missing, or its file CURRENT is. Restore it from a backup."));
        return CheckedStore.Verify(
            path, space, _options, Now(_time), progress, cancellation, out _, _directory.HeadPath(space.Id));
    }

    /// <summary>The backups of a directory, oldest first; null in place of one that is damaged.</summary>
    /// <exception cref="BackupException">It is no directory of backups.</exception>
    public static IReadOnlyList<(string Id, BackupSummary? Backup, string Problem)> ListBackups(string path)
    {
        var directory = BackupDirectory.Open(path);
        var found = new List<(string, BackupSummary?, string)>();
        foreach (var id in directory.Ids())
        {
            try
            {
                found.Add((id, directory.Read(id).Summary, ""));
            }
            catch (BackupException failure)
            {
                found.Add((id, null, failure.Message));
            }
        }

        return found;
    }

    /// <summary>Makes a data directory of a backup. All or nothing: until it is whole and checked, it has another name.</summary>
    /// <param name="source">The directory of backups.</param>
    /// <param name="id">Which backup; null for the newest.</param>
    /// <param name="options">The data directory, which must be missing or empty.</param>
    /// <param name="time">The clock.</param>
    /// <param name="progress">Is told now and then how far it is; may be null.</param>
    /// <param name="cancellation">Ends it early; nothing is left of it then.</param>
    /// <exception cref="BackupException">It failed; the message says why and what to do.</exception>
    public static BackupSummary Restore(
        string source, string? id, StorageOptions options, TimeProvider time, Action<StepProgress>? progress,
        CancellationToken cancellation)
    {
        RocksLibrary.EnsureLoaded();
        var directory = BackupDirectory.Open(source);
        id ??= directory.Ids() is [.., var last] ? last : throw new BackupException($"There is no backup in {directory.Path}.");
        try
        {
            return new Restorer(directory, options, progress, cancellation).Run(id, Now(time));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"The restore to {options.DataDirectory} failed: {failure.Message}", failure);
        }
    }

    /// <summary>Lets the data directory go.</summary>
    public void Dispose() => _directory.Dispose();

    private static long Now(TimeProvider time) => time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000;
}
