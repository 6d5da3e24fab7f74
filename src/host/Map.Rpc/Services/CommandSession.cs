using System.Collections.Concurrent;
using Map.Core.Errors;
using Map.Hub.Binding;
using Map.Hub.Dispatch;
using Map.V1;
using HolonError = Map.Core.Errors.HolonError;

namespace Map.Rpc.Services;

/// <summary>
/// One session: commands run as they arrive, in order for each transaction, those of different transactions beside
/// each other. The reader stops while as many run as are allowed, which holds the client back.
/// </summary>
internal sealed class CommandSession(CommandDispatcher dispatcher, IMessageWriter<SessionResponse> responses, CallContext call) : IDisposable
{
    private const int MaxInFlight = 256;

    private readonly Caller _caller = call.Caller;
    private readonly SemaphoreSlim _room = new(MaxInFlight);
    private readonly ConcurrentDictionary<ulong, CancellationTokenSource> _running = new();

    // The last request of each transaction; only the reader changes it.
    private readonly Dictionary<TransactionId, Task> _tails = [];

    /// <summary>Runs until the client has sent its last request and all are answered.</summary>
    public async ValueTask RunAsync(IMessageReader<SessionRequest> requests)
    {
        try
        {
            while (await requests.ReadAsync() is { } request)
            {
                if (request.KindCase == SessionRequest.KindOneofCase.Cancel) Cancel(request.Cancel.Id);
                else await StartAsync(request);
            }
        }
        finally
        {
            // Also after a failure: nothing may go on behind a call that has ended.
            await Task.WhenAll(_tails.Values);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _room.Dispose();

    private void Cancel(ulong id)
    {
        if (!_running.TryGetValue(id, out var source)) return;
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It was answered between the two lines.
        }
    }

    private async ValueTask StartAsync(SessionRequest request)
    {
        await _room.WaitAsync(call.CancellationToken);
        var source = CancellationTokenSource.CreateLinkedTokenSource(call.CancellationToken);
        if (!_running.TryAdd(request.Id, source))
        {
            source.Dispose();
            _room.Release();
            await responses.WriteAsync(Refuse(request.Id, HolonErrorCode.InvalidRequest, $"The request id {request.Id} is in use in this session."));
            return;
        }

        var transaction = request.Request?.TransactionId ?? new TransactionId();
        var before = _tails.GetValueOrDefault(transaction, Task.CompletedTask);
        var task = RunAfterAsync(before, request, source);
        if (task.IsCompletedSuccessfully) _tails.Remove(transaction);
        else _tails[transaction] = task;
        if (_tails.Count > MaxInFlight) DropEnded();
    }

    private async Task RunAfterAsync(Task before, SessionRequest request, CancellationTokenSource source)
    {
        try
        {
            await before;
            // What takes long must not hold up the other transactions of the session.
            if (request.Request is { } command && dispatcher.MayTakeLong(command)) await Task.Yield();
            await AnswerAsync(Execute(request, source.Token));
        }
        finally
        {
            _running.TryRemove(request.Id, out _);
            source.Dispose();
            _room.Release();
        }
    }

    /// <summary>Answers; where the answer is larger than a message may be, says so instead of leaving the client waiting.</summary>
    private async ValueTask AnswerAsync(SessionResponse response)
    {
        try
        {
            await responses.WriteAsync(response);
        }
        catch (GrpcStatusException e) when (e.StatusCode == StatusCode.ResourceExhausted)
        {
            await responses.WriteAsync(Refuse(response.Id, HolonErrorCode.TooLarge, e.Message));
        }
    }

    private SessionResponse Execute(SessionRequest request, CancellationToken cancellation)
    {
        if (request.KindCase != SessionRequest.KindOneofCase.Request)
            return Refuse(request.Id, HolonErrorCode.InvalidRequest, "\"request\" is missing.");
        try
        {
            var response = dispatcher.Execute(request.Request, _caller, request.RequestId, cancellation);
            return new SessionResponse { Id = request.Id, Response = response };
        }
        catch (OperationCanceledException) when (!call.CancellationToken.IsCancellationRequested)
        {
            return Refuse(request.Id, HolonErrorCode.Cancelled, "The request was cancelled before it took effect.");
        }
    }

    private void DropEnded()
    {
        foreach (var (transaction, task) in _tails.ToList())
            if (task.IsCompletedSuccessfully) _tails.Remove(transaction);
    }

    private static SessionResponse Refuse(ulong id, HolonErrorCode code, string message)
    {
        var response = new MapResponse { Success = false };
        response.Errors.Add(WireWriter.ToWire(new HolonError(code, message) { IsRetryable = code == HolonErrorCode.Cancelled }));
        return new SessionResponse { Id = id, Response = response };
    }
}
