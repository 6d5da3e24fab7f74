using Map.Core.Services;

namespace Map.Storage.Backups;

/// <summary>Where backups may go.</summary>
internal static class BackupPaths
{
    private const int MaxLinks = 40;

    /// <summary>The path, checked: absolute, and neither inside the data directory nor around it.</summary>
    /// <exception cref="BackupException">It is not allowed.</exception>
    internal static string Check(string destination, string dataDirectory)
    {
        if (!Path.IsPathFullyQualified(destination) || destination.Contains('\0'))
            throw Wrong($"The path of the backups is absolute, as /srv/map-backups; not \"{destination}\".");
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(destination));
        var (real, data) = (Resolve(path, 0), Resolve(dataDirectory, 0));
        if (IsWithin(real, data))
            throw Wrong($"{path} is inside the data directory {dataDirectory}, and would be lost with it. Choose another place.");
        if (IsWithin(data, real)) throw Wrong($"{path} has the data directory {dataDirectory} in it. Choose another place.");
        return File.Exists(path) ? throw Wrong($"{path} is a file. Choose a directory.") : path;
    }

    private static BackupException Wrong(string message) => new(message) { IsWrongPath = true };

    private static bool IsWithin(string path, string directory) =>
        path == directory || path.StartsWith(
            Path.EndsInDirectorySeparator(directory) ? directory : directory + Path.DirectorySeparatorChar,
            StringComparison.Ordinal);

    /// <summary>The path without symbolic links, as far as it exists.</summary>
    private static string Resolve(string path, int depth)
    {
        if (depth > MaxLinks) throw Wrong($"{path} has too many symbolic links.");
        var current = Path.GetPathRoot(path)!;
        foreach (var part in path[current.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            current = Path.Combine(current, part);
            if (new DirectoryInfo(current).LinkTarget is { } target)
                current = Resolve(Path.GetFullPath(target, Path.GetDirectoryName(current)!), depth + 1);
        }

        return current;
    }
}
