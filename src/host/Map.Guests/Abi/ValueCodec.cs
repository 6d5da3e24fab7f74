using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using System.Text.Unicode;
using Map.Core.Values;

namespace Map.Guests.Abi;

/// <summary>Values as they pass between guest and host: a tag and what follows, numbers in little-endian order.</summary>
internal static class ValueCodec
{
    private const int TagBytes = 1;
    private const int NumberBytes = sizeof(long);
    private const int LengthBytes = sizeof(int);

    /// <summary>How many bytes a value takes.</summary>
    public static int Size(BaseValue value) => TagBytes + value switch
    {
        StringValue text => Encoding.UTF8.GetByteCount(text.Value),
        EnumValue variant => Encoding.UTF8.GetByteCount(variant.Variant),
        BooleanValue => 1,
        BytesValue bytes => bytes.Value.Length,
        ArrayValue array => array.Items.Sum(item => LengthBytes + Size(item)),
        _ => NumberBytes,
    };

    /// <summary>Writes a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="to">As many bytes as <see cref="Size"/> says.</param>
    public static void Write(BaseValue value, Span<byte> to)
    {
        to[0] = (byte)value.Kind;
        var content = to[TagBytes..];
        switch (value)
        {
            case StringValue text: Encoding.UTF8.GetBytes(text.Value, content); break;
            case EnumValue variant: Encoding.UTF8.GetBytes(variant.Variant, content); break;
            case BooleanValue boolean: content[0] = boolean.Value ? (byte)1 : (byte)0; break;
            case IntegerValue integer: BinaryPrimitives.WriteInt64LittleEndian(content, integer.Value); break;
            case DoubleValue number: BinaryPrimitives.WriteDoubleLittleEndian(content, number.Value); break;
            case TimestampValue moment: BinaryPrimitives.WriteInt64LittleEndian(content, moment.UnixMicros); break;
            case BytesValue bytes: bytes.Value.AsSpan().CopyTo(content); break;
            case ArrayValue array: WriteItems(array, content); break;
        }
    }

    /// <summary>Reads a value that takes all of the bytes; null when they are none.</summary>
    public static BaseValue? Read(ReadOnlySpan<byte> from)
    {
        if (from.IsEmpty) return null;
        var content = from[TagBytes..];
        return (ValueKind)from[0] switch
        {
            ValueKind.String => Utf8.IsValid(content) ? new StringValue(Encoding.UTF8.GetString(content)) : null,
            ValueKind.Enum => Utf8.IsValid(content) ? new EnumValue(Encoding.UTF8.GetString(content)) : null,
            ValueKind.Boolean => content is [0 or 1] ? new BooleanValue(content[0] == 1) : null,
            ValueKind.Bytes => new BytesValue([.. content]),
            ValueKind.Array => ReadItems(content),
            ValueKind.Integer when content.Length == NumberBytes => new IntegerValue(BinaryPrimitives.ReadInt64LittleEndian(content)),
            ValueKind.Double when content.Length == NumberBytes => new DoubleValue(BinaryPrimitives.ReadDoubleLittleEndian(content)),
            ValueKind.Timestamp when content.Length == NumberBytes => new TimestampValue(BinaryPrimitives.ReadInt64LittleEndian(content)),
            _ => null,
        };
    }

    private static void WriteItems(ArrayValue array, Span<byte> to)
    {
        foreach (var item in array.Items)
        {
            var size = Size(item);
            BinaryPrimitives.WriteInt32LittleEndian(to, size);
            Write(item, to.Slice(LengthBytes, size));
            to = to[(LengthBytes + size)..];
        }
    }

    private static ArrayValue? ReadItems(ReadOnlySpan<byte> from)
    {
        var items = ImmutableArray.CreateBuilder<BaseValue>();
        while (!from.IsEmpty)
        {
            if (from.Length < LengthBytes) return null;
            var size = BinaryPrimitives.ReadUInt32LittleEndian(from);
            from = from[LengthBytes..];
            if (size == 0 || size > from.Length || from[0] == (byte)ValueKind.Array) return null;
            if (Read(from[..(int)size]) is not { } item || (items.Count > 0 && items[0].Kind != item.Kind)) return null;
            items.Add(item);
            from = from[(int)size..];
        }

        return new ArrayValue(items.DrainToImmutable());
    }
}
