using System.Diagnostics.CodeAnalysis;

namespace Map.Storage.Committing;

/// <summary>
/// Writes of many threads, made in groups (leader and followers): the first that finds nobody leading leads, and makes
/// its own write and all that have come by then; the others wait. Who is alone waits for nobody and hands nothing over.
/// </summary>
/// <typeparam name="T">A write.</typeparam>
internal sealed class WriteQueue<T>
    where T : QueuedWrite
{
    private readonly Lock _gate = new();
    private readonly Queue<T> _waiting = new();
    private bool _isLed;

    /// <summary>How many writes wait, one being made not counted.</summary>
    internal int Waiting
    {
        get
        {
            lock (_gate) return _waiting.Count;
        }
    }

    /// <summary>Makes a write. When this returns, it was made, or its failure is thrown.</summary>
    /// <param name="write">The write.</param>
    /// <param name="lead">
    /// Makes a group: takes writes with <see cref="TryTake"/>, the caller's own first, and ends each that it took. Never
    /// two at once.
    /// </param>
    internal void Run(T write, Action lead)
    {
        bool leads;
        lock (_gate)
        {
            _waiting.Enqueue(write);
            leads = !_isLed;
            _isLed = true;
        }

        if (!leads) leads = write.AwaitTurn();
        if (!leads) return;
        try
        {
            lead();
        }
        finally
        {
            PassOn();
        }
    }

    /// <summary>Takes the next write into the group.</summary>
    internal bool TryTake([NotNullWhen(true)] out T? write)
    {
        lock (_gate) return _waiting.TryDequeue(out write);
    }

    private void PassOn()
    {
        T? next;
        lock (_gate)
        {
            _isLed = _waiting.TryPeek(out next);
            if (!_isLed) return;
        }

        next!.Lead();
    }
}

/// <summary>A write that may wait for its turn.</summary>
internal abstract class QueuedWrite
{
    // A task, since the pool of threads makes up for threads that wait for one; it does not know of events.
    private readonly TaskCompletionSource<bool> _turn = new();

    /// <summary>Waits until it is to lead, or has ended.</summary>
    /// <returns>Whether it is to lead.</returns>
    internal bool AwaitTurn() => _turn.Task.Result;

    /// <summary>Tells the thread that waits to lead.</summary>
    internal void Lead() => Invariant.Require(_turn.TrySetResult(true), "only a waiting write comes to lead");

    /// <summary>Tells the thread that waits, if any, that the write was made or failed.</summary>
    internal void End() => _turn.TrySetResult(false);
}
