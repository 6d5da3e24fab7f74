using System.Diagnostics;

namespace Map.Storage;

/// <summary>
/// Keeps what all open stores hold in memory before it is in tables within one budget: when it is exceeded, the store
/// that holds most writes tables, one at a time and beside the writes. RocksDB can do that itself (a write buffer
/// manager), but its C API before 8.6 cannot say so.
/// </summary>
/// <param name="budget">The budget in bytes.</param>
/// <param name="open">The stores that are open.</param>
internal sealed class WriteBudget(long budget, Func<IReadOnlyList<HolonStore>> open) : IDisposable
{
    private const int LooksPerBudget = 16;

    private readonly Lock _flushing = new();

    /// <summary>
    /// Measuring asks each store, so it is done once for this many bytes written; stores are held this far below the
    /// budget, for what is written before the next look.
    /// </summary>
    private readonly long _step = budget / LooksPerBudget;

    private long _writtenSinceLook;
    private bool _isBusy;
    private bool _isDisposed;

    /// <summary>Notes a write; now and then it has the memory measured in the background.</summary>
    internal void Wrote(long bytes)
    {
        if (Interlocked.Add(ref _writtenSinceLook, bytes) < _step || Interlocked.Exchange(ref _isBusy, true)) return;
        ThreadPool.UnsafeQueueUserWorkItem(static self => self.TryFlush(), this, preferLocal: false);
    }

    /// <summary>Has the stores that hold most write tables until all together are within the budget.</summary>
    internal void Flush()
    {
        lock (_flushing)
        {
            Interlocked.Exchange(ref _writtenSinceLook, 0);
            if (_isDisposed) return;
            var stores = open().Select(store => (Store: store, Bytes: store.BufferedBytes())).ToList();
            var sum = stores.Sum(each => each.Bytes);
            foreach (var (store, bytes) in stores.OrderByDescending(each => each.Bytes))
            {
                if (sum <= budget - _step) return;
                store.Flush();
                sum -= bytes;
            }
        }
    }

    /// <summary>Ends once a table that is being written is.</summary>
    public void Dispose()
    {
        lock (_flushing) _isDisposed = true;
    }

    private void TryFlush()
    {
        do
        {
            try
            {
                Flush();
            }
            catch (Exception defect)
            {
                // Each store has a limit of its own all the same.
                Trace.TraceError($"Keeping the write buffers within their budget failed: {defect}");
            }
            finally
            {
                Volatile.Write(ref _isBusy, false);
            }
        }
        while (MustLookAgain());
    }

    /// <summary>Whether enough was written during the look: its writers found somebody busy and went on.</summary>
    private bool MustLookAgain() =>
        Interlocked.Read(ref _writtenSinceLook) >= _step && !Interlocked.Exchange(ref _isBusy, true);
}
