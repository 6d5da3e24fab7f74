using System.Runtime.InteropServices;

namespace Map.Guests.Modules;

/// <summary>Files for their owner alone that are there whole or not at all, also after a power cut.</summary>
internal static partial class DurableFile
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes a file under another name first, with those directories above it that are missing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="unfinished">The ending of the other name.</param>
    /// <param name="content">Its content.</param>
    internal static void Write(string path, string unfinished, ReadOnlySpan<byte> content)
    {
        var directory = Path.GetDirectoryName(path)!;
        MakeDirectory(directory);
        var temporary = path + unfinished;
        try
        {
            using (var file = Create(temporary))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        SyncDirectory(directory);
    }

    internal static void Delete(string path)
    {
        File.Delete(path);
        SyncDirectory(Path.GetDirectoryName(path)!);
    }

    private static void MakeDirectory(string path)
    {
        if (Directory.Exists(path)) return;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        Directory.CreateDirectory(path, Owner | UnixFileMode.UserExecute);
        SyncDirectory(Path.GetDirectoryName(path)!);
    }

    private static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Owner;
        return new FileStream(path, options);
    }

    /// <summary>.NET has no call for making a directory's entries durable.</summary>
    private static void SyncDirectory(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = open(path, flags: 0);
        if (descriptor < 0) throw Failed(path);
        var failure = fsync(descriptor) == 0 ? null : Failed(path);
        _ = close(descriptor);
        if (failure is not null) throw failure;
    }

    private static IOException Failed(string path) =>
        new($"The directory {path} cannot be synced: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int fsync(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int close(int descriptor);
}
