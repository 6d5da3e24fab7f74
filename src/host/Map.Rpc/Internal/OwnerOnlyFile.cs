namespace Map.Rpc.Internal;

/// <summary>Files that only their owner may read, replaced whole or not at all.</summary>
internal static class OwnerOnlyFile
{
    private const UnixFileMode OwnerReadWrite = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OthersAny =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Writes the file so that it is there, whole, also after a power failure.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var full = Path.GetFullPath(path);
        var directory = Path.GetDirectoryName(full)!;
        CreateDirectory(directory);
        var temporary = Path.Combine(directory, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}");
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Share = FileShare.None,
            };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = OwnerReadWrite;
            using (var stream = new FileStream(temporary, options))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
        SyncDirectory(directory);
    }

    /// <summary>Reads the file. Null when there is none.</summary>
    /// <exception cref="UnauthorizedAccessException">Others have access to it, so it cannot be believed.</exception>
    public static byte[]? Read(string path)
    {
        if (!File.Exists(path))
            return null;
        RefuseIfOpenToOthers(path, "chmod 600");
        return File.ReadAllBytes(path);
    }

    /// <summary>Makes a directory, and those missing above it, for the owner alone.</summary>
    public static void CreateDirectory(string path)
    {
        if (Directory.Exists(path))
            return;
        // .NET would give the mode to the last one only.
        if (Path.GetDirectoryName(path) is { } parent)
            CreateDirectory(parent);
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, OwnerReadWrite | UnixFileMode.UserExecute);
    }

    public static void RestrictToOwner(string path)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, OwnerReadWrite);
    }

    /// <exception cref="UnauthorizedAccessException">Others have access.</exception>
    public static void RefuseIfOpenToOthers(string path, string remedy)
    {
        if (OperatingSystem.IsWindows())
            return;
        var mode = File.GetUnixFileMode(path);
        if ((mode & OthersAny) != UnixFileMode.None)
        {
            throw new UnauthorizedAccessException(
                $"'{path}' is open to other users (mode {Convert.ToString((int)mode, 8)}). Run: {remedy} '{path}'");
        }
    }

    // The new name is only safe from a power failure when the directory is.
    private static void SyncDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = NativeMethods.Open(directory, NativeMethods.OpenReadOnlyDirectory);
        if (descriptor < 0)
            return;
        _ = NativeMethods.Fsync(descriptor);
        _ = NativeMethods.Close(descriptor);
    }
}
