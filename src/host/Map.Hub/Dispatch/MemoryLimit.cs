using Map.Core.Errors;

namespace Map.Hub.Dispatch;

/// <summary>
/// Refuses what would stage more once the daemon's managed heap is as large as it may be: better one clear refusal than a
/// process that the system ends. What frees memory, ends a transaction or only reads goes on.
/// </summary>
/// <param name="mostBytes">How large the heap may be.</param>
/// <param name="time">The clock.</param>
/// <param name="measure">
/// The size of the heap in bytes; exactly, by a full collection, when asked so, else with what could be collected.
/// </param>
internal sealed class MemoryLimit(long mostBytes, TimeProvider time, Func<bool, long> measure)
{
    /// <summary>A full collection is not worth more often than this.</summary>
    private static readonly TimeSpan LeastBetweenCollections = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private long _lastExact = long.MinValue;
    private bool _wasFull;

    /// <summary>A limit on this process.</summary>
    internal MemoryLimit(long mostBytes, TimeProvider time)
        : this(mostBytes, time, static isExact => GC.GetTotalMemory(forceFullCollection: isExact))
    {
    }

    /// <summary>Refuses when there is no room.</summary>
    /// <exception cref="HolonException"><see cref="HolonErrorCode.DaemonMemoryFull"/>.</exception>
    internal void RequireRoom()
    {
        if (measure(false) <= mostBytes || !IsFull()) return;
        throw new HolonException([new HolonError(
            HolonErrorCode.DaemonMemoryFull,
            $"The daemon holds {mostBytes:N0} bytes of open work, as much as it may. Commit or roll back transactions, of other clients too.")
        {
            IsRetryable = true,
            Limit = mostBytes,
        }]);
    }

    private bool IsFull()
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            if (_lastExact != long.MinValue && time.GetElapsedTime(_lastExact, now) < LeastBetweenCollections) return _wasFull;
            _wasFull = measure(true) > mostBytes;
            _lastExact = time.GetTimestamp();
            return _wasFull;
        }
    }
}
