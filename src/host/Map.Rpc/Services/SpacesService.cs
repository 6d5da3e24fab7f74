using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Hub.Binding;
using Map.Hub.Content;
using Map.Hub.Spaces;
using Map.Hub.Watching;
using Map.V1;
using HolonId = Map.Core.Identity.HolonId;
using TransactionInfo = Map.Hub.Transactions.TransactionInfo;

namespace Map.Rpc.Services;

/// <summary><c>map.v1.MapSpaces</c>: spaces, and the transactions in them from outside.</summary>
public sealed class SpacesService
{
    private const int MaxLabelLength = 200;
    private const int MaxClientLength = 100;

    private readonly HolonSpaces _spaces;
    private readonly ContentStore _content;

    private SpacesService(HolonSpaces spaces, ContentStore content)
    {
        _spaces = spaces;
        _content = content;
    }

    /// <summary>Binds the service to the spaces.</summary>
    public static GrpcService Bind(HolonSpaces spaces, ContentStore content)
    {
        var service = new SpacesService(spaces, content);
        return GrpcService.In(MapSpacesReflection.Descriptor, "MapSpaces")
            .Unary<CreateSpaceRequest, CreateSpaceResponse>("CreateSpace", AccessScope.Write, Answer<CreateSpaceRequest, CreateSpaceResponse>(service.Create))
            .Unary<ListSpacesRequest, ListSpacesResponse>("ListSpaces", AccessScope.Read, Answer<ListSpacesRequest, ListSpacesResponse>(service.List))
            .Unary<DescribeSpaceRequest, DescribeSpaceResponse>("DescribeSpace", AccessScope.Read, Answer<DescribeSpaceRequest, DescribeSpaceResponse>(service.Describe))
            .Unary<BeginTransactionRequest, BeginTransactionResponse>("BeginTransaction", AccessScope.Read, Answer<BeginTransactionRequest, BeginTransactionResponse>(service.Begin))
            .Unary<ListTransactionsRequest, ListTransactionsResponse>("ListTransactions", AccessScope.Read, Answer<ListTransactionsRequest, ListTransactionsResponse>(service.ListTransactions))
            .Unary<GetTransactionRequest, GetTransactionResponse>("GetTransaction", AccessScope.Read, Answer<GetTransactionRequest, GetTransactionResponse>(service.GetTransaction))
            .ServerStreaming<WatchRequest, WatchResponse>("Watch", AccessScope.Read, service.WatchAsync)
            .ServerStreaming<WatchTransactionRequest, WatchTransactionResponse>("WatchTransaction", AccessScope.Read, service.WatchTransactionAsync)
            .ServerStreaming<ExportRequest, ExportResponse>("Export", AccessScope.Read, service.ExportAsync)
            .ClientStreaming<PutContentRequest, PutContentResponse>("PutContent", AccessScope.Write, (requests, _) => new ContentUpload(service._content).ReadAsync(requests));
    }

    private static UnaryHandler<TRequest, TResponse> Answer<TRequest, TResponse>(Func<TRequest, CallContext, TResponse> action) =>
        (request, call) => ValueTask.FromResult(ServiceErrors.Run(() => action(request, call)));

    private CreateSpaceResponse Create(CreateSpaceRequest request, CallContext call)
    {
        if (!call.Caller.MayUseAll)
            throw new HolonException(HolonErrorCode.Denied, "A token for certain spaces cannot create spaces.");
        var schema = request.SchemaCase switch
        {
            CreateSpaceRequest.SchemaOneofCase.None_ => [],
            CreateSpaceRequest.SchemaOneofCase.Content => request.Content.ContentIds.Select(id => _content.Get(WireReader.ToLocalId(id, "content_ids"))).ToList(),
            _ => null,
        };
        var enforce = request.Validation != ValidationMode.Report;
        var (manager, holons) = _spaces.Create(request.Name, enforce, schema, call.CancellationToken);
        return new CreateSpaceResponse { Space = ToInfo(manager.Space), Holons = (ulong)holons };
    }

    private ListSpacesResponse List(ListSpacesRequest request, CallContext call)
    {
        var caller = call.Caller;
        var response = new ListSpacesResponse();
        response.Spaces.AddRange(_spaces.List().Where(space => caller.MayUse(space.Name)).Select(ToInfo));
        return response;
    }

    private DescribeSpaceResponse Describe(DescribeSpaceRequest request, CallContext call)
    {
        var manager = Find(request.Space, call);
        var (commit, holons, spaceHolon) = manager.Figures;
        return new DescribeSpaceResponse
        {
            Space = ToInfo(manager.Space),
            LastCommit = (ulong)commit,
            Holons = (ulong)holons,
            OpenTransactions = (ulong)manager.OpenTransactions,
            Watchers = (ulong)manager.Watchers,
            HolonId = WireWriter.ToWire(new HolonId(manager.Space.Id, spaceHolon)),
        };
    }

    private BeginTransactionResponse Begin(BeginTransactionRequest request, CallContext call)
    {
        RequireLength(request.Label, MaxLabelLength, "label");
        RequireLength(request.Client, MaxClientLength, "client");
        var manager = Find(request.Space, call);
        var begun = manager.Begin(
            request.Label, request.Client, call.Caller, request.HasSnapshot ? ToNumber(request.Snapshot) : null);
        return new BeginTransactionResponse
        {
            TransactionId = WireWriter.ToWire(begun.Id),
            Snapshot = (ulong)begun.Snapshot,
            SpaceId = WireWriter.ToWire(manager.Space.Id.Value),
        };
    }

    private ListTransactionsResponse ListTransactions(ListTransactionsRequest request, CallContext call)
    {
        var response = new ListTransactionsResponse();
        response.Transactions.AddRange(Find(request.Space, call).List().Select(ToWire));
        return response;
    }

    private GetTransactionResponse GetTransaction(GetTransactionRequest request, CallContext call)
    {
        var id = WireReader.ToTransactionId(request.TransactionId, "transaction_id");
        return new GetTransactionResponse { Transaction = ToWire(Allowed(_spaces.Get(id.Space), call).Describe(id)) };
    }

    private async ValueTask WatchAsync(WatchRequest request, IMessageWriter<WatchResponse> responses, CallContext call)
    {
        using var watch = ServiceErrors.Run(
            () => Find(request.Space, call).Watch(request.HasAfterCommit ? ToNumber(request.AfterCommit) : null));
        await new WatchStream(watch, responses, call).RunAsync();
    }

    private async ValueTask WatchTransactionAsync(
        WatchTransactionRequest request, IMessageWriter<WatchTransactionResponse> responses, CallContext call)
    {
        var id = ServiceErrors.Run(() => WireReader.ToTransactionId(request.TransactionId, "transaction_id"));
        using var watch = ServiceErrors.Run(() => Allowed(_spaces.Get(id.Space), call).WatchTransaction(id));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(call.CancellationToken, call.ServerStopping);
        try
        {
            await foreach (var news in watch.ReadAsync(stop.Token)) await responses.WriteAsync(ToWire(news));
        }
        catch (OperationCanceledException) when (!call.CancellationToken.IsCancellationRequested)
        {
            throw new GrpcStatusException(StatusCode.Unavailable, "The daemon is stopping. Watch the transaction again when it is back.");
        }
    }

    private async ValueTask ExportAsync(ExportRequest request, IMessageWriter<ExportResponse> responses, CallContext call)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(call.CancellationToken, call.ServerStopping);
        using var messages = ServiceErrors.Run(() =>
        {
            var id = WireReader.ToTransactionId(request.TransactionId, "transaction_id");
            Allowed(_spaces.Get(id.Space), call);
            return _spaces.Export(id, request, stop.Token).Messages().GetEnumerator();
        });
        try
        {
            while (ServiceErrors.Run(messages.MoveNext)) await responses.WriteAsync(messages.Current);
        }
        catch (OperationCanceledException) when (!call.CancellationToken.IsCancellationRequested)
        {
            throw new GrpcStatusException(StatusCode.Unavailable, "The daemon is stopping. Export again when it is back.");
        }
    }

    // No commit has a number beyond a long, so any other stands for all of those.
    private static long ToNumber(ulong commit) => (long)Math.Min(commit, long.MaxValue);

    private HolonSpaceManager Find(SpaceSelector? selector, CallContext call) => selector?.ByCase switch
    {
        SpaceSelector.ByOneofCase.Name => Allowed(_spaces.Get(selector.Name), call),
        SpaceSelector.ByOneofCase.SpaceId => Allowed(_spaces.Get(new SpaceId(WireReader.ToLocalId(selector.SpaceId, "space.space_id"))), call),
        _ => throw WireReader.Invalid("space", "must be a name or an id"),
    };

    private static HolonSpaceManager Allowed(HolonSpaceManager manager, CallContext call)
    {
        if (call.Caller.MayUse(manager.Space.Name)) return manager;
        throw new HolonException(HolonErrorCode.Denied, $"The token may not use the space \"{manager.Space.Name}\".");
    }

    private static void RequireLength(string text, int most, string field)
    {
        if (text.Length > most) throw WireReader.Invalid(field, $"has at most {most} characters");
    }

    private static SpaceInfo ToInfo(SpaceRecord space) => new()
    {
        SpaceId = WireWriter.ToWire(space.Id.Value),
        Name = space.Name,
        Validation = space.EnforceValidation ? ValidationMode.Enforce : ValidationMode.Report,
        CreatedAt = WireWriter.ToTimestamp(space.CreatedUnixMicros),
    };

    private static WatchTransactionResponse ToWire(TransactionNews news)
    {
        var wire = new WatchTransactionResponse { Transaction = ToWire(news.Info) };
        if (news.Progress is { } progress) wire.Progress = KeepingMessages.ToWire(progress);
        return wire;
    }

    private static V1.TransactionInfo ToWire(TransactionInfo info)
    {
        var wire = new V1.TransactionInfo
        {
            TransactionId = WireWriter.ToWire(info.Id),
            Label = info.Label,
            Client = info.Client,
            Status = (TransactionStatus)info.Status,
            Snapshot = (ulong)info.Snapshot,
            BegunAt = WireWriter.ToTimestamp(info.BegunUnixMicros),
            Staged = (ulong)info.Staged,
        };
        if (info.CommitNumber is { } number) wire.CommitNumber = (ulong)number;
        return wire;
    }
}
