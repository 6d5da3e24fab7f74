using System.CommandLine;
using System.Runtime.InteropServices;
using Map.Core.Services;
using Map.Daemon.Hosting;
using Serilog.Events;
using Spectre.Console;

namespace Map.Daemon.CommandLine;

/// <summary><c>map-daemon run</c>.</summary>
internal static class RunCommand
{
    private static readonly Option<int> Port = new("--port")
    {
        Description = "Loopback port; 0 takes a free one",
        DefaultValueFactory = _ => DaemonOptions.DefaultPort,
    };

    private static readonly Option<bool> NoTcp = new("--no-tcp") { Description = "Serve the unix socket only" };

    private static readonly Option<LogEventLevel> LogLevel = new("--log-level")
    {
        Description = "The least level that is logged",
        DefaultValueFactory = _ => LogEventLevel.Information,
    };

    public static Command Build()
    {
        var command = new Command("run", "Serve a data directory until interrupted (SIGINT, SIGTERM)") { Port, NoTcp, LogLevel };
        command.Validators.Add(result =>
        {
            if (result.GetValue(Port) is < 0 or > ushort.MaxValue) result.AddError($"--port must be between 0 and {ushort.MaxValue}.");
        });
        command.SetAction((result, _) => RunAsync(new DaemonOptions(
            DaemonPaths.Of(result.GetValue(CommonOptions.Data)),
            result.GetValue(NoTcp) ? null : result.GetValue(Port),
            result.GetValue(LogLevel))));
        return command;
    }

    private static async Task<int> RunAsync(DaemonOptions options)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            using var loggers = DaemonLog.Open(options);
            await new DaemonHost(options, loggers).RunAsync(Announce, stop.Token);
            return ExitCodes.Ok;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCodes.Ok;
        }
        catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException or InvalidDataException or ArgumentException)
        {
            await Console.Error.WriteLineAsync($"map-daemon cannot start: {e.Message}");
            return ExitCodes.CannotStart;
        }

        void Stop(PosixSignalContext context)
        {
            // The daemon ends by itself, once running calls have.
            context.Cancel = true;
            stop.Cancel();
        }
    }

    private static void Announce(IReadOnlyList<string> endpoints)
    {
        if (Console.IsOutputRedirected) return;
        AnsiConsole.MarkupLine("[green]map-daemon is ready.[/] Stop it with Ctrl+C.");
        foreach (var endpoint in endpoints) AnsiConsole.MarkupLineInterpolated($"  {endpoint}");
    }
}
