using Map.Daemon.Tests;

namespace Map.Crash.Tests.Processes;

/// <summary>The daemon as the test host puts it together.</summary>
internal static class CrashHost
{
    /// <summary>SIGUSR2 on Linux: makes the host count its steps.</summary>
    public const int Arming = 12;

    public static string Program => Path.Combine(MapProgram.Folder, "map-crash-host");

    public static MapProgram Launch(IEnumerable<string> args) => MapProgram.Launch(Program, args);

    /// <summary>Starts it under strace, which stands aside, so that the process started is the daemon's own.</summary>
    /// <param name="file">Where the trace goes.</param>
    /// <param name="args">The daemon's arguments.</param>
    public static MapProgram LaunchTraced(string file, IEnumerable<string> args) => MapProgram.Launch(
        "strace", ["-D", "-f", "-e", $"trace={Tracing.Trace.Calls}", "-yy", "-xx", "-s", "1000000", "-o", file, Program, .. args]);
}
