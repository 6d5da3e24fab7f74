using Map.Core.Services;

namespace Map.Hub.Transactions;

/// <summary>How far the command is that runs now: the latest alone. Who tells never waits for those who watch.</summary>
internal sealed class LatestProgress
{
    private TaskCompletionSource _next = NewSource();
    private object? _latest;

    /// <summary>The latest; null while nothing that takes long runs.</summary>
    public StepProgress? Value => Volatile.Read(ref _latest) as StepProgress?;

    /// <summary>Ends when there is something new after the moment of asking.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>The command is so far.</summary>
    public void Tell(StepProgress progress)
    {
        Volatile.Write(ref _latest, progress);
        Wake();
    }

    /// <summary>The command has ended.</summary>
    public void Clear()
    {
        if (Interlocked.Exchange(ref _latest, null) is not null) Wake();
    }

    /// <summary>Something else is new that those who watch are told.</summary>
    public void Wake() => Interlocked.Exchange(ref _next, NewSource()).SetResult();

    // Those who wait run on their own, not in the command.
    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
