using System.Text;
using Map.Core.Services;

namespace Map.Daemon.Hosting;

/// <summary>Refuses places where a unix socket cannot be, with a place where it can.</summary>
internal static class SocketPath
{
    // The kernel's limit of 108 with the zero that some clients need at the end.
    private const int MaxBytes = 107;

    /// <summary>Checks a place.</summary>
    /// <exception cref="StoreException">It cannot be there; the message says what to do.</exception>
    public static void Check(string path, bool isDefault)
    {
        var length = Encoding.UTF8.GetByteCount(path);
        if (length > MaxBytes)
        {
            throw new StoreException(
                $"the path of the unix socket has {length} bytes, and the system allows {MaxBytes}: {path}. "
                + $"Choose a shorter one, for example: --socket {Suggestion()}");
        }

        var directory = Path.GetDirectoryName(path)!;
        if (!isDefault && Directory.Exists(directory) && PrivateFiles.IsOpenToOthers(directory))
        {
            throw new StoreException(
                $"the directory of the unix socket is open to other users: {directory}. "
                + $"Choose one that is yours alone or does not exist yet, for example: --socket {Suggestion()}");
        }
    }

    private static string Suggestion() =>
        Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime
            ? Path.Combine(runtime, "map-daemon", "map.sock")
            : Path.Combine(Path.GetTempPath(), $"map-daemon-{Environment.UserName}", "map.sock");
}
