using Map.Core.Errors;
using Map.Core.Services;
using Map.Hub.Watching;
using Map.V1;
using HolonError = Map.Core.Errors.HolonError;

namespace Map.Rpc.Services;

/// <summary>Sends one watch to its client, until the client leaves, reads too slowly, or the server stops.</summary>
internal sealed class WatchStream(CommitWatch watch, IMessageWriter<WatchResponse> responses, CallContext call)
{
    /// <summary>Runs until the client goes away.</summary>
    /// <exception cref="GrpcStatusException">It ends for another reason, which says after which commit to watch again.</exception>
    public async ValueTask RunAsync()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(call.CancellationToken, call.ServerStopping);
        try
        {
            await foreach (var message in watch.ReadAsync(stop.Token))
                if (!await responses.TryWriteAsync(message, watch.Patience, call.ServerStopping)) throw CutOff();
        }
        catch (OperationCanceledException) when (!call.CancellationToken.IsCancellationRequested)
        {
            throw Stopping();
        }
        catch (StoreException e)
        {
            throw ServiceErrors.ToStatus(
                new HolonError(HolonErrorCode.StoreUnavailable, $"{e.Message} {Resume}") { IsRetryable = true }, cause: e);
        }
    }

    private string Resume => $"Watch again after commit {watch.Position}.";

    private GrpcStatusException CutOff()
    {
        if (call.ServerStopping.IsCancellationRequested) return Stopping();
        var seconds = watch.Patience.TotalSeconds;
        return ServiceErrors.ToStatus(
            new HolonError(HolonErrorCode.WatchTooSlow, $"The client did not read for {seconds:0.#} s. {Resume}")
            {
                IsRetryable = true,
                Limit = (long)seconds,
            });
    }

    private GrpcStatusException Stopping() =>
        new(StatusCode.Unavailable, $"The daemon is stopping. {Resume}");
}
