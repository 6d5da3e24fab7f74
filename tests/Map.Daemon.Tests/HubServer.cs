using Map.Hub;
using Map.Hub.Commands;
using Map.Hub.Content;
using Map.Hub.Dispatch;
using Map.Hub.Spaces;
using Map.Rpc;
using Map.Rpc.Client;
using Map.Rpc.Services;
using Map.Storage;
using Map.V1;
using Microsoft.Extensions.Logging.Abstractions;

namespace Map.Daemon.Tests;

/// <summary>The parts of a daemon in this process, on real sockets and a real store, with limits of a test's own.</summary>
internal sealed class HubServer : IAsyncDisposable
{
    private readonly Folder _folder = new();
    private readonly SpaceCatalog _catalog;
    private readonly HolonSpaces _spaces;
    private readonly CommandDispatcher _dispatcher;

    private HubServer(HubOptions options, Func<RpcServerOptions, RpcServerOptions> change)
    {
        _catalog = SpaceCatalog.Open(new StorageOptions
        {
            DataDirectory = Path.Combine(_folder.Path, "data"),
            Faults = point => Faults?.Invoke(point),
        });
        var content = new ContentStore(options, TimeProvider.System);
        _spaces = new HolonSpaces(
            _catalog, options, new IdGenerator(TimeProvider.System), TimeProvider.System, NullLogger<HolonSpaces>.Instance);
        _dispatcher = new CommandDispatcher(
            _spaces, new CommandRegistry(), content, options, TimeProvider.System, NullLogger<CommandDispatcher>.Instance);
        Tokens = TokenStore.Open(Path.Combine(_folder.Path, "tokens"));
        Server = new RpcServer(
            change(new RpcServerOptions { UnixSocketPath = Path.Combine(_folder.Path, "s"), TcpPort = 0, Authenticator = Tokens }),
            [CommandsService.Bind(_dispatcher), SpacesService.Bind(_spaces, content)]);
        Channel = NewChannel();
    }

    /// <summary>Runs at each step of a commit; what it throws fails the step.</summary>
    public Action<FaultPoint>? Faults { get; set; }

    public RpcServer Server { get; }

    public TokenStore Tokens { get; }

    /// <summary>Over the socket, as the owner.</summary>
    public GrpcChannel Channel { get; }

    public static async Task<HubServer> StartAsync(
        HubOptions? options = null, Func<RpcServerOptions, RpcServerOptions>? change = null)
    {
        var server = new HubServer(options ?? new HubOptions { CoreSchema = [] }, change ?? (same => same));
        await server.Server.StartAsync();
        return server;
    }

    /// <summary>A connection of its own, as the owner.</summary>
    public GrpcChannel NewChannel() => GrpcChannel.ForUnixSocket(Path.Combine(_folder.Path, "s"));

    /// <summary>A space without types.</summary>
    public HolonSpaceManager NewSpace(string name) => _spaces.Create(name, enforceValidation: true, [], default).Manager;

    /// <summary>Runs a command that succeeds, without a connection.</summary>
    public CommandResponse Run(TransactionId id, CommandBody command)
    {
        var response = _dispatcher.Execute(new MapRequest { TransactionId = id, Command = command }, Caller.Owner, null, default);
        Assert.True(response.Success, response.Errors.FirstOrDefault()?.Message);
        return response.Body;
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await Server.DisposeAsync();
        _spaces.Dispose();
        _catalog.Dispose();
        _folder.Dispose();
    }
}
