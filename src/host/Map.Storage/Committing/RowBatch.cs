using System.Buffers.Binary;
using Map.Core.Services;
using Map.Storage.Native;

namespace Map.Storage.Committing;

/// <summary>
/// The rows of one commit, gathered and then put in order of key: rows that come in rising order go into the memtables
/// several times faster.
/// </summary>
internal sealed class RowBatch
{
    /// <summary>From how many rows on the other cores help with the sorting.</summary>
    private const int ManyRows = 20_000;

    private readonly FamilyRows?[] _families = new FamilyRows?[ColumnFamilies.Count];

    /// <summary>Makes room at once: large commits would else copy their rows again and again as they grow.</summary>
    /// <param name="family">The column family.</param>
    /// <param name="rows">How many more rows there will be, about.</param>
    internal void Reserve(ColumnFamily family, int rows)
    {
        if (rows > 0) Rows(family).Reserve(rows, ColumnFamilies.UsualRowBytes(family));
    }

    internal void Put(ColumnFamily family, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) =>
        Rows(family).Add(key, value);

    /// <summary>Puts all rows into a native batch.</summary>
    internal void WriteTo(WriteBatch batch)
    {
        Sort();
        for (var i = 0; i < _families.Length; i++) _families[i]?.WriteTo(batch, (ColumnFamily)i);
    }

    private void Sort()
    {
        var count = 0;
        foreach (var family in _families) count += family?.Count ?? 0;
        if (count >= ManyRows) Parallel.ForEach(_families, static family => family?.Sort());
        else foreach (var family in _families) family?.Sort();
    }

    private FamilyRows Rows(ColumnFamily family) => _families[(int)family] ??= new FamilyRows();

    /// <summary>The start of a key as numbers, for comparing, and where the row is.</summary>
    /// <param name="High">The first eight bytes of the key.</param>
    /// <param name="Low">The next eight.</param>
    /// <param name="Offset">Where the key starts; the value follows it.</param>
    /// <param name="KeySize">Size of the key.</param>
    /// <param name="ValueSize">Size of the value.</param>
    private readonly record struct Entry(ulong High, ulong Low, int Offset, int KeySize, int ValueSize);

    private readonly struct ByKey(byte[] bytes) : IComparer<Entry>
    {
        public int Compare(Entry x, Entry y)
        {
            if (x.High != y.High) return x.High < y.High ? -1 : 1;
            if (x.Low != y.Low) return x.Low < y.Low ? -1 : 1;
            return bytes.AsSpan(x.Offset, x.KeySize).SequenceCompareTo(bytes.AsSpan(y.Offset, y.KeySize));
        }
    }

    private sealed class FamilyRows
    {
        private byte[] _bytes = new byte[512];
        private Entry[] _entries = new Entry[8];
        private int _length;
        private int _count;
        private bool _isSorted = true;

        internal int Count => _count;

        internal void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
        {
            Grow(key.Length + value.Length);
            key.CopyTo(_bytes.AsSpan(_length));
            value.CopyTo(_bytes.AsSpan(_length + key.Length));
            var entry = new Entry(
                Number(key), Number(key.Length > sizeof(ulong) ? key[sizeof(ulong)..] : default), _length, key.Length,
                value.Length);
            _length += key.Length + value.Length;
            if (_isSorted && _count > 0) _isSorted = new ByKey(_bytes).Compare(_entries[_count - 1], entry) < 0;
            _entries[_count++] = entry;
        }

        internal void Sort()
        {
            if (!_isSorted) _entries.AsSpan(0, _count).Sort(new ByKey(_bytes));
            _isSorted = true;
        }

        internal void Reserve(int rows, int rowBytes)
        {
            if (_entries.Length - _count < rows) Array.Resize(ref _entries, checked(_count + rows));
            var needed = Math.Min(Array.MaxLength, _length + (long)rows * rowBytes);
            if (needed > _bytes.Length) Array.Resize(ref _bytes, (int)needed);
        }

        internal void WriteTo(WriteBatch batch, ColumnFamily family)
        {
            Invariant.Require(_isSorted, "rows are put in order of key");
            var entries = _entries.AsSpan(0, _count);
            var order = new ByKey(_bytes);
            for (var i = 0; i < entries.Length; i++)
            {
                ref readonly var entry = ref entries[i];
                if (i > 0) Invariant.Require(order.Compare(entries[i - 1], entry) < 0, "a commit writes each row once");
                var key = _bytes.AsSpan(entry.Offset, entry.KeySize);
                batch.Put(family, key, _bytes.AsSpan(entry.Offset + entry.KeySize, entry.ValueSize));
            }
        }

        /// <summary>Up to eight bytes as a number of the same order; what is missing counts as zero.</summary>
        private static ulong Number(ReadOnlySpan<byte> key)
        {
            if (key.Length >= sizeof(ulong)) return BinaryPrimitives.ReadUInt64BigEndian(key);
            Span<byte> padded = stackalloc byte[sizeof(ulong)];
            padded.Clear();
            key.CopyTo(padded);
            return BinaryPrimitives.ReadUInt64BigEndian(padded);
        }

        private void Grow(int size)
        {
            if (_count == _entries.Length) Array.Resize(ref _entries, checked(_count * 2));
            var needed = (long)_length + size;
            if (needed <= _bytes.Length) return;
            if (needed > Array.MaxLength)
                throw new StoreException("The commit is too large for one write. Split it into several transactions.");
            Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(needed, _bytes.Length * 2L)));
        }
    }
}
