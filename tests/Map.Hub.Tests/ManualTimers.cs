namespace Map.Hub.Tests;

/// <summary>The system's clock, which can be moved forward, with timers that run when the test says so.</summary>
internal sealed class ManualTimers : TimeProvider
{
    private readonly List<ManualTimer> _timers = [];
    private long _moved;

    public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref _moved);

    /// <summary>Moves the clock that elapsed time is measured by.</summary>
    public void Advance(TimeSpan time) => Interlocked.Add(ref _moved, (long)(time.TotalSeconds * TimestampFrequency));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(callback, state);
        timer.Change(dueTime, period);
        lock (_timers) _timers.Add(timer);
        return timer;
    }

    /// <summary>Runs what waits for its time, each once. What recurs waits again.</summary>
    public void RunDue()
    {
        ManualTimer[] timers;
        lock (_timers) timers = [.. _timers];
        foreach (var timer in timers) timer.RunIfSet();
    }

    private sealed class ManualTimer(TimerCallback callback, object? state) : ITimer
    {
        private int _isSet;
        private volatile bool _recurs;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _recurs = period > TimeSpan.Zero;
            Volatile.Write(ref _isSet, dueTime == Timeout.InfiniteTimeSpan ? 0 : 1);
            return true;
        }

        public void RunIfSet()
        {
            if (Interlocked.Exchange(ref _isSet, _recurs ? 1 : 0) == 1) callback(state);
        }

        public void Dispose()
        {
            _recurs = false;
            Volatile.Write(ref _isSet, 0);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
