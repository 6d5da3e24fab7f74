using Map.Daemon.Tests;

namespace Map.Crash.Tests.Tracing;

/// <summary>Makes a running process' attempts to make files durable fail, until it is disposed.</summary>
internal sealed class RefusedCalls : IAsyncDisposable
{
    private const string Calls = "fdatasync,fsync,sync_file_range,fallocate,ftruncate,rename,unlink,mkdir";

    private readonly MapProgram _strace;

    private RefusedCalls(MapProgram strace) => _strace = strace;

    /// <param name="process">Its id.</param>
    /// <param name="error">What the calls answer, as <c>EIO</c>.</param>
    public static async Task<RefusedCalls> BeginAsync(int process, string error)
    {
        var strace = MapProgram.Launch(
            "strace", ["-f", "-p", $"{process}", "-e", $"trace={Calls}", "-e", $"inject={Calls}:error={error}", "-o", "/dev/null"]);
        await Eventually.HoldsAsync(
            "strace has every thread", () => ThreadsOf(process).All(thread => TracerOf(thread) == strace.Id));
        return new RefusedCalls(strace);
    }

    public async ValueTask DisposeAsync()
    {
        // It lets the process go before it ends.
        if (!_strace.HasExited) _strace.Signal(MapProgram.Terminate);
        await _strace.EndAsync();
        _strace.Dispose();
    }

    private static string[] ThreadsOf(int process) => Directory.GetDirectories($"/proc/{process}/task");

    private static int TracerOf(string thread)
    {
        const string Field = "TracerPid:";
        var line = File.ReadLines(Path.Combine(thread, "status")).Single(line => line.StartsWith(Field, StringComparison.Ordinal));
        return int.Parse(line[Field.Length..], System.Globalization.CultureInfo.InvariantCulture);
    }
}
