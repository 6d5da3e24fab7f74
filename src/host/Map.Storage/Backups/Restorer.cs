using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Backups;

/// <summary>
/// Makes a data directory of a backup: beside its place, under a name that says so, and gives it its name when all of
/// it is checked and on disk.
/// </summary>
internal sealed class Restorer(
    BackupDirectory source, StorageOptions options, Action<StepProgress>? progress, CancellationToken cancellation)
{
    private const string Marker = "restoring";

    private string Target => Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.DataDirectory));

    private string Staging => Target + ".restoring";

    /// <summary>Restores a backup.</summary>
    /// <exception cref="BackupException">There is something at the place, or the backup is damaged.</exception>
    internal BackupSummary Run(string id, long nowUnixMicros)
    {
        RequireEmpty();
        var manifest = source.Read(id);
        var directory = Stage();
        try
        {
            using (directory) RestoreAll(manifest, directory, nowUnixMicros);
        }
        catch
        {
            Directory.Delete(Staging, recursive: true);
            throw;
        }

        options.Faults?.Invoke(FaultPoint.RestoreChecked);
        TakePlace();
        return manifest.Summary;
    }

    private void RequireEmpty()
    {
        if (File.Exists(Target)) throw new BackupException($"{Target} is a file. Choose another place.");
        if (Directory.Exists(Target) && Directory.EnumerateFileSystemEntries(Target).Any())
            throw new BackupException(
                $"{Target} is not empty, and a restore overwrites nothing. Choose another place, or move it away.");
    }

    /// <summary>Makes the directory beside the place, in place of what an interrupted restore left.</summary>
    private DataDirectory Stage()
    {
        var marker = Path.Combine(Staging, Marker);
        if (Directory.Exists(Staging) && Directory.EnumerateFileSystemEntries(Staging).Any() && !File.Exists(marker))
            throw new BackupException($"{Staging} is in the way, and is no interrupted restore. Move it away.");
        FileCopy.MakeDirectory(Staging);
        File.WriteAllBytes(marker, []);
        DataDirectory directory;
        try
        {
            directory = DataDirectory.Open(Staging);
        }
        catch (StoreException failure)
        {
            throw new BackupException($"Another restore to {Target} is running: {failure.Message}", failure) { IsBusy = true };
        }

        foreach (var space in Directory.EnumerateDirectories(directory.SpacesPath)) Directory.Delete(space, recursive: true);
        return directory;
    }

    private void RestoreAll(BackupManifest manifest, DataDirectory directory, long nowUnixMicros)
    {
        for (var i = 0; i < manifest.Files.Count; i++)
        {
            var space = manifest.Summary.Spaces[i];
            Copy(space, manifest.Files[i], directory.SpacePath(space.Space.Id));
            var last = Check(space, directory.SpacePath(space.Space.Id), nowUnixMicros);
            using (var head = HeadFile.Open(directory.HeadPath(space.Space.Id))) head.Write(last);
            options.Faults?.Invoke(FaultPoint.RestoreCopied);
        }

        if (manifest.Modules.Count > 0) CopyModules(manifest.Modules, directory.ModulesPath);
        var spaces = new List<SpaceRecord>();
        foreach (var space in manifest.Summary.Spaces) spaces.Add(space.Space);
        Libc.SyncDirectory(directory.SpacesPath);
        new CatalogueFile(directory, options.Faults).Write(spaces);
    }

    private void Copy(BackedUpSpace space, IReadOnlyList<BackupFile> files, string path)
    {
        long done = 0;
        var copy = new FileCopy(
            bytes => progress?.Invoke(new StepProgress($"copying {space.Space.Name}", done += bytes, space.Bytes)),
            cancellation);
        Copy(files, path, copy);
    }

    private void CopyModules(IReadOnlyList<BackupFile> modules, string path)
    {
        foreach (var module in modules)
            if (module.Name != DataDirectory.ModuleName(module.Sha256)) throw Impossible(module);
        Copy(modules, path, new FileCopy(advance: null, cancellation));
    }

    private void Copy(IReadOnlyList<BackupFile> files, string path, FileCopy copy)
    {
        FileCopy.MakeDirectory(path);
        foreach (var file in files)
        {
            if (Path.GetFileName(file.Name) != file.Name || Path.GetFileName(file.Sha256) != file.Sha256) throw Impossible(file);
            var content = source.ContentPath(file.Sha256);
            if (!File.Exists(content))
                throw new BackupException($"The file {content} of the backup is missing. Choose another backup.");
            if (copy.Copy(content, Path.Combine(path, file.Name)) != file.Sha256)
                throw new BackupException($"The file {content} of the backup is damaged. Choose another backup.");
        }

        Libc.SyncDirectory(path);
    }

    private static BackupException Impossible(BackupFile file) =>
        new($"The backup names a file that cannot be: {file.Name}. Choose another one.");

    private CommitState Check(BackedUpSpace space, string path, long nowUnixMicros)
    {
        var report = CheckedStore.Verify(
            path, space.Space, options, nowUnixMicros,
            step => progress?.Invoke(step with { Step = $"checking {step.Step} of {space.Space.Name}" }), cancellation, out var last);
        if (report.Count > 0)
            throw new BackupException(
                $"The backup of space {space.Space.Name} is damaged: {report.Findings[0].Message} Choose another backup.");
        if (last is null || last.Number != space.Commit || HeadFile.HashText(last.Hash) != space.Hash)
            throw new BackupException(
                $"The backup of space {space.Space.Name} does not end with commit {space.Commit}, as it says. "
                + "Choose another backup.");
        return last;
    }

    private void TakePlace()
    {
        File.Delete(Path.Combine(Staging, Marker));
        Libc.SyncDirectory(Staging);
        if (Directory.Exists(Target)) Directory.Delete(Target);
        Directory.Move(Staging, Target);
        Libc.SyncDirectory(Path.GetDirectoryName(Target)!);
    }
}
