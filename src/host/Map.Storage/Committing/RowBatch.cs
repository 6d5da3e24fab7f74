using System.Buffers.Binary;
using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Committing;

/// <summary>
/// The rows of one commit, as the native batch will have them, put in order of key: rows that come in rising order go
/// into the memtables several times faster. Different threads may put rows of different column families at once.
/// </summary>
internal sealed class RowBatch
{
    /// <summary>From how many rows on the other cores help.</summary>
    internal const int ManyRows = 20_000;

    private readonly FamilyRows?[] _families = new FamilyRows?[ColumnFamilies.Count];

    /// <summary>Makes room at once: large commits would else copy their rows again and again as they grow.</summary>
    /// <param name="family">The column family.</param>
    /// <param name="rows">How many more rows there will be, about.</param>
    internal void Reserve(ColumnFamily family, int rows)
    {
        if (rows > 0) Rows(family).Reserve((long)rows * ColumnFamilies.UsualRowBytes(family));
    }

    internal void Put(ColumnFamily family, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) =>
        Rows(family).Add(key, value);

    /// <summary>Puts a row and clears its value, for the next one.</summary>
    internal void Put(ColumnFamily family, ReadOnlySpan<byte> key, ByteWriter value)
    {
        Put(family, key, value.Written);
        value.Clear();
    }

    /// <summary>Makes the native batch.</summary>
    internal WriteBatch ToBatch(Database db)
    {
        var used = _families.OfType<FamilyRows>().ToList();
        var count = used.Sum(family => family.Count);
        if (count >= ManyRows) Parallel.ForEach(used, static family => family.Sort());
        else used.ForEach(static family => family.Sort());
        return db.NewBatch(count, [.. used.Select(family => family.Records)], used.Sum(family => family.Bytes));
    }

    private FamilyRows Rows(ColumnFamily family) => _families[(int)family] ??= new FamilyRows(family);

    /// <summary>The start of a key as numbers, for comparing, and where the row and its key are.</summary>
    private readonly record struct Entry(ulong High, ulong Low, int At, int Size, int KeyAt, int KeySize);

    private readonly struct ByKey(byte[] records) : IComparer<Entry>
    {
        public int Compare(Entry x, Entry y)
        {
            if (x.High != y.High) return x.High < y.High ? -1 : 1;
            if (x.Low != y.Low) return x.Low < y.Low ? -1 : 1;
            return records.AsSpan(x.KeyAt, x.KeySize).SequenceCompareTo(records.AsSpan(y.KeyAt, y.KeySize));
        }
    }

    /// <summary>The rows of one column family.</summary>
    private sealed class FamilyRows(ColumnFamily family)
    {
        private byte[] _records = new byte[512];
        private int _length;
        private bool _isSorted = true;
        private int _lastKeyAt;
        private int _lastKeySize;

        internal int Count { get; private set; }

        /// <summary>Size of keys and values.</summary>
        internal long Bytes { get; private set; }

        internal ReadOnlyMemory<byte> Records => _records.AsMemory(0, _length);

        internal void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
        {
            Grow(BatchRecords.MaxSize(key.Length, value.Length));
            _isSorted = _isSorted && (Count == 0 || _records.AsSpan(_lastKeyAt, _lastKeySize).SequenceCompareTo(key) < 0);
            var size = BatchRecords.Write(_records.AsSpan(_length), family, key, value, out var keyAt);
            (_lastKeyAt, _lastKeySize) = (_length + keyAt, key.Length);
            _length += size;
            Bytes += key.Length + value.Length;
            Count++;
        }

        internal void Reserve(long bytes)
        {
            var needed = Math.Min(Array.MaxLength, _length + bytes);
            if (needed > _records.Length) Resize((int)needed);
        }

        /// <summary>Puts the rows in order of key. Those that came in order stay where they are.</summary>
        internal void Sort()
        {
            if (_isSorted) return;
            var order = new ByKey(_records);
            var entries = Entries();
            entries.AsSpan().Sort(order);
            var sorted = GC.AllocateUninitializedArray<byte>(_length);
            var end = 0;
            for (var i = 0; i < entries.Length; i++)
            {
                ref readonly var entry = ref entries[i];
                if (i > 0) Invariant.Require(order.Compare(entries[i - 1], entry) < 0, "a commit writes each row once");
                _records.AsSpan(entry.At, entry.Size).CopyTo(sorted.AsSpan(end));
                end += entry.Size;
            }

            (_records, _isSorted) = (sorted, true);
        }

        private Entry[] Entries()
        {
            var entries = new Entry[Count];
            var at = 0;
            for (var i = 0; i < entries.Length; i++)
            {
                var (keyAt, keySize, size) = BatchRecords.Measure(_records.AsSpan(at));
                var key = _records.AsSpan(at + keyAt, keySize);
                entries[i] = new Entry(Number(key), Number(key[Math.Min(sizeof(ulong), keySize)..]), at, size, at + keyAt, keySize);
                at += size;
            }

            return entries;
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

        private void Grow(long size)
        {
            var needed = _length + size;
            if (needed <= _records.Length) return;
            if (needed > Array.MaxLength)
                throw new StoreException("The commit is too large for one write. Split it into several transactions.");
            Resize((int)Math.Min(Array.MaxLength, Math.Max(needed, _records.Length * 2L)));
        }

        private void Resize(int size)
        {
            var records = GC.AllocateUninitializedArray<byte>(size);
            _records.AsSpan(0, _length).CopyTo(records);
            _records = records;
        }
    }
}
