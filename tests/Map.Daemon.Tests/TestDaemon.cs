using Google.Protobuf;
using Map.Fixtures;
using Map.Rpc;
using Map.Rpc.Client;
using Map.V1;

namespace Map.Daemon.Tests;

/// <summary>A daemon as a real process on a directory of its own, which is gone afterwards.</summary>
internal sealed class TestDaemon : IDisposable
{
    private readonly List<GrpcChannel> _channels = [];
    private readonly Func<IEnumerable<string>, MapProgram> _launch;

    /// <summary>A daemon that is not started yet.</summary>
    /// <param name="data">The data directory.</param>
    /// <param name="launch">Starts the program with its arguments; null for the program itself.</param>
    public TestDaemon(string data, Func<IEnumerable<string>, MapProgram>? launch = null) =>
        (Data, _launch) = (data, launch ?? (args => MapProgram.Start(args)));

    /// <summary>The data directory; short, since the path of a unix socket is limited.</summary>
    public string Data { get; }

    public MapProgram Process { get; private set; } = null!;

    public DiscoveryInfo Discovery { get; private set; } = null!;

    public string DiscoveryPath => Path.Combine(Data, "discovery.json");

    public string SocketPath => Discovery.SocketPath!;

    /// <summary>The daemon's owner, over the socket.</summary>
    public MapClient Owner { get; private set; } = null!;

    public static Task<TestDaemon> StartAsync(params string[] options) => StartOnAsync(RepositoryFiles.NewDirectory(), options);

    /// <summary>Starts a daemon on a directory that is there already.</summary>
    public static async Task<TestDaemon> StartOnAsync(string data, params string[] options)
    {
        var daemon = new TestDaemon(data);
        try
        {
            await daemon.RunAsync(options);
            return daemon;
        }
        catch
        {
            daemon.Dispose();
            throw;
        }
    }

    /// <summary>Starts it on the directory, and waits until it answers.</summary>
    public async Task RunAsync(params string[] options)
    {
        string[] port = options.Contains("--no-tcp") || options.Contains("--port") ? [] : ["--port", "0"];
        Process = _launch(["run", "--data", Data, .. port, .. options]);
        await Eventually.HoldsAsync("the daemon is ready", () =>
        {
            Assert.False(Process.HasExited, $"The daemon ended at its start: {Process.Error}");
            return DiscoveryFile.Read(DiscoveryPath)?.ProcessId == Process.Id;
        });
        Discovery = DiscoveryFile.Read(DiscoveryPath)!;
        Owner = OverSocket();
    }

    /// <summary>Sends a signal and waits for the end.</summary>
    public async Task<Ending> StopAsync(int signal = MapProgram.Terminate)
    {
        Process.Signal(signal);
        return await Process.EndAsync();
    }

    /// <summary>A client over the socket, with a connection of its own.</summary>
    public MapClient OverSocket() => Connect(GrpcChannel.ForUnixSocket(SocketPath));

    /// <summary>A client over the loopback port.</summary>
    public MapClient OverTcp(string? token) =>
        Connect(GrpcChannel.ForTcp(new Uri(Discovery.TcpAddress!).Authority, token));

    /// <summary>Runs a command of the command line against it.</summary>
    public Task<Ending> CommandAsync(params string[] args) => MapProgram.RunAsync([.. args, "--data", Data]);

    /// <summary>Runs a command that is to succeed.</summary>
    public async Task<string> MustAsync(params string[] args)
    {
        var ending = await CommandAsync(args);
        Assert.True(ending.ExitCode == 0, $"{string.Join(' ', args)}: {ending.Error}");
        return ending.Output;
    }

    /// <summary>Writes a file beside the data directory, and returns its path.</summary>
    public string Write(string name, string content)
    {
        var folder = Data + ".files";
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, content);
        return path;
    }

    public void Dispose()
    {
        foreach (var channel in _channels) channel.Dispose();
        Process?.Dispose();
        foreach (var folder in (string[])[Data, Data + ".files"])
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private MapClient Connect(GrpcChannel channel)
    {
        _channels.Add(channel);
        return new MapClient(channel);
    }
}

/// <summary>Calls of the services, as a program makes them.</summary>
internal sealed class MapClient(GrpcChannel channel)
{
    public Task<TResponse> CallAsync<TRequest, TResponse>(string method, TRequest request, TimeSpan? timeout = null)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>, new() =>
        channel.UnaryAsync<TRequest, TResponse>(
            $"map.v1.{method}", request, new GrpcCallOptions { Timeout = timeout ?? Eventually.Patience });

    public IAsyncEnumerable<TResponse> FollowAsync<TRequest, TResponse>(string method, TRequest request)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>, new() =>
        channel.ServerStreamingAsync<TRequest, TResponse>(
            $"map.v1.{method}", request, new GrpcCallOptions { Timeout = Eventually.Patience });

    public Task<GetStatusResponse> StatusAsync() =>
        CallAsync<GetStatusRequest, GetStatusResponse>("MapAdmin/GetStatus", new GetStatusRequest());

    public Task<ListSpacesResponse> ListSpacesAsync() =>
        CallAsync<ListSpacesRequest, ListSpacesResponse>("MapSpaces/ListSpaces", new ListSpacesRequest());

    public Task<DescribeSpaceResponse> DescribeAsync(string space) => CallAsync<DescribeSpaceRequest, DescribeSpaceResponse>(
        "MapSpaces/DescribeSpace", new DescribeSpaceRequest { Space = new SpaceSelector { Name = space } });

    public async Task<int> CountOpenAsync(string space)
    {
        var request = new ListTransactionsRequest { Space = new SpaceSelector { Name = space } };
        return (await CallAsync<ListTransactionsRequest, ListTransactionsResponse>("MapSpaces/ListTransactions", request))
            .Transactions.Count;
    }

    public async Task<TransactionId> BeginAsync(string space)
    {
        var request = new BeginTransactionRequest { Space = new SpaceSelector { Name = space } };
        return (await CallAsync<BeginTransactionRequest, BeginTransactionResponse>("MapSpaces/BeginTransaction", request))
            .TransactionId;
    }

    public Task<MapResponse> QueryAsync(TransactionId transaction, QueryCommand query) =>
        ExecuteAsync(transaction, new CommandBody { Query = query });

    public Task<MapResponse> MutateAsync(TransactionId transaction, MutationCommand mutation) =>
        ExecuteAsync(transaction, new CommandBody { Mutation = mutation });

    /// <summary>Sends a mutation that is safe to repeat.</summary>
    public Task<MapResponse> MutateAsync(TransactionId transaction, MutationCommand mutation, string requestId) =>
        channel.UnaryAsync<MapRequest, MapResponse>(
            "map.v1.MapCommands/Execute",
            new MapRequest { TransactionId = transaction, Command = new CommandBody { Mutation = mutation } },
            new GrpcCallOptions { Timeout = Eventually.Patience, Headers = new Dictionary<string, string> { ["map-request-id"] = requestId } });

    /// <summary>Sends requests in one session.</summary>
    /// <returns>The replies by the numbers of the requests.</returns>
    public async Task<Dictionary<ulong, MapResponse>> SessionAsync(params SessionRequest[] requests)
    {
        var replies = new Dictionary<ulong, MapResponse>();
        var options = new GrpcCallOptions { Timeout = Eventually.Patience };
        await foreach (var reply in channel.DuplexAsync<SessionRequest, SessionResponse>(
            "map.v1.MapCommands/Session", requests.ToAsyncEnumerable(), options)) replies.Add(reply.Id, reply.Response);
        return replies;
    }

    /// <summary>Uploads a file.</summary>
    /// <returns>Its content id.</returns>
    public async Task<ByteString> UploadAsync(string path)
    {
        var response = await channel.ClientStreamingAsync<PutContentRequest, PutContentResponse>(
            "map.v1.MapSpaces/PutContent", ChunksAsync(path));
        return response.ContentIds.Single();
    }

    private static async IAsyncEnumerable<PutContentRequest> ChunksAsync(string path)
    {
        var name = Path.GetFileName(path);
        foreach (var chunk in (await File.ReadAllBytesAsync(path)).Chunk(1 << 20))
        {
            yield return new PutContentRequest { FileName = name, Chunk = ByteString.CopyFrom(chunk) };
            name = "";
        }
    }

    private Task<MapResponse> ExecuteAsync(TransactionId transaction, CommandBody command) =>
        CallAsync<MapRequest, MapResponse>(
            "MapCommands/Execute", new MapRequest { TransactionId = transaction, Command = command });
}
