using System.Buffers.Binary;

namespace Map.Storage.Native;

/// <summary>
/// Rows as they stand in the representation of a native batch, so that many can be handed over at once. RocksDB tells
/// of the format at the top of its db/write_batch.cc (the same from 2.8 on; it is that of the log, too): a sequence
/// number (8 bytes, of which the writer takes care), the number of rows (4, little-endian), then the rows, each its kind
/// (1 byte), varint column family, varint length and bytes of the key, and the same of the value.
/// </summary>
internal static class BatchRecords
{
    /// <summary>Size of what stands before the rows.</summary>
    internal const int HeaderSize = sizeof(ulong) + sizeof(uint);

    private const byte ColumnFamilyValue = 5;
    private const int MaxVarintSize = 5;

    /// <summary>The most bytes that a row takes.</summary>
    internal static long MaxSize(int key, int value) => 1 + 3 * MaxVarintSize + (long)key + value;

    internal static void WriteHeader(Span<byte> target, int rows)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(target, 0);
        BinaryPrimitives.WriteInt32LittleEndian(target[sizeof(ulong)..], rows);
    }

    /// <summary>Writes a row.</summary>
    /// <param name="target">Where; it has room for <see cref="MaxSize"/>.</param>
    /// <param name="family">The column family.</param>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="keyAt">Where the key starts in the row.</param>
    /// <returns>The size of the row.</returns>
    internal static int Write(
        Span<byte> target, ColumnFamily family, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, out int keyAt)
    {
        target[0] = ColumnFamilyValue;
        var size = 1 + WriteVarint(target[1..], (int)family);
        size += WriteVarint(target[size..], key.Length);
        keyAt = size;
        key.CopyTo(target[size..]);
        size += key.Length;
        size += WriteVarint(target[size..], value.Length);
        value.CopyTo(target[size..]);
        return size + value.Length;
    }

    /// <summary>Finds the key in a row, and the row's size.</summary>
    internal static (int KeyAt, int KeySize, int Size) Measure(ReadOnlySpan<byte> row)
    {
        var at = 1;
        ReadVarint(row, ref at);
        var keySize = ReadVarint(row, ref at);
        var keyAt = at;
        at += keySize;
        var valueSize = ReadVarint(row, ref at);
        return (keyAt, keySize, at + valueSize);
    }

    private static int WriteVarint(Span<byte> target, int value)
    {
        var size = 0;
        for (; value >= 0x80; value >>= 7) target[size++] = (byte)(value | 0x80);
        target[size++] = (byte)value;
        return size;
    }

    private static int ReadVarint(ReadOnlySpan<byte> source, ref int at)
    {
        var value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = source[at++];
            value |= (next & 0x7f) << shift;
            if (next < 0x80) return value;
        }
    }
}
