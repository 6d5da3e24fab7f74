using System.Buffers.Binary;
using System.Text;

namespace Map.Wasm.Binary;

/// <summary>Reads the primitives of the binary format, and refuses what is cut off or encoded in too many bytes.</summary>
internal sealed class ByteCursor(byte[] bytes, int position, int end)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public byte[] Bytes { get; } = bytes;

    public int Position { get; set; } = position;

    public int End { get; } = end;

    public bool IsAtEnd => Position >= End;

    public byte ReadByte() => Position < End ? Bytes[Position++] : throw CutOff();

    public uint ReadU32() => (uint)ReadUnsigned(32);

    public int ReadS32() => (int)ReadSigned(32);

    public long ReadS33() => ReadSigned(33);

    public long ReadS64() => ReadSigned(64);

    public uint ReadFixed32() => BinaryPrimitives.ReadUInt32LittleEndian(ReadBytes(4));

    public ulong ReadFixed64() => BinaryPrimitives.ReadUInt64LittleEndian(ReadBytes(8));

    public ReadOnlySpan<byte> ReadBytes(uint count) => Bytes.AsSpan(Skip(count), (int)count);

    /// <summary>Passes over bytes and returns where they start.</summary>
    public int Skip(uint count)
    {
        if (count > (uint)(End - Position)) throw CutOff();
        var start = Position;
        Position += (int)count;
        return start;
    }

    /// <summary>A cursor over the next bytes, which this one passes over.</summary>
    public ByteCursor Slice(uint count)
    {
        var start = Skip(count);
        return new ByteCursor(Bytes, start, Position);
    }

    public string ReadName(int maxBytes)
    {
        var offset = Position;
        var length = ReadU32();
        if (length > (uint)(End - Position)) throw ModuleException.Malformed(offset, "length out of bounds");
        if (length > maxBytes) throw ModuleException.TooMany(offset, "bytes in a name", length, maxBytes);
        try
        {
            return StrictUtf8.GetString(ReadBytes(length));
        }
        catch (DecoderFallbackException)
        {
            throw ModuleException.Malformed(offset, "malformed UTF-8 encoding");
        }
    }

    /// <summary>The number of entries that follow; refused when it exceeds a limit.</summary>
    public int ReadCount(string what, long limit, long already = 0)
    {
        var offset = Position;
        var count = ReadU32();
        if (count + already > limit) throw ModuleException.TooMany(offset, what, count + already, limit);
        if (count > (uint)(End - Position)) throw ModuleException.Malformed(offset, $"length out of bounds: {count} {what}");
        return (int)count;
    }

    private ulong ReadUnsigned(int bits)
    {
        var offset = Position;
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = ReadByte();
            var left = bits - shift;
            if (left < 7 && (next & 0x7F) >> left != 0) throw TooLarge(offset, next, left);
            value |= (ulong)(next & 0x7F) << shift;
            if ((next & 0x80) == 0) return value;
            if (left <= 7) throw TooLong(offset);
        }
    }

    private long ReadSigned(int bits)
    {
        var offset = Position;
        long value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = ReadByte();
            var left = bits - shift;
            if (left < 7)
            {
                // The bits beyond the width must repeat the sign.
                var rest = (sbyte)(next << 1) >> left;
                if (rest != 0 && rest != -1) throw TooLarge(offset, next, left);
            }

            value |= (long)(next & 0x7F) << shift;
            if ((next & 0x80) == 0)
            {
                shift += 7;
                return shift < 64 && (next & 0x40) != 0 ? value | (-1L << shift) : value;
            }

            if (left <= 7) throw TooLong(offset);
        }
    }

    private static ModuleException TooLarge(int offset, byte next, int left) =>
        (next & 0x80) != 0 && left <= 7 ? TooLong(offset) : ModuleException.Malformed(offset, "integer too large");

    private static ModuleException TooLong(int offset) => ModuleException.Malformed(offset, "integer representation too long");

    private ModuleException CutOff() => ModuleException.Malformed(Position, "unexpected end");
}
