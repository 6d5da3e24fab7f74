namespace Map.Daemon.Hosting;

/// <summary>Where a daemon keeps what.</summary>
/// <param name="Data">The data directory, absolute.</param>
internal sealed record DaemonPaths(string Data)
{
    /// <summary>The environment variable that names the data directory.</summary>
    public const string DataVariable = "MAP_DAEMON_DATA";

    /// <summary>The socket for clients of the same user.</summary>
    public string Socket => Path.Combine(Data, "run", "map.sock");

    /// <summary>Tells clients of the same user how to connect.</summary>
    public string Discovery => Path.Combine(Data, "discovery.json");

    /// <summary>Hashes of the tokens.</summary>
    public string Tokens => Path.Combine(Data, "daemon", "tokens.json");

    /// <summary>Log files, one a day.</summary>
    public string Logs => Path.Combine(Data, "log");

    /// <summary>The paths under a directory, or under the default one.</summary>
    public static DaemonPaths Of(DirectoryInfo? data) => new(Path.GetFullPath(
        data?.FullName
        ?? Environment.GetEnvironmentVariable(DataVariable)
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "share", "map-daemon")));
}
