using Google.Protobuf;
using Map.Hub;
using Map.Hub.Binding;
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
internal sealed class WatchServer : IAsyncDisposable
{
    private readonly Folder _folder = new();
    private readonly SpaceCatalog _catalog;
    private readonly HolonSpaces _spaces;
    private readonly CommandDispatcher _dispatcher;
    private int _saved;

    private WatchServer(Func<HubOptions, HubOptions> change)
    {
        var options = change(new HubOptions { CoreSchema = [] });
        _catalog = SpaceCatalog.Open(new StorageOptions { DataDirectory = Path.Combine(_folder.Path, "data") });
        var content = new ContentStore(options, TimeProvider.System);
        _spaces = new HolonSpaces(
            _catalog, options, new IdGenerator(TimeProvider.System), TimeProvider.System, NullLogger<HolonSpaces>.Instance);
        _dispatcher = new CommandDispatcher(
            _spaces, new CommandRegistry(), content, options, TimeProvider.System, NullLogger<CommandDispatcher>.Instance);
        Tokens = TokenStore.Open(Path.Combine(_folder.Path, "tokens"));
        Space = _spaces.Create("watched", enforceValidation: true, [], default).Manager;
        Server = new RpcServer(
            new RpcServerOptions { UnixSocketPath = Path.Combine(_folder.Path, "s"), TcpPort = 0, Authenticator = Tokens },
            [CommandsService.Bind(_dispatcher), SpacesService.Bind(_spaces, content)]);
        Channel = GrpcChannel.ForUnixSocket(Path.Combine(_folder.Path, "s"));
    }

    public RpcServer Server { get; }

    public TokenStore Tokens { get; }

    public HolonSpaceManager Space { get; }

    /// <summary>Over the socket, as the owner.</summary>
    public GrpcChannel Channel { get; }

    public static async Task<WatchServer> StartAsync(Func<HubOptions, HubOptions>? change = null)
    {
        var server = new WatchServer(change ?? (options => options));
        await server.Server.StartAsync();
        return server;
    }

    /// <summary>Watches from the beginning, from now, or after a commit.</summary>
    public IAsyncEnumerable<WatchResponse> Watch(ulong? after, GrpcChannel? channel = null)
    {
        var request = new WatchRequest { Space = new SpaceSelector { Name = "watched" } };
        if (after is { } commit) request.AfterCommit = commit;
        return (channel ?? Channel).ServerStreamingAsync<WatchRequest, WatchResponse>("map.v1.MapSpaces/Watch", request);
    }

    /// <summary>Commits new holons.</summary>
    public ulong Save(int holons)
    {
        var id = WireWriter.ToWire(Space.Begin($"{holons} holons", "tests", Caller.Owner).Id);
        var from = _saved;
        _saved += holons;
        var type = from == 0 ? """{ "key": "T", "type": "T", "properties": { "TypeName": "T" } },""" : "";
        var list = string.Join(',', Enumerable.Range(from, holons).Select(i => $$"""{ "key": "h{{i}}", "type": "T", "properties": {} }"""));
        var file = new InlineFile { Name = "holons.json", Content = ByteString.CopyFromUtf8($$"""{ "holons": [{{type}}{{list}}] }""") };
        Run(id, new MutationCommand { LoadHolons = new LoadHolonsCommand { Files = { file } } });
        return Run(id, new MutationCommand { Commit = new CommitCommand() }).Commit.CommitNumber;
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await Server.DisposeAsync();
        _spaces.Dispose();
        _catalog.Dispose();
        _folder.Dispose();
    }

    private CommandResponse Run(TransactionId id, MutationCommand mutation)
    {
        var request = new MapRequest { TransactionId = id, Command = new CommandBody { Mutation = mutation } };
        var response = _dispatcher.Execute(request, Caller.Owner, null, default);
        Assert.True(response.Success, response.Errors.FirstOrDefault()?.Message);
        return response.Body;
    }
}
