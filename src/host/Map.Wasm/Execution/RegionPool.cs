using System.Collections.Concurrent;

namespace Map.Wasm.Execution;

/// <summary>Regions that finished guests left, zeroed, for the next ones.</summary>
internal sealed class RegionPool : IDisposable
{
    private const int MaxKept = 64;

    private readonly ConcurrentDictionary<long, ConcurrentBag<Region>> _bySize = new();
    private int _kept;
    private volatile bool _isDisposed;

    public int Kept => Volatile.Read(ref _kept);

    public Region Rent(long size)
    {
        if (!_bySize.TryGetValue(size, out var bag) || !bag.TryTake(out var region)) return new Region(size);
        Interlocked.Decrement(ref _kept);
        return region;
    }

    public void Return(Region region, long used)
    {
        if (_isDisposed || Interlocked.Increment(ref _kept) > MaxKept)
        {
            Interlocked.Decrement(ref _kept);
            region.Dispose();
            return;
        }

        region.Reset(used);
        _bySize.GetOrAdd(region.Size, static _ => []).Add(region);
    }

    public void Dispose()
    {
        _isDisposed = true;
        foreach (var bag in _bySize.Values)
            while (bag.TryTake(out var region)) region.Dispose();
    }
}
