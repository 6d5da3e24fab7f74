using System.Buffers.Binary;
using System.Text;
using Map.Core.Identity;

namespace Map.Storage.Encoding;

/// <summary>A growing buffer for values. Kept and cleared rather than made anew.</summary>
internal sealed class ByteWriter
{
    private const int MaxVarintSize = 10;
    private const int DefaultCapacity = 256;

    // Text that is not well-formed must never be saved as something else.
    private static readonly UTF8Encoding _strictUtf8 =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private byte[] _buffer;

    /// <summary>An empty buffer.</summary>
    /// <param name="capacity">How many bytes it takes before it grows.</param>
    internal ByteWriter(int capacity = DefaultCapacity) => _buffer = new byte[capacity];

    /// <summary>How many bytes were written since the last clearing.</summary>
    internal int Length { get; private set; }

    /// <summary>What was written, until the next write.</summary>
    internal ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    internal void Clear() => Length = 0;

    internal void Byte(byte value) => Reserve(1)[0] = value;

    internal void Bytes(ReadOnlySpan<byte> value) => value.CopyTo(Reserve(value.Length));

    /// <summary>Seven bits per byte, the low ones first.</summary>
    internal void Varint(ulong value)
    {
        var target = Space(MaxVarintSize);
        var length = 0;
        while (value >= 0x80)
        {
            target[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        target[length++] = (byte)value;
        Length += length;
    }

    /// <summary>A number that is never negative.</summary>
    internal void Count(long value)
    {
        Invariant.Require(value >= 0, "counts and commit numbers are not negative");
        Varint((ulong)value);
    }

    /// <summary>A signed number; small ones of either sign are short.</summary>
    internal void Signed(long value) => Varint((ulong)(value << 1 ^ value >> 63));

    internal void Id(LocalId value) => value.Write(Reserve(LocalId.Size));

    internal void Fixed64(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Reserve(sizeof(ulong)), value);

    /// <summary>Length in bytes, then UTF-8.</summary>
    /// <exception cref="ArgumentException">The text is not well-formed UTF-16.</exception>
    internal void Text(string value)
    {
        var length = _strictUtf8.GetByteCount(value);
        Count(length);
        _strictUtf8.GetBytes(value, Reserve(length));
    }

    private Span<byte> Reserve(int count)
    {
        var space = Space(count);
        Length += count;
        return space[..count];
    }

    private Span<byte> Space(int count)
    {
        if (_buffer.Length - Length < count)
            Array.Resize(ref _buffer, (int)Math.Min(Array.MaxLength, Math.Max(2L * _buffer.Length, (long)Length + count)));
        return _buffer.AsSpan(Length);
    }
}
