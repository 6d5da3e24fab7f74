using Map.Core.Services;

namespace Map.Rpc.Services;

/// <summary>Runs work that takes long beside a call, which is told now and then how far it is.</summary>
internal static class LongWork
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Runs the work to its end. It is told to end early when the call is, or nobody can be told any more.</summary>
    /// <param name="work">The work, which tells how far it is.</param>
    /// <param name="tell">Passes on the latest of that.</param>
    /// <param name="call">The call.</param>
    public static async Task<T> RunAsync<T>(
        Func<Action<StepProgress>, CancellationToken, T> work, Func<StepProgress, ValueTask> tell, CallContext call)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(call.CancellationToken);
        object? latest = null;
        var task = Task.Factory.StartNew(
            () => ServiceErrors.Run(() => work(progress => Volatile.Write(ref latest, progress), end.Token)),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            while (await Task.WhenAny(task, Task.Delay(Interval, CancellationToken.None)) != task)
                if (Interlocked.Exchange(ref latest, null) is StepProgress progress) await tell(progress);
        }
        catch
        {
            await end.CancelAsync();
            await Task.WhenAny(task);
            throw;
        }

        return await task;
    }
}
