using System.Diagnostics;
using Map.Core.Services;

namespace Map.Storage;

/// <summary>
/// Closes stores that nobody uses: after a time without use, and beyond a number of open ones those first whose last use
/// was longest ago. Nobody says which are to stay open: transactions, watchers and what was published live outside the
/// database, and whoever uses a closed store opens it anew. So a store may close whenever nobody is inside, and only a
/// running read or write, or a doubt, keeps it open.
/// </summary>
internal sealed class IdleClosing : IDisposable
{
    private const int LooksPerIdleTime = 10;

    private readonly Func<IReadOnlyList<HolonStore>> _open;
    private readonly Action _requireWritable;
    private readonly TimeProvider _time;
    private readonly TimeSpan _idleTime;
    private readonly int _maxOpen;
    private readonly ITimer _timer;

    /// <param name="options">When and how many.</param>
    /// <param name="open">The stores that are open.</param>
    /// <param name="requireWritable">Throws while closed stores could not be opened anew.</param>
    internal IdleClosing(StorageOptions options, Func<IReadOnlyList<HolonStore>> open, Action requireWritable)
    {
        (_open, _requireWritable, _time) = (open, requireWritable, options.Time);
        (_idleTime, _maxOpen) = (options.CloseIdleAfter, options.MaxOpenSpaces);
        var period = _idleTime / LooksPerIdleTime;
        _timer = _time.CreateTimer(_ => TryCloseIdle(), null, period, period);
    }

    /// <summary>Closes as many stores as there are too many with one that is just being opened.</summary>
    internal void MakeRoom()
    {
        var open = _open();
        var now = _time.GetTimestamp();
        var byUse = open.Select(store => (Store: store, Use: store.LastUse(now))).OrderBy(each => each.Use).ToList();
        var surplus = open.Count + 1 - _maxOpen;
        foreach (var (store, _) in byUse)
        {
            if (surplus <= 0) break;
            if (store.TryClose()) surplus--;
        }
    }

    /// <summary>Closes the stores that were not used for long, unless the disk would not let them be opened anew.</summary>
    internal void CloseIdle()
    {
        var now = _time.GetTimestamp();
        var idle = _open().Where(store => _time.GetElapsedTime(store.LastUse(now), now) >= _idleTime).ToList();
        if (idle.Count == 0) return;
        try
        {
            _requireWritable();
        }
        catch (StoreException)
        {
            return;
        }

        foreach (var store in idle) store.TryClose();
    }

    /// <summary>Closes no more by time.</summary>
    public void Dispose() => _timer.Dispose();

    private void TryCloseIdle()
    {
        try
        {
            CloseIdle();
        }
        catch (Exception defect)
        {
            // Stores that stay open are no reason to end the process, which an exception in a timer does.
            Trace.TraceError($"Closing idle spaces failed: {defect}");
        }
    }
}
