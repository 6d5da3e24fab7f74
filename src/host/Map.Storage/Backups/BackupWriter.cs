using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;
using Map.Storage.Verifying;

namespace Map.Storage.Backups;

/// <summary>
/// Makes one backup: of each space a checkpoint, which is checked as a store of its own and then copied by content. What
/// was copied is read back and compared; so the backup is as whole as the checked store.
/// </summary>
internal sealed class BackupWriter(
    BackupDirectory target, string checkpoint, StorageOptions options, Action<StepProgress>? progress,
    CancellationToken cancellation)
{
    private readonly List<BackedUpSpace> _spaces = [];
    private readonly List<IReadOnlyList<BackupFile>> _files = [];
    private readonly List<BackupFile> _modules = [];
    private readonly List<LeftOutSpace> _leftOut = [];
    private long _newBytes;

    /// <summary>Adds a space, or tells why it is left out.</summary>
    /// <param name="space">The space.</param>
    /// <param name="use">Opens its store.</param>
    /// <param name="nowUnixMicros">The time.</param>
    /// <exception cref="BackupException">It could not be copied.</exception>
    internal void Add(SpaceRecord space, Func<StoreLease> use, long nowUnixMicros)
    {
        try
        {
            RemoveCheckpoint(checkpoint);
            progress?.Invoke(new StepProgress($"checkpoint of {space.Name}", 0, 0));
            using (var lease = use()) lease.Store.Rows.MakeCheckpoint(checkpoint);

            // Before it is opened, which adds a log of RocksDB's own.
            var files = Directory.GetFiles(checkpoint);
            Array.Sort(files, StringComparer.Ordinal);
            if (Check(space, nowUnixMicros) is { } last) Copy(space, last, files);
        }
        catch (StoreException failure)
        {
            _leftOut.Add(new LeftOutSpace(space.Name, failure.Message));
        }
        finally
        {
            RemoveCheckpoint(checkpoint);
        }
    }

    /// <summary>Adds the guest modules, without which dances of the spaces could not run.</summary>
    /// <param name="directory">Where they are, each named by the hash of its content.</param>
    /// <exception cref="BackupException">One could not be copied.</exception>
    internal void AddModules(string directory)
    {
        if (!Directory.Exists(directory)) return;
        var copy = new FileCopy(advance: null, cancellation);
        foreach (var path in Directory.GetFiles(directory, "*" + DataDirectory.ModuleEnding).Order(StringComparer.Ordinal))
        {
            try
            {
                var (file, added) = target.Take(path, copy);
                _newBytes += added;
                if (file.Name == DataDirectory.ModuleName(file.Sha256)) _modules.Add(file);
                else _leftOut.Add(new LeftOutSpace($"guest module {file.Name}", "its file is damaged. Install the module again."));
            }
            catch (FileNotFoundException)
            {
                // Removed meanwhile.
            }
        }
    }

    /// <summary>Lists the backup.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="takenUnixMicros">When it was begun.</param>
    /// <param name="productVersion">What makes it.</param>
    internal BackupSummary Finish(string id, long takenUnixMicros, string productVersion)
    {
        if (_spaces.Count == 0 && _leftOut.Count > 0)
            throw new BackupException($"No space could be backed up. {_leftOut[0].Name}: {_leftOut[0].Reason}");
        var summary = new BackupSummary(id, takenUnixMicros, productVersion, _spaces, _leftOut, _newBytes);
        cancellation.ThrowIfCancellationRequested();
        target.Add(new BackupManifest(summary, _files, _modules), () => options.Faults?.Invoke(FaultPoint.BackupWritten));
        return summary;
    }

    /// <summary>Removes a checkpoint that an interrupted backup left.</summary>
    internal static void RemoveCheckpoint(string path)
    {
        // RocksDB makes it under this name first.
        foreach (var each in (string[])[path, path + ".tmp"])
            if (Directory.Exists(each)) Directory.Delete(each, recursive: true);
    }

    /// <summary>Checks the checkpoint as a whole.</summary>
    /// <returns>Its last commit; null when it has findings.</returns>
    private CommitState? Check(SpaceRecord space, long nowUnixMicros)
    {
        var report = CheckedStore.Verify(
            checkpoint, space, options, nowUnixMicros, step => Tell($"checking {step.Step} of {space.Name}", step), cancellation,
            out var last);
        if (report.Count == 0) return last;
        _leftOut.Add(new LeftOutSpace(
            space.Name,
            $"its store has {report.Count} findings, the first: {report.Findings[0].Message} "
            + $"See all with: map-daemon verify --space '{space.Name}'"));
        return null;
    }

    private void Copy(SpaceRecord space, CommitState last, string[] paths)
    {
        long total = 0;
        foreach (var path in paths) total += new FileInfo(path).Length;
        long done = 0;
        var copy = new FileCopy(
            bytes => Tell($"copying {space.Name}", new StepProgress("", Math.Min(done += bytes, 2 * total), 2 * total)),
            cancellation);
        var files = new List<BackupFile>();
        foreach (var path in paths)
        {
            var (file, added) = target.Take(path, copy);
            files.Add(file);
            _newBytes += added;
        }

        _spaces.Add(new BackedUpSpace(space, last.Number, HeadFile.HashText(last.Hash), total));
        _files.Add(files);
        options.Faults?.Invoke(FaultPoint.BackupCopied);
    }

    private void Tell(string step, StepProgress amount) => progress?.Invoke(amount with { Step = step });
}
