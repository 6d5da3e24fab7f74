using Map.Core.Errors;

namespace Map.Hub;

/// <summary>Counts streams that go on for long, and refuses those beyond a limit.</summary>
/// <param name="most">How many there may be.</param>
/// <param name="whose">Whose they are, for the message.</param>
/// <param name="what">What they are called, many of them, in the message.</param>
internal sealed class StreamLimit(int most, string whose, string what)
{
    private int _count;

    /// <summary>How many there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Counts one more.</summary>
    /// <exception cref="HolonException"><see cref="HolonErrorCode.LimitReached"/>.</exception>
    public void Enter()
    {
        if (Interlocked.Increment(ref _count) <= most) return;
        Leave();
        throw new HolonException([new HolonError(
            HolonErrorCode.LimitReached, $"{whose} has {most:N0} {what}, which is as many as allowed. End one first.") { Limit = most }]);
    }

    /// <summary>Counts one less.</summary>
    public void Leave() => Interlocked.Decrement(ref _count);
}
