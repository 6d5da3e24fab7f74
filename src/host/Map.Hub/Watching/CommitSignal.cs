using Map.Core.Services;

namespace Map.Hub.Watching;

/// <summary>Wakes those who wait for the next commit of a space. Keeps nothing: who wakes reads the store.</summary>
internal sealed class CommitSignal
{
    private readonly IHolonStore _store;
    private TaskCompletionSource _next = NewSource();

    public CommitSignal(IHolonStore store)
    {
        _store = store;
        store.Published += _ => Interlocked.Exchange(ref _next, NewSource()).SetResult();
    }

    /// <summary>Waits for a commit after one.</summary>
    /// <returns>Whether there is one; else the time is over.</returns>
    public async ValueTask<bool> WaitAsync(long commit, TimeSpan timeout, TimeProvider time, CancellationToken cancellation)
    {
        // The source first: a commit in between completes it.
        var next = Volatile.Read(ref _next).Task;
        if (_store.LatestCommit > commit) return true;
        try
        {
            await next.WaitAsync(timeout, time, cancellation);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    // Those who wait run on their own, not in the writer.
    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
