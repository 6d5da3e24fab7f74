namespace Map.Rpc.Internal;

/// <summary>Counts failures in fixed windows of time.</summary>
internal sealed class FailureWindow(int limit, TimeSpan length, TimeProvider time)
{
    private readonly Lock _lock = new();
    private long _startedAt = time.GetTimestamp();
    private int _failures;
    private bool _wasReported;

    /// <summary>Whether the window's failures are used up; says once for each window that this is new.</summary>
    public bool IsExhausted(out bool isNew)
    {
        lock (_lock)
        {
            Roll();
            var exhausted = _failures >= limit;
            isNew = exhausted && !_wasReported;
            _wasReported |= exhausted;
            return exhausted;
        }
    }

    public void Count()
    {
        lock (_lock)
        {
            Roll();
            _failures++;
        }
    }

    private void Roll()
    {
        if (time.GetElapsedTime(_startedAt) < length)
            return;
        _startedAt = time.GetTimestamp();
        _failures = 0;
        _wasReported = false;
    }
}
