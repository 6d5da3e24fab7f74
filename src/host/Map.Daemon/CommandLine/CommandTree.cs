using System.CommandLine;

namespace Map.Daemon.CommandLine;

/// <summary>The commands.</summary>
internal static class CommandTree
{
    public static RootCommand Build() =>
        new("""
            Keeps self-describing holons in spaces, and lets clients edit them in transactions.

            Exit codes: 0 done; 1 refused, or errors in the input; 2 wrong usage; 3 no daemon; 4 cannot start.

            Examples:
              map-daemon run                        serve ~/.local/share/map-daemon
              map-daemon space create notes         make a space with the core schema
              map-daemon import --space notes *.json
            """)
        {
            CommonOptions.Data,
            CommonOptions.Json,
            RunCommand.Build(),
            StatusCommand.Build(),
            TokenCommand.Build(),
            SpaceCommand.Build(),
            ImportCommand.Build(),
        };
}
