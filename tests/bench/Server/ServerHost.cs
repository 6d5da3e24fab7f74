using Map.Daemon.Hosting;
using Map.Hub;
using Map.Hub.Commands;
using Map.Hub.Content;
using Map.Hub.Dispatch;
using Map.Hub.Spaces;
using Map.Rpc;
using Map.Rpc.Services;
using Map.Storage;
using Microsoft.Extensions.Logging;
using Serilog.Events;

namespace Map.Bench.Server;

/// <summary>
/// The server under test, put together as <see cref="DaemonHost"/> does it, with the benchmarks' own service beside.
/// Ends with its standard input, so that it never outlives who started it.
/// </summary>
internal static class ServerHost
{
    /// <summary>What it writes when it can be called.</summary>
    public const string ReadyLine = "ready";

    public static async Task<int> RunAsync(string data, CancellationToken cancellation)
    {
        var options = new DaemonOptions(DaemonPaths.Of(data), Port: null, LogEventLevel.Information);
        using var catalog = SpaceCatalog.Open(new StorageOptions { DataDirectory = data });
        using var loggers = DaemonLog.Open(options, consoleLevel: LogEventLevel.Fatal);
        using var guests = new GuestHost(options, loggers);
        var hub = new HubOptions { CoreSchema = CoreSchemaFiles.Read(), Guests = guests.Runner };
        var time = TimeProvider.System;
        using var spaces = new HolonSpaces(catalog, hub, new IdGenerator(time), time, loggers.CreateLogger<HolonSpaces>());
        await using var server = Build(options, catalog, spaces, hub, time, loggers);
        await server.StartAsync(cancellation);
        await Console.Out.WriteLineAsync(ReadyLine);
        // The log is written as by a daemon, but the other side of a pipe is not to be measured with it.
        await using var nowhere = new StreamWriter("/dev/null") { AutoFlush = true };
        Console.SetOut(nowhere);
        await Task.WhenAny(Console.In.ReadToEndAsync(CancellationToken.None), Task.Delay(Timeout.Infinite, cancellation));
        await server.StopAsync(TimeSpan.FromSeconds(1));
        return 0;
    }

    private static RpcServer Build(
        DaemonOptions options, SpaceCatalog catalog, HolonSpaces spaces, HubOptions hub, TimeProvider time, ILoggerFactory loggers)
    {
        var content = new ContentStore(hub, time);
        var dispatcher = new CommandDispatcher(
            spaces, new CommandRegistry(), content, hub, time, loggers.CreateLogger<CommandDispatcher>());
        return new RpcServer(
            new RpcServerOptions { UnixSocketPath = options.Paths.Socket, LoggerFactory = loggers },
            [CommandsService.Bind(dispatcher), SpacesService.Bind(spaces, content), BenchService.Bind(catalog)]);
    }
}
