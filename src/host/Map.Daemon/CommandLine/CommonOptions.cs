using System.CommandLine;

namespace Map.Daemon.CommandLine;

/// <summary>Options that several commands have.</summary>
internal static class CommonOptions
{
    public static Option<DirectoryInfo?> Data { get; } = new("--data")
    {
        Description = "Data directory [default: $MAP_DAEMON_DATA, else ~/.local/share/map-daemon]",
        HelpName = "directory",
        Recursive = true,
    };

    public static Option<bool> Json { get; } = new("--json")
    {
        Description = "Print JSON instead of text",
        Recursive = true,
    };
}
