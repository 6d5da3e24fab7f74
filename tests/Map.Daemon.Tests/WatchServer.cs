using Google.Protobuf;
using Map.Hub;
using Map.Hub.Binding;
using Map.Hub.Spaces;
using Map.Rpc;
using Map.Rpc.Client;
using Map.V1;

namespace Map.Daemon.Tests;

/// <summary>A server with a space that is watched.</summary>
internal sealed class WatchServer : IAsyncDisposable
{
    private readonly HubServer _server;
    private int _saved;

    private WatchServer(HubServer server) => (_server, Space) = (server, server.NewSpace("watched"));

    public RpcServer Server => _server.Server;

    public TokenStore Tokens => _server.Tokens;

    public GrpcChannel Channel => _server.Channel;

    public HolonSpaceManager Space { get; }

    public static async Task<WatchServer> StartAsync(Func<HubOptions, HubOptions>? change = null)
    {
        var options = new HubOptions { CoreSchema = [] };
        return new WatchServer(await HubServer.StartAsync(change is null ? options : change(options)));
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
        var type = from == 0 ? """{ "key": "T", "type": "T", "properties": { "TypeName": "T", "AllowsAdditionalProperties": true } },""" : "";
        var list = string.Join(',', Enumerable.Range(from, holons).Select(i => $$"""{ "key": "h{{i}}", "type": "T", "properties": {} }"""));
        var file = new InlineFile { Name = "holons.json", Content = ByteString.CopyFromUtf8($$"""{ "holons": [{{type}}{{list}}] }""") };
        Run(id, new MutationCommand { LoadHolons = new LoadHolonsCommand { Files = { file } } });
        return Run(id, new MutationCommand { Commit = new CommitCommand() }).Commit.CommitNumber;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private CommandResponse Run(TransactionId id, MutationCommand mutation) => _server.Run(id, new CommandBody { Mutation = mutation });
}
