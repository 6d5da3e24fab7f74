using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text.Unicode;
using Map.Core.Identity;
using Map.Core.Services;

namespace Map.Storage.Encoding;

/// <summary>
/// Reads a value. Trusts nothing: whatever the bytes are, the outcome is a value or a <see cref="StoreException"/>, and
/// nothing is allocated that the bytes present cannot fill.
/// </summary>
/// <param name="bytes">The value.</param>
/// <param name="what">What it is, for messages: "node row".</param>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes, string what)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>How many bytes were read.</summary>
    internal int Position { get; private set; }

    /// <summary>How many bytes are left.</summary>
    internal readonly int Remaining => _bytes.Length - Position;

    internal byte Byte() => Bytes(1)[0];

    internal ReadOnlySpan<byte> Bytes(int count)
    {
        if (count < 0 || count > Remaining) Damaged("it ends early");
        var span = _bytes.Slice(Position, count);
        Position += count;
        return span;
    }

    /// <summary>All that is left.</summary>
    internal ReadOnlySpan<byte> Rest() => Bytes(Remaining);

    internal ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Byte();
            if (shift == 63 && part > 1) Damaged("a number is too long");
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80) return value;
        }

        Damaged("a number is too long");
        return 0;
    }

    /// <summary>A number that is never negative.</summary>
    internal long Count()
    {
        var value = Varint();
        if (value > long.MaxValue) Damaged("a count is out of range");
        return (long)value;
    }

    /// <summary>How many items follow, none shorter than a size.</summary>
    internal int Items(int minItemSize)
    {
        var count = Varint();
        if (count > (ulong)(Remaining / minItemSize)) Damaged("a count exceeds what follows");
        return (int)count;
    }

    internal long Signed()
    {
        var value = Varint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    internal LocalId Id() => LocalId.Read(Bytes(LocalId.Size));

    internal ulong Fixed64() => BinaryPrimitives.ReadUInt64BigEndian(Bytes(sizeof(ulong)));

    /// <summary>Bytes after their length.</summary>
    internal ReadOnlySpan<byte> Block() => Bytes(Items(1));

    /// <summary>The UTF-8 bytes of a text, after their length.</summary>
    internal ReadOnlySpan<byte> TextBytes()
    {
        var text = Block();
        if (!Utf8.IsValid(text)) Damaged("a text is not UTF-8");
        return text;
    }

    internal string Text() => System.Text.Encoding.UTF8.GetString(TextBytes());

    /// <summary>Reads a value's first byte, whose low half is the version of its encoding.</summary>
    /// <param name="version">The version that this program writes.</param>
    /// <param name="knownFlags">The bits of the high half that it knows.</param>
    /// <returns>The flags.</returns>
    internal byte Header(byte version, byte knownFlags)
    {
        var header = Byte();
        if ((header & 0x0f) != version || (header & 0xf0 & ~knownFlags) != 0)
            Damaged($"its header is {header:x2}, which this version does not know");
        return (byte)(header & 0xf0);
    }

    /// <summary>Throws when anything is left.</summary>
    internal readonly void End()
    {
        if (Remaining != 0) Damaged("it goes on after its end");
    }

    /// <summary>Reports damage.</summary>
    [DoesNotReturn]
    internal readonly void Damaged(string how) => throw new StoreException(
        $"A {what} is damaged at byte {Position} of {_bytes.Length}: {how}. Restore the space from a backup.");
}
