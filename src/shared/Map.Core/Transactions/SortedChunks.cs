using System.Collections.Immutable;

namespace Map.Core.Transactions;

/// <summary>
/// A sorted set that does not change: each change makes a new one, which shares what stayed. The items stand in short
/// sorted arrays, and those in a balanced tree by their first item: far fewer objects than items, which is what many
/// staged holons cost most by.
/// </summary>
internal sealed class SortedChunks<T>
{
    private const int MaxLength = 16;

    private readonly IComparer<T> _comparer;
    private readonly ImmutableSortedSet<T[]> _chunks;

    private SortedChunks(IComparer<T> comparer, ImmutableSortedSet<T[]> chunks) => (_comparer, _chunks) = (comparer, chunks);

    /// <summary>No items.</summary>
    public static SortedChunks<T> Empty(IComparer<T> comparer) => new(
        comparer, ImmutableSortedSet.Create<T[]>(Comparer<T[]>.Create((x, y) => comparer.Compare(x[0], y[0]))));

    /// <summary>All items in order.</summary>
    public IEnumerable<T> All => _chunks.SelectMany(chunk => chunk);

    /// <summary>The items from one on, which need not be among them. Each chunk costs a look-up, nothing is copied.</summary>
    public IEnumerable<T> From(T from, bool isExclusive)
    {
        var index = IndexOfChunk(_chunks.IndexOf([from]));
        for (var first = index; index < _chunks.Count; index++)
        {
            var chunk = _chunks[index];
            var at = index > first ? 0 : Array.BinarySearch(chunk, from, _comparer);
            at = at < 0 ? ~at : isExclusive && index == first ? at + 1 : at;
            for (; at < chunk.Length; at++) yield return chunk[at];
        }
    }

    /// <summary>Starts a change.</summary>
    public Builder ToBuilder() => new(this);

    /// <summary>Where an item belongs: the last chunk that begins with it or before it, or the first one.</summary>
    /// <param name="found">What a search for a chunk that begins with the item told.</param>
    private static int IndexOfChunk(int found) => found >= 0 ? found : Math.Max(0, ~found - 1);

    /// <summary>A set under change; the one it came from stays as it was.</summary>
    internal sealed class Builder
    {
        private readonly IComparer<T> _comparer;
        private ImmutableSortedSet<T[]>.Builder _chunks;

        internal Builder(SortedChunks<T> set) => (_comparer, _chunks) = (set._comparer, set._chunks.ToBuilder());

        /// <summary>Adds an item; one that is there stays.</summary>
        public void Add(T item)
        {
            if (_chunks.Count == 0)
            {
                _chunks.Add([item]);
                return;
            }

            var index = IndexOfChunk(_chunks.IndexOf([item]));
            var chunk = _chunks[index];
            var at = Array.BinarySearch(chunk, item, _comparer);
            if (at >= 0) return;
            if (chunk.Length < MaxLength) Replace(chunk, [.. chunk.AsSpan(0, ~at), item, .. chunk.AsSpan(~at)]);
            else if (~at == chunk.Length) _chunks.Add([item]);
            else Split(chunk, ~at, item);
        }

        /// <summary>Removes an item, if it is there.</summary>
        public void Remove(T item)
        {
            if (_chunks.Count == 0) return;
            var chunk = _chunks[IndexOfChunk(_chunks.IndexOf([item]))];
            var at = Array.BinarySearch(chunk, item, _comparer);
            if (at >= 0) Replace(chunk, [.. chunk.AsSpan(0, at), .. chunk.AsSpan(at + 1)]);
        }

        /// <summary>Adds many items, none of which is there, at once where they are more than those that are.</summary>
        /// <param name="items">The items, fastest in order. They may be moved.</param>
        public void AddRange(T[] items)
        {
            var set = ToSet();
            if (_chunks.Count * MaxLength > items.Length)
            {
                foreach (var item in items) Add(item);
                return;
            }

            if (_chunks.Count > 0) items = [.. items, .. set.All];
            if (!IsInOrder(items)) items.AsSpan().Sort(_comparer);
            _chunks = set._chunks.Clear().Union(items.Chunk(MaxLength)).ToBuilder();
        }

        /// <summary>The changed set.</summary>
        public SortedChunks<T> ToSet() => new(_comparer, _chunks.ToImmutable());

        private bool IsInOrder(T[] items)
        {
            for (var i = 1; i < items.Length; i++)
                if (_comparer.Compare(items[i - 1], items[i]) >= 0) return false;
            return true;
        }

        private void Split(T[] chunk, int at, T item)
        {
            const int half = MaxLength / 2;
            var left = chunk.AsSpan(0, half);
            var right = chunk.AsSpan(half);
            _chunks.Remove(chunk);
            _chunks.Add(at <= half ? [.. left[..at], item, .. left[at..]] : [.. left]);
            _chunks.Add(at <= half ? [.. right] : [.. right[..(at - half)], item, .. right[(at - half)..]]);
        }

        private void Replace(T[] chunk, T[] with)
        {
            _chunks.Remove(chunk);
            if (with.Length > 0) _chunks.Add(with);
        }
    }
}
