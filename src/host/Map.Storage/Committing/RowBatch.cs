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
        return db.NewBatch(count, [.. used.SelectMany(family => family.Records)], used.Sum(family => family.Bytes));
    }

    private FamilyRows Rows(ColumnFamily family) => _families[(int)family] ??= new FamilyRows(family);

    /// <summary>The start of a key as numbers, for comparing, and where the row and its key are.</summary>
    private readonly record struct Entry(ulong High, ulong Low, int Block, int At, int Size, int KeyAt, int KeySize);

    private readonly struct ByKey(FamilyRows rows) : IComparer<Entry>
    {
        public int Compare(Entry x, Entry y)
        {
            if (x.High != y.High) return x.High < y.High ? -1 : 1;
            if (x.Low != y.Low) return x.Low < y.Low ? -1 : 1;
            return rows.KeyOf(x).SequenceCompareTo(rows.KeyOf(y));
        }
    }

    /// <summary>The rows of one column family, in blocks: what is there is not copied to make room for more.</summary>
    private sealed class FamilyRows(ColumnFamily family)
    {
        private const int FirstBlockBytes = 512;
        private const int MaxBlockBytes = 1 << 20;

        private List<ArraySegment<byte>> _full = [];
        private byte[] _last = [];
        private int _length;
        private bool _isSorted = true;
        private int _keyAt;
        private int _keySize;

        internal int Count { get; private set; }

        /// <summary>Size of keys and values.</summary>
        internal long Bytes { get; private set; }

        internal IEnumerable<ArraySegment<byte>> Records => _full.Append(new ArraySegment<byte>(_last, 0, _length));

        internal void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
        {
            // Before the key of the row before goes out of sight with its block.
            _isSorted = _isSorted && (Count == 0 || _last.AsSpan(_keyAt, _keySize).SequenceCompareTo(key) < 0);
            MakeRoom(BatchRecords.MaxSize(key.Length, value.Length));
            var size = BatchRecords.Write(_last.AsSpan(_length), family, key, value, out var keyAt);
            (_keyAt, _keySize) = (_length + keyAt, key.Length);
            _length += size;
            Bytes += key.Length + value.Length;
            Count++;
        }

        /// <summary>Puts the rows in order of key. Those that came in order stay where they are.</summary>
        internal void Sort()
        {
            if (_isSorted) return;
            var order = new ByKey(this);
            var entries = Entries();
            entries.AsSpan().Sort(order);
            for (var i = 1; i < entries.Length; i++)
                Invariant.Require(order.Compare(entries[i - 1], entries[i]) < 0, "a commit writes each row once");
            List<ArraySegment<byte>> blocks = [.. Records];
            (_full, _last, _length, _isSorted) = ([], [], 0, true);
            foreach (ref readonly var entry in entries.AsSpan())
            {
                MakeRoom(entry.Size);
                blocks[entry.Block].AsSpan(entry.At, entry.Size).CopyTo(_last.AsSpan(_length));
                _length += entry.Size;
            }
        }

        internal ReadOnlySpan<byte> KeyOf(in Entry entry) =>
            (entry.Block < _full.Count ? _full[entry.Block] : _last).AsSpan(entry.KeyAt, entry.KeySize);

        private Entry[] Entries()
        {
            var entries = new Entry[Count];
            var (count, block) = (0, 0);
            foreach (var rows in Records)
            {
                for (int at = 0, size; at < rows.Count; at += size)
                {
                    (var keyAt, var keySize, size) = BatchRecords.Measure(rows.AsSpan(at));
                    var key = rows.AsSpan(at + keyAt, keySize);
                    entries[count++] = new Entry(
                        Number(key), Number(key[Math.Min(sizeof(ulong), keySize)..]), block, at, size, at + keyAt, keySize);
                }

                block++;
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

        private void MakeRoom(long size)
        {
            if (_last.Length - _length >= size) return;
            if (size > Array.MaxLength || Bytes > Array.MaxLength)
                throw new StoreException("The commit is too large for one write. Split it into several transactions.");
            if (_length > 0) _full.Add(new ArraySegment<byte>(_last, 0, _length));
            var usual = Math.Clamp(2 * _last.Length, FirstBlockBytes, MaxBlockBytes);
            (_last, _length) = (GC.AllocateUninitializedArray<byte>((int)Math.Max(usual, size)), 0);
        }
    }
}
