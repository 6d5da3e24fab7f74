using System.CommandLine;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Map.Core.Services;
using Map.Daemon.Hosting;
using Serilog.Events;

namespace Map.Daemon.CommandLine;

/// <summary><c>map-daemon run</c>.</summary>
internal static class RunCommand
{
    private static readonly Option<int> Port = new("--port")
    {
        Description = "Loopback port; 0 takes a free one",
        HelpName = "number",
        DefaultValueFactory = _ => DaemonOptions.DefaultPort,
        CustomParser = result =>
        {
            var text = result.Tokens.Single().Value;
            if (ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)) return port;
            result.AddError($"--port is a number between 0 and {ushort.MaxValue}; not '{text}'.");
            return 0;
        },
    };

    private static readonly Option<bool> NoTcp = new("--no-tcp") { Description = "Serve the unix socket only" };

    private static readonly Option<string?> Socket = CommonOptions.NewPath(
        "--socket", "path", "The unix socket, where its path under the data directory is too long [default: <data>/run/map.sock]");

    private static readonly Option<string> LogLevel = CommonOptions.NewChoice(
        "--log-level",
        "The least level that is logged",
        "information",
        "verbose", "debug", "information", "warning", "error", "fatal");

    private static readonly Option<string?> Limits = CommonOptions.NewPath(
        "--limits", "file", "JSON file with limits on what the daemon holds; docs/operations.md lists them [default: <data>/limits.json, if there]");

    public static Command Build()
    {
        var command = new Command("run", "Serve a data directory until interrupted (SIGINT, SIGTERM)")
        {
            Port, NoTcp, Socket, LogLevel, Limits,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(NoTcp) && result.GetResult(Port) is { Implicit: false })
                result.AddError("--no-tcp and --port exclude each other.");
        });
        command.SetAction((result, _) => RunAsync(result));
        HelpWithExamples.Add(
            command,
            """
            map-daemon run                               serve ~/.local/share/map-daemon
            map-daemon run --data /srv/map --port 0      another directory, a free port
            map-daemon run --no-tcp --log-level warning  the unix socket only, few log messages
            map-daemon run --json                        one line of JSON when it is ready; messages on standard error

            Log messages go to standard error and to <data>/log; on a terminal, only warnings unless --log-level is given.
            """);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult result)
    {
        using var interruption = new Interruption();
        using var told = interruption.Token.Register(TellStopping);
        try
        {
            var options = ToOptions(result);
            PrivateFiles.Prepare(options.Paths.Data);
            SocketPath.Check(options.Paths.Socket, isDefault: result.GetValue(Socket) is null);
            using var loggers = DaemonLog.Open(options, ConsoleLevel(result, options.LogLevel));
            var host = new DaemonHost(options, loggers);
            await host.RunAsync(endpoints => Announce(result, options, endpoints), interruption.Token);
            return ExitCodes.Ok;
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            return ExitCodes.Ok;
        }
        catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException or InvalidDataException
            or SocketException)
        {
            await Console.Error.WriteLineAsync($"map-daemon cannot start: {e.Message}");
            return ExitCodes.CannotStart;
        }
    }

    private static DaemonOptions ToOptions(ParseResult result) => new(
        DaemonPaths.Of(result.GetValue(CommonOptions.Data), result.GetValue(Socket)),
        result.GetValue(NoTcp) ? null : result.GetValue(Port),
        Enum.Parse<LogEventLevel>(result.GetRequiredValue(LogLevel), ignoreCase: true))
    {
        Limits = ToLimits(result),
    };

    private static LimitsFile ToLimits(ParseResult result)
    {
        var path = result.GetValue(Limits);
        var data = DaemonPaths.Of(result.GetValue(CommonOptions.Data), result.GetValue(Socket)).Data;
        return LimitsFile.Read(path ?? Path.Combine(data, LimitsFile.DefaultName), isRequired: path is not null);
    }

    /// <summary>A person at a terminal is told what matters, unless more was asked for.</summary>
    private static LogEventLevel ConsoleLevel(ParseResult result, LogEventLevel level) =>
        !Console.IsErrorRedirected && result.GetResult(LogLevel) is not { Implicit: false } && level < LogEventLevel.Warning
            ? LogEventLevel.Warning
            : level;

    private static void TellStopping()
    {
        if (Console.IsErrorRedirected) return;
        Console.Error.WriteLine(
            $"Stopping; running calls have up to {DaemonOptions.DrainTimeout.TotalSeconds} s to end. Ctrl+C again ends at once.");
    }

    private static void Announce(ParseResult result, DaemonOptions options, IReadOnlyList<string> endpoints)
    {
        var json = new JsonObject
        {
            ["productVersion"] = ProductVersion.Short,
            ["processId"] = Environment.ProcessId,
            ["dataDirectory"] = options.Paths.Data,
            ["endpoints"] = new JsonArray([.. endpoints.Select(endpoint => JsonValue.Create(endpoint))]),
        };
        if (Output.WroteJson(result, json)) return;
        Console.WriteLine($"map-daemon {ProductVersion.Short} is ready.{(Console.IsOutputRedirected ? "" : " Stop it with Ctrl+C.")}");
        Output.WritePairs(
            [
                ("  data", options.Paths.Data),
                .. endpoints.Select(endpoint => ("  endpoint", endpoint)),
                ("  log", options.Paths.Logs),
            ]);
    }
}
