using System.Globalization;
using Map.Core.Services;
using Map.Storage.Native;

namespace Map.Storage.Backups;

/// <summary>
/// A directory of backups: files by the hash of their content, which backups share, and a manifest for each backup. A
/// backup is there once its manifest is; files that no manifest names are leftovers.
/// </summary>
internal sealed class BackupDirectory
{
    private const string Marker = "map-backups.json";
    private const string ManifestEnding = ".json";
    private const string IdFormat = "yyyyMMdd'T'HHmmss'.'fff'Z'";

    private BackupDirectory(string path) => Path = path;

    /// <summary>Where it is.</summary>
    internal string Path { get; }

    private string ManifestsPath => System.IO.Path.Combine(Path, "manifests");

    private string FilesPath => System.IO.Path.Combine(Path, "files");

    /// <summary>Opens a directory that has backups.</summary>
    /// <exception cref="BackupException">It is none.</exception>
    internal static BackupDirectory Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        if (!File.Exists(System.IO.Path.Combine(path, Marker)))
            throw new BackupException($"{path} is not a directory of backups. Name one that \"map-daemon backup\" made.")
            {
                IsWrongPath = true,
            };
        return new BackupDirectory(path);
    }

    /// <summary>Opens a directory for backups, or makes one of a missing or empty directory.</summary>
    /// <exception cref="BackupException">It is something else.</exception>
    internal static BackupDirectory OpenOrMake(string path)
    {
        FileCopy.MakeDirectory(path);
        var marker = System.IO.Path.Combine(path, Marker);
        if (!File.Exists(marker))
        {
            if (Directory.EnumerateFileSystemEntries(path).Any(entry => entry != marker + ".new"))
                throw new BackupException(
                    $"{path} has something else than backups in it. Choose an empty or a new directory.")
                {
                    IsWrongPath = true,
                };
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            FileCopy.WriteDurably(marker, "{\"format\":1}\n"u8);
        }

        var directory = new BackupDirectory(path);
        FileCopy.MakeDirectory(directory.ManifestsPath);
        FileCopy.MakeDirectory(directory.FilesPath);
        return directory;
    }

    /// <summary>Keeps others from writing here until it is disposed.</summary>
    /// <exception cref="BackupException">Another backup runs.</exception>
    internal IDisposable Lock()
    {
        try
        {
            return new FileStream(
                System.IO.Path.Combine(Path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException failure)
        {
            throw new BackupException(
                $"Another backup to {Path} is running, or the directory cannot be locked: {failure.Message}", failure)
            {
                IsBusy = true,
            };
        }
    }

    /// <summary>The names of all backups, oldest first.</summary>
    internal List<string> Ids()
    {
        var ids = new List<string>();
        if (!Directory.Exists(ManifestsPath)) return ids;
        foreach (var path in Directory.EnumerateFiles(ManifestsPath, "*" + ManifestEnding))
            ids.Add(System.IO.Path.GetFileNameWithoutExtension(path));
        ids.Sort(StringComparer.Ordinal);
        return ids;
    }

    /// <summary>A name for a new backup: the time, but after all that there are.</summary>
    internal string NewId(DateTimeOffset now)
    {
        now = now.ToUniversalTime();
        var id = now.ToString(IdFormat, CultureInfo.InvariantCulture);
        if (Ids() is not [.., var last] || string.CompareOrdinal(last, id) < 0) return id;
        return DateTimeOffset.TryParseExact(
            last, IdFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var after)
            ? after.AddMilliseconds(1).ToUniversalTime().ToString(IdFormat, CultureInfo.InvariantCulture)
            : throw new BackupException($"{ManifestsPath} has a file that is no backup: {last}{ManifestEnding}. Remove it.");
    }

    /// <summary>Reads a backup.</summary>
    /// <exception cref="BackupException">It is not there, or damaged.</exception>
    internal BackupManifest Read(string id)
    {
        var path = ManifestPath(id);
        if (!Ids().Contains(id))
            throw new BackupException($"There is no backup {id} in {Path}. List them with: map-daemon backup list {Path}");
        return ManifestFile.Read(path);
    }

    /// <summary>Where the content of a file is.</summary>
    internal string ContentPath(string sha256) => System.IO.Path.Combine(FilesPath, sha256);

    /// <summary>Takes a file in, unless its content is there and whole.</summary>
    /// <returns>The file, and how many bytes were added.</returns>
    /// <exception cref="BackupException">What was written reads back as something else.</exception>
    internal (BackupFile File, long NewBytes) Take(string path, FileCopy copy)
    {
        var sha256 = copy.Hash(path);
        var file = new BackupFile(System.IO.Path.GetFileName(path), sha256, new FileInfo(path).Length);
        var target = ContentPath(sha256);
        if (File.Exists(target) && copy.Hash(target) == sha256) return (file, 0);
        var partial = target + ".partial";
        copy.Copy(path, partial);
        File.Move(partial, target, overwrite: true);
        if (copy.Hash(target) != sha256)
            throw new BackupException($"{target} reads back otherwise than it was written. Check the disk, or choose another.");
        return (file, file.Size);
    }

    /// <summary>Lists a backup, whose files are all there: from now on it exists.</summary>
    internal void Add(BackupManifest manifest, Action? beforeRename)
    {
        Libc.SyncDirectory(FilesPath);
        FileCopy.WriteDurably(ManifestPath(manifest.Summary.Id), ManifestFile.Write(manifest), beforeRename);
    }

    /// <summary>Forgets all backups but the newest.</summary>
    internal void Keep(int count)
    {
        var ids = Ids();
        for (var i = 0; i < ids.Count - count; i++) File.Delete(ManifestPath(ids[i]));
        Libc.SyncDirectory(ManifestsPath);
    }

    /// <summary>
    /// Removes the files that no backup names: of backups that are gone, and of interrupted ones. While a manifest
    /// cannot be read, nothing is removed, since it may name any of them.
    /// </summary>
    internal void RemoveLeftovers()
    {
        var named = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            foreach (var id in Ids())
            {
                var manifest = Read(id);
                foreach (var files in manifest.Files.Append(manifest.Modules))
                    foreach (var file in files) named.Add(file.Sha256);
            }
        }
        catch (BackupException)
        {
            return;
        }

        foreach (var path in Directory.EnumerateFiles(FilesPath))
            if (!named.Contains(System.IO.Path.GetFileName(path))) File.Delete(path);
        foreach (var path in Directory.EnumerateFiles(ManifestsPath, "*.new")) File.Delete(path);
    }

    private string ManifestPath(string id) => System.IO.Path.Combine(ManifestsPath, id + ManifestEnding);
}
