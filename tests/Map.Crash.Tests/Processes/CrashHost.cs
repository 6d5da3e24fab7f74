using Map.Daemon.Tests;

namespace Map.Crash.Tests.Processes;

/// <summary>The daemon as the test host puts it together.</summary>
internal static class CrashHost
{
    public const int HangUp = 1;

    public static string Program => Path.Combine(MapProgram.Folder, "map-crash-host");

    public static MapProgram Launch(IEnumerable<string> args) => MapProgram.Launch(Program, args);
}
