namespace Map.Daemon.Hosting;

/// <summary>Where a daemon keeps what.</summary>
/// <param name="Data">The data directory, absolute.</param>
/// <param name="Socket">The socket for clients of the same user, absolute.</param>
internal sealed record DaemonPaths(string Data, string Socket)
{
    /// <summary>The environment variable that names the data directory.</summary>
    public const string DataVariable = "MAP_DAEMON_DATA";

    /// <summary>Tells clients of the same user how to connect.</summary>
    public string Discovery => Path.Combine(Data, "discovery.json");

    /// <summary>Hashes of the tokens.</summary>
    public string Tokens => Path.Combine(Data, "daemon", "tokens.json");

    /// <summary>The modules of guests.</summary>
    public string Guests => Path.Combine(Data, "daemon", "guests");

    /// <summary>Log files, one a day.</summary>
    public string Logs => Path.Combine(Data, "log");

    /// <summary>The paths under a directory, or under the default one.</summary>
    /// <param name="data">The data directory; null for the default.</param>
    /// <param name="socket">The socket; null for the one under the data directory.</param>
    public static DaemonPaths Of(string? data, string? socket = null)
    {
        var directory = Path.TrimEndingDirectorySeparator(Path.GetFullPath(data ?? FromEnvironment() ?? Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "share", "map-daemon")));
        return new(directory, socket is null ? Path.Combine(directory, "run", "map.sock") : Path.GetFullPath(socket));
    }

    private static string? FromEnvironment() =>
        Environment.GetEnvironmentVariable(DataVariable) is { Length: > 0 } directory ? directory : null;
}
