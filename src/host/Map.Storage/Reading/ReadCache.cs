using Map.Core.Identity;
using Map.Core.Services;

namespace Map.Storage.Reading;

/// <summary>What is read of a holon: its version, or the links of a relationship.</summary>
/// <param name="Space">Of which space.</param>
/// <param name="Holon">Of which holon.</param>
/// <param name="Direction">The side of its links; forward for its version.</param>
/// <param name="Relationship">The relationship; zero for its version.</param>
internal readonly record struct ReadKey(RecentReads Space, LocalId Holon, LinkDirection Direction, LocalId Relationship);

/// <summary>
/// What was read lately, decoded, of all spaces together, so that its size has one bound. Safe for many threads at once,
/// without locks: at worst something is read once more.
/// </summary>
/// <param name="maxBytes">How much it keeps, about.</param>
internal sealed class ReadCache(long maxBytes)
{
    private const int BucketBits = 15;
    private const int EntriesInBucket = 2;
    private const int MinEntries = 1_000;

    private readonly Entry?[] _entries = new Entry?[EntriesInBucket << BucketBits];
    private long _bytes;
    private uint _hand;

    /// <summary>How much it keeps, in bytes.</summary>
    internal long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>What was read as of a commit, or as of another if it was the same then; null when it is not here.</summary>
    internal object? Find(in ReadKey key, long asOf)
    {
        var at = BucketOf(key);
        return _entries[at]?.Serve(key, asOf) ?? _entries[at + 1]?.Serve(key, asOf);
    }

    /// <summary>Keeps what was read, in the place of what was kept there longest.</summary>
    /// <param name="key">What it is.</param>
    /// <param name="asOf">The commit that it was read as of.</param>
    /// <param name="value">What was read; nobody changes it.</param>
    /// <param name="bytes">Its size, about.</param>
    internal void Keep(in ReadKey key, long asOf, object value, int bytes)
    {
        var entry = new Entry(key, asOf, value, bytes + Entry.OwnBytes);
        // Where few fit, it would take long to find what to drop.
        if (entry.Bytes > maxBytes / MinEntries) return;
        var at = BucketOf(key);
        var older = Interlocked.Exchange(ref _entries[at], entry);
        var oldest = Interlocked.Exchange(ref _entries[at + 1], older);
        var kept = Interlocked.Add(ref _bytes, entry.Bytes - (oldest?.Bytes ?? 0));
        while (kept > maxBytes) kept = DropOne();
    }

    private long DropOne()
    {
        var at = Interlocked.Increment(ref _hand) % (uint)_entries.Length;
        return Interlocked.Add(ref _bytes, -(Interlocked.Exchange(ref _entries[at], null)?.Bytes ?? 0));
    }

    /// <summary>The first of the places for a key. Ids are random in their low halves.</summary>
    private static int BucketOf(in ReadKey key)
    {
        const ulong golden = 0x9E37_79B9_7F4A_7C15;
        var mixed = (ulong)key.Holon.Value ^ (ulong)key.Relationship.Value * golden ^ (ulong)key.Direction;
        return (int)(mixed * golden >> (64 - BucketBits)) * EntriesInBucket;
    }

    private sealed class Entry(in ReadKey key, long asOf, object value, int bytes)
    {
        internal const int OwnBytes = 96;

        private readonly ReadKey _key = key;

        internal int Bytes { get; } = bytes;

        internal object? Serve(in ReadKey wanted, long wantedAsOf) =>
            _key.Holon == wanted.Holon && _key == wanted && wanted.Space.IsSame(wanted.Holon, asOf, wantedAsOf) ? value : null;
    }
}
