using System.Net.Sockets;
using Map.Core.Services;
using Map.Hub;
using Map.Hub.Commands;
using Map.Hub.Content;
using Map.Hub.Dispatch;
using Map.Hub.Spaces;
using Map.Rpc;
using Map.Rpc.Services;
using Map.Storage;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Map.Daemon.Hosting;

/// <summary>The composition root: puts the parts together, runs them until told to stop, and takes them down.</summary>
internal sealed class DaemonHost(DaemonOptions options, ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger("Map.Daemon");
    private readonly TimeProvider _time = TimeProvider.System;

    /// <summary>How the stores are set up; tests change it.</summary>
    public StorageOptions Storage { get; init; } = options.Limits.ToStorage(options.Paths.Data);

    /// <summary>Serves until cancelled, then lets running calls end.</summary>
    /// <param name="ready">Is told the endpoints once calls are answered.</param>
    /// <param name="stop">Ends the daemon.</param>
    /// <exception cref="StoreException">The data directory cannot be used; the message says why.</exception>
    /// <exception cref="IOException">An endpoint is taken.</exception>
    public async Task RunAsync(Action<IReadOnlyList<string>> ready, CancellationToken stop)
    {
        using var catalog = SpaceCatalog.Open(Storage);
        var tokens = TokenStore.Open(options.Paths.Tokens);
        using var guests = new GuestHost(options, loggers);
        var hub = options.Limits.ToHub(CoreSchemaFiles.Read()) with { Guests = guests.Runner };
        using var spaces = new HolonSpaces(catalog, hub, new IdGenerator(_time), _time, loggers.CreateLogger<HolonSpaces>());
        await using var server = BuildServer(catalog, spaces, hub, tokens, guests);
        await StartAsync(server, stop);
        var endpoints = Endpoints(server);
        DaemonLog.Started(_logger, ProductVersion.Short, options.Paths.Data);
        ready(endpoints);
        await Task.Delay(Timeout.Infinite, stop).ContinueWith(
            static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        await server.StopAsync(DaemonOptions.DrainTimeout);
        DaemonLog.Stopped(_logger);
    }

    private async Task StartAsync(RpcServer server, CancellationToken stop)
    {
        try
        {
            await server.StartAsync(stop);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw new IOException(
                $"the port {options.Port} of 127.0.0.1 is taken by another program. "
                + "Choose another with --port; --port 0 takes a free one.",
                e);
        }
        catch (SocketException e) when (options.Port is not null)
        {
            throw new IOException($"cannot listen on port {options.Port} of 127.0.0.1: {e.Message}. Choose another with --port.", e);
        }
    }

    private RpcServer BuildServer(SpaceCatalog catalog, HolonSpaces spaces, HubOptions hub, TokenStore tokens, GuestHost guests)
    {
        var content = new ContentStore(hub, _time);
        var dispatcher = new CommandDispatcher(
            spaces, new CommandRegistry(), content, hub, _time, loggers.CreateLogger<CommandDispatcher>());
        var keeper = new SpaceKeeper(catalog, ProductVersion.Short, _time);
        var started = _time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000;
        var server = default(RpcServer);
        // The endpoints are known once the server has started, which is before anybody asks.
        DaemonStatus Status() => new(ProductVersion.Short, started, options.Paths.Data, Endpoints(server!));
        server = new RpcServer(
            new RpcServerOptions
            {
                UnixSocketPath = options.Paths.Socket,
                TcpPort = options.Port,
                Authenticator = tokens,
                MaxConnections = options.Limits.MaxConnections,
                MaxMessageBytes = options.Limits.MaxMessageBytes,
                DiscoveryPath = options.Paths.Discovery,
                ProductVersion = ProductVersion.Short,
                LoggerFactory = loggers,
            },
            [
                CommandsService.Bind(dispatcher),
                SpacesService.Bind(spaces, content),
                AdminService.Bind(spaces, tokens, Status, keeper, guests.Modules, loggers.CreateLogger<AdminService>()),
            ]);
        // Known to health by the name map.space/<name> from the first time on that the space cannot write.
        spaces.WritabilityChanged += (space, isWritable) => server.Health.Set(
            $"map.space/{space.Name}", isWritable ? ServingStatus.Serving : ServingStatus.NotServing);
        return server;
    }

    private IReadOnlyList<string> Endpoints(RpcServer server) =>
        [$"unix:{options.Paths.Socket}", .. server.TcpEndpoints.Select(endpoint => $"http://{endpoint}")];
}
