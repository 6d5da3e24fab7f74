using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Map.Core.Identity;

/// <summary>
/// Identity of a holon inside its space, the same for all its versions: 16 bytes in network order. Holons have a
/// UUIDv7, so that ids sort by creation; a relationship that no type declares has a UUIDv8 made from its name
/// (RFC 9562, sections 5.7 and 5.8).
/// </summary>
/// <param name="Value">The 16 bytes as one big-endian number.</param>
public readonly record struct LocalId(UInt128 Value) : IComparable<LocalId>
{
    /// <summary>Size in bytes.</summary>
    public const int Size = 16;

    private const int VersionShift = 76;
    private const int VariantShift = 62;

    /// <summary>Whether this was made by <see cref="OfName"/> rather than for a holon.</summary>
    public bool IsOfName => (byte)(Value >> VersionShift & 0xf) == 8;

    /// <summary>Reads 16 bytes.</summary>
    /// <exception cref="ArgumentException">Not 16 bytes.</exception>
    public static LocalId Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size) throw new ArgumentException($"An id has {Size} bytes, not {bytes.Length}.", nameof(bytes));
        return new LocalId(BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }

    /// <summary>The id of a relationship that no type declares: a hash of its canonical name.</summary>
    public static LocalId OfName(string name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), hash);
        var bits = BinaryPrimitives.ReadUInt128BigEndian(hash);
        bits = bits & ~((UInt128)0xf << VersionShift) | (UInt128)8 << VersionShift;
        bits = bits & ~((UInt128)0x3 << VariantShift) | (UInt128)2 << VariantShift;
        return new LocalId(bits);
    }

    /// <summary>Writes the 16 bytes.</summary>
    public void Write(Span<byte> destination) => BinaryPrimitives.WriteUInt128BigEndian(destination, Value);

    /// <summary>The id as a UUID.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        Write(bytes);
        return new Guid(bytes, bigEndian: true).ToString();
    }

    /// <inheritdoc/>
    public int CompareTo(LocalId other) => Value.CompareTo(other.Value);
}
