namespace Map.Hub.Tests;

/// <summary>The system's clock with timers that run when the test says so.</summary>
internal sealed class ManualTimers : TimeProvider
{
    private readonly List<ManualTimer> _timers = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(callback, state);
        timer.Change(dueTime, period);
        lock (_timers) _timers.Add(timer);
        return timer;
    }

    /// <summary>Runs what waits for its time, each once.</summary>
    public void RunDue()
    {
        ManualTimer[] timers;
        lock (_timers) timers = [.. _timers];
        foreach (var timer in timers) timer.RunIfSet();
    }

    private sealed class ManualTimer(TimerCallback callback, object? state) : ITimer
    {
        private int _isSet;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Volatile.Write(ref _isSet, dueTime == Timeout.InfiniteTimeSpan ? 0 : 1);
            return true;
        }

        public void RunIfSet()
        {
            if (Interlocked.Exchange(ref _isSet, 0) == 1) callback(state);
        }

        public void Dispose() => Volatile.Write(ref _isSet, 0);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
