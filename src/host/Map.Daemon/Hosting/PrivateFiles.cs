using System.Runtime.InteropServices;
using Map.Core.Services;

namespace Map.Daemon.Hosting;

/// <summary>Keeps what the daemon writes to its owner.</summary>
internal static partial class PrivateFiles
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>
    /// Lets this process make files for its owner only, and refuses a data directory that others can enter. One that
    /// is empty is closed to them instead: it was made for this a moment ago.
    /// </summary>
    /// <exception cref="StoreException">It cannot be used; the message says what to do.</exception>
    public static void Prepare(string data)
    {
        if (!OperatingSystem.IsWindows()) _ = SetUmask((uint)Others);
        if (File.Exists(data))
            throw new StoreException($"the data directory {data} is a file. Choose a directory with --data.");
        if (!Directory.Exists(data) || !IsOpenToOthers(data)) return;
        if (Directory.EnumerateFileSystemEntries(data).Any())
        {
            throw new StoreException(
                $"the data directory {data} is open to other users. Run: chmod 700 '{data}', or choose another with --data.");
        }

        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(data, Owner);
    }

    /// <summary>Whether the mode of a directory lets others in.</summary>
    public static bool IsOpenToOthers(string directory) =>
        !OperatingSystem.IsWindows() && (File.GetUnixFileMode(directory) & Others) != UnixFileMode.None;

    [LibraryImport("libc", EntryPoint = "umask")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint SetUmask(uint mask);
}
