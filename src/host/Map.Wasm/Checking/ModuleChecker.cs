using System.Diagnostics;
using System.Text.Json;

namespace Map.Wasm.Checking;

/// <summary>What checking a module may cost.</summary>
public sealed record CheckLimits
{
    /// <summary>Time from the start of the helper to its answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Memory that the helper may have resident, in bytes.</summary>
    public long MaxMemoryBytes { get; init; } = 1L << 30;
}

/// <summary>What checking a module found.</summary>
/// <param name="CompileTime">How long validating and compiling took in the helper.</param>
/// <param name="PeakMemoryBytes">The most memory that the helper was seen to have.</param>
public sealed record CheckResult(TimeSpan CompileTime, long PeakMemoryBytes);

/// <summary>A module takes too much time or memory to compile, or brings the compiler down.</summary>
public sealed class CheckException : Exception
{
    internal CheckException(string message)
        : base(message)
    {
    }
}

/// <summary>
/// Compiles a module of unknown origin in a process of its own that is killed when it takes too long or too much memory. The
/// compiler of the runtime cannot be interrupted, so whoever installs modules asks this before compiling in its own process.
/// </summary>
/// <param name="command">The helper, <c>map-wasm</c>: its path, after that of <c>dotnet</c> where that is needed.</param>
public sealed class ModuleChecker(params string[] command)
{
    private const int MaxReplyCharacters = 64 << 10;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>Checks a module.</summary>
    /// <exception cref="ModuleException">The module is refused.</exception>
    /// <exception cref="CheckException">It took too long or too much memory, or the helper failed.</exception>
    public async Task<CheckResult> CheckAsync(
        ReadOnlyMemory<byte> module, ModuleLimits limits, CheckLimits checkLimits, CancellationToken cancellation = default)
    {
        using var process = Start(checkLimits);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var watch = WatchAsync(process, checkLimits, stop.Token);
        try
        {
            var reply = await ExchangeAsync(process, new CheckRequest(limits, module.ToArray()), cancellation).ConfigureAwait(false);
            await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
            await stop.CancelAsync().ConfigureAwait(false);
            var (peak, excess) = await watch.ConfigureAwait(false);
            if (excess is not null) throw new CheckException(excess);
            return Judge(reply, process.ExitCode, peak);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private Process Start(CheckLimits limits)
    {
        var start = new ProcessStartInfo(command[0], [.. command[1..], "check"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // The managed heap ends by itself; what the compiler takes beside it is watched.
        start.Environment["DOTNET_GCHeapHardLimit"] = $"0x{limits.MaxMemoryBytes:x}";
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        var process = Process.Start(start) ?? throw new CheckException($"The helper {command[0]} did not start.");
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        return process;
    }

    private static async Task<string> ExchangeAsync(Process process, CheckRequest request, CancellationToken cancellation)
    {
        try
        {
            await request.WriteAsync(process.StandardInput.BaseStream, cancellation).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before it had read everything; its exit code tells why.
        }

        var buffer = new char[MaxReplyCharacters];
        var length = await process.StandardOutput.ReadBlockAsync(buffer, cancellation).ConfigureAwait(false);
        return new string(buffer, 0, length);
    }

    /// <summary>Kills the helper when it exceeds a limit; the most memory seen, and what was exceeded.</summary>
    private static async Task<(long PeakBytes, string? Excess)> WatchAsync(Process process, CheckLimits limits, CancellationToken stop)
    {
        var start = Stopwatch.GetTimestamp();
        long peak = 0;
        using var timer = new PeriodicTimer(PollInterval);
        while (!process.HasExited)
        {
            peak = Math.Max(peak, ResidentBytes(process));
            if (Excess(limits, Stopwatch.GetElapsedTime(start), peak) is { } excess)
            {
                process.Kill(entireProcessTree: true);
                return (peak, excess);
            }

            try
            {
                await timer.WaitForNextTickAsync(stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        return (peak, null);
    }

    private static long ResidentBytes(Process process)
    {
        try
        {
            process.Refresh();
            return process.HasExited ? 0 : process.WorkingSet64;
        }
        catch (InvalidOperationException)
        {
            // It ended between the two.
            return 0;
        }
    }

    private static string? Excess(CheckLimits limits, TimeSpan elapsed, long bytes)
    {
        if (elapsed > limits.Timeout) return $"The module took longer than {limits.Timeout.TotalMilliseconds:0} ms to compile.";
        return bytes > limits.MaxMemoryBytes ? $"The module took more than {limits.MaxMemoryBytes >> 20} MB to compile." : null;
    }

    private static CheckResult Judge(string text, int exitCode, long peak)
    {
        if (exitCode != 0 || text.Length == 0) throw new CheckException($"The compiler ended with exit code {exitCode} on this module, after taking {peak >> 20} MB.");
        var reply = JsonSerializer.Deserialize<CheckReply>(text)!;
        if (reply.Error is { } error) throw new ModuleException(error, reply.Offset, reply.Reason ?? "");
        return new CheckResult(TimeSpan.FromMilliseconds(reply.Milliseconds), peak);
    }
}
