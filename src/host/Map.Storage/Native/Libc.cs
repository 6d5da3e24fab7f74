using System.Runtime.InteropServices;

namespace Map.Storage.Native;

/// <summary>What .NET has no call for: making a directory's entries durable.</summary>
internal static partial class Libc
{
    /// <summary>Syncs a directory, so that files made, renamed or removed in it stay so after a power cut.</summary>
    /// <exception cref="IOException">It failed.</exception>
    internal static void SyncDirectory(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = open(path, flags: 0);
        if (descriptor < 0) throw Failed(path);
        var result = fsync(descriptor);
        var failure = result == 0 ? null : Failed(path);
        _ = close(descriptor);
        if (failure is not null) throw failure;
    }

    private static IOException Failed(string path) =>
        new($"The directory {path} cannot be synced: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);
}
