using Google.Protobuf;
using Map.Bench.Harness;
using Map.Bench.V1;
using Map.Rpc.Client;
using Map.V1;

namespace Map.Bench.Client;

/// <summary>What the rows call.</summary>
internal sealed class BenchClient(string socket) : IDisposable
{
    /// <summary>Where it connects to; another client has a connection of its own.</summary>
    public string Socket => socket;

    private const int ChunkBytes = 1 << 18;
    private const int PageSize = 1_000;

    private readonly GrpcChannel _channel = GrpcChannel.ForUnixSocket(socket);

    public Task<EchoMessage> EchoAsync(EchoMessage message) =>
        _channel.UnaryAsync<EchoMessage, EchoMessage>("map.bench.v1.Bench/Echo", message);

    public Task<MeasureHeapResponse> MeasureHeapAsync() =>
        _channel.UnaryAsync<MeasureHeapRequest, MeasureHeapResponse>("map.bench.v1.Bench/MeasureHeap", new());

    public Task DumpRowsAsync(ByteString space, string path) =>
        _channel.UnaryAsync<DumpRowsRequest, DumpRowsResponse>(
            "map.bench.v1.Bench/DumpRows", new DumpRowsRequest { SpaceId = space, Path = path });

    /// <summary>The id of a space.</summary>
    public async Task<BenchSpace> FindSpaceAsync(string name)
    {
        var found = await _channel.UnaryAsync<DescribeSpaceRequest, DescribeSpaceResponse>(
            "map.v1.MapSpaces/DescribeSpace", new DescribeSpaceRequest { Space = new SpaceSelector { Name = name } });
        return new BenchSpace(this, found.Space.SpaceId);
    }

    /// <summary>Makes a space with the core schema and the benchmarks' own.</summary>
    public async Task<BenchSpace> CreateSpaceAsync(string name)
    {
        var created = await _channel.UnaryAsync<CreateSpaceRequest, CreateSpaceResponse>(
            "map.v1.MapSpaces/CreateSpace", new CreateSpaceRequest { Name = name });
        var space = new BenchSpace(this, created.Space.SpaceId);
        await space.LoadAsync(await UploadAsync("schema.json", TaskFiles.Schema()));
        return space;
    }

    public async Task<ByteString> UploadAsync(string name, ReadOnlyMemory<byte> content)
    {
        var response = await _channel.ClientStreamingAsync<PutContentRequest, PutContentResponse>(
            "map.v1.MapSpaces/PutContent", ChunksAsync(name, content));
        return response.ContentIds[0];
    }

    public async Task<TransactionId> BeginAsync(ByteString space)
    {
        var begun = await _channel.UnaryAsync<BeginTransactionRequest, BeginTransactionResponse>(
            "map.v1.MapSpaces/BeginTransaction", new BeginTransactionRequest { Space = new SpaceSelector { SpaceId = space } });
        return begun.TransactionId;
    }

    /// <summary>Runs a command, which may fail.</summary>
    public Task<MapResponse> SendAsync(MapRequest request, CancellationToken cancellation) =>
        _channel.UnaryAsync<MapRequest, MapResponse>("map.v1.MapCommands/Execute", request, cancellationToken: cancellation);

    /// <summary>Runs a command, which has to succeed.</summary>
    public async Task<CommandResponse?> ExecuteAsync(MapRequest request)
    {
        var response = await SendAsync(request, CancellationToken.None);
        return response.Success ? response.Body : throw new BenchException($"{request.Name}: {response.Errors[0].Message}");
    }

    /// <summary>All tasks that a transaction sees.</summary>
    public async Task<List<HolonReference>> ListTasksAsync(TransactionId transaction)
    {
        var type = (await ExecuteAsync(Requests.GetByKey(transaction, TaskFiles.TypeKey)))!.Reference;
        var all = new List<HolonReference>();
        var query = new GetAllQuery { Type = type, Page = new PageRequest { Size = PageSize } };
        do
        {
            var page = (await ExecuteAsync(Requests.Query(transaction, new QueryCommand { GetAll = query })))!.Page;
            all.AddRange(page.Members.Select(member => member.Reference));
            query.Page.Token = page.NextToken;
        }
        while (!query.Page.Token.IsEmpty);
        return all;
    }

    public void Dispose() => _channel.Dispose();

    private static async IAsyncEnumerable<PutContentRequest> ChunksAsync(string name, ReadOnlyMemory<byte> content)
    {
        for (var at = 0; at < content.Length; at += ChunkBytes)
        {
            var chunk = content.Slice(at, Math.Min(ChunkBytes, content.Length - at));
            yield return new PutContentRequest { FileName = at == 0 ? name : "", Chunk = ByteString.CopyFrom(chunk.Span) };
            await Task.Yield();
        }
    }
}

/// <summary>A space to work in.</summary>
/// <param name="Client">The client.</param>
/// <param name="Id">Its id.</param>
internal sealed record BenchSpace(BenchClient Client, ByteString Id)
{
    public Task<TransactionId> BeginAsync() => Client.BeginAsync(Id);

    /// <summary>A transaction with tasks staged in it.</summary>
    /// <param name="content">Their uploaded file.</param>
    public async Task<TransactionId> StageAsync(ByteString content)
    {
        var transaction = await BeginAsync();
        await Client.ExecuteAsync(Requests.Load(transaction, content));
        return transaction;
    }

    /// <summary>Loads and commits an uploaded file.</summary>
    public async Task LoadAsync(ByteString content) =>
        await Client.ExecuteAsync(Requests.Commit(await StageAsync(content)));

    /// <summary>A transaction with one new task staged, ready to commit.</summary>
    public async Task<TransactionId> StageOneAsync(string key)
    {
        var transaction = await BeginAsync();
        var type = (await Client.ExecuteAsync(Requests.GetByKey(transaction, TaskFiles.TypeKey)))!.Reference;
        await Client.ExecuteAsync(Requests.Stage(transaction, TaskFiles.Content(type, key)));
        return transaction;
    }
}
