using System.Security.Cryptography;
using Map.Core.Identity;

namespace Map.Hub;

/// <summary>
/// Makes UUIDv7s (RFC 9562) that rise strictly, so that ids sort by creation also within a millisecond: the 12 bits
/// behind the time are a counter (section 6.2, method 1) that runs ahead of the clock rather than over.
/// </summary>
/// <param name="time">The clock.</param>
public sealed class IdGenerator(TimeProvider time)
{
    private const int CounterBits = 12;

    private long _last;

    /// <summary>A new id.</summary>
    public LocalId Next()
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds() << CounterBits;
        long last, next;
        do
        {
            last = Interlocked.Read(ref _last);
            next = Math.Max(now, last + 1);
        }
        while (Interlocked.CompareExchange(ref _last, next, last) != last);

        Span<byte> random = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(random);
        var milliseconds = (ulong)(next >> CounterBits);
        var counter = (ulong)next & ((1 << CounterBits) - 1);
        var high = milliseconds << 16 | 0x7000 | counter;
        var low = 0x8000_0000_0000_0000 | BitConverter.ToUInt64(random) >> 2;
        return new LocalId(new UInt128(high, low));
    }

    /// <summary>Makes later ids greater than this one, also when the clock was set back since that was made.</summary>
    public void StayAbove(LocalId id)
    {
        var high = (ulong)(id.Value >> 64);
        var made = (long)(high >> 16 << CounterBits | high & ((1 << CounterBits) - 1));
        long last;
        do last = Interlocked.Read(ref _last);
        while (made > last && Interlocked.CompareExchange(ref _last, made, last) != last);
    }
}
