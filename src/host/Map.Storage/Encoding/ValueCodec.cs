using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Map.Core.Values;

namespace Map.Storage.Encoding;

/// <summary>Property values as bytes: the kind, then the content.</summary>
internal static class ValueCodec
{
    /// <summary>The shortest property: a name of one byte and a boolean.</summary>
    internal const int MinPropertySize = 4;
    private const int MinItemSize = 2;

    internal static void Write(ByteWriter target, PropertyMap properties)
    {
        target.Count(properties.Count);
        foreach (var (name, value) in properties.AsSpan())
        {
            target.Text(name);
            Write(target, value, isItem: false);
        }
    }

    internal static PropertyMap Read(ref ByteReader source, PropertyChoice? wanted = null)
    {
        if (wanted is not null) return wanted.Read(ref source);
        var count = source.Items(MinPropertySize - 1);
        if (count == 0) return PropertyMap.Empty;
        var entries = new KeyValuePair<string, BaseValue>[count];
        for (var i = 0; i < entries.Length; i++)
        {
            var name = NameCache.Get(source.TextBytes());
            if (i > 0 && string.CompareOrdinal(entries[i - 1].Key, name) >= 0) source.Damaged("property names do not rise");
            entries[i] = new(name, ReadValue(ref source, isItem: false));
        }

        return PropertyMap.FromSorted(entries);
    }

    /// <summary>The UTF-8 bytes of the key, or none, without making anything else of the properties.</summary>
    internal static ReadOnlySpan<byte> FindKey(scoped ref ByteReader source)
    {
        var count = source.Items(MinPropertySize - 1);
        for (var i = 0; i < count; i++)
        {
            var isKey = source.TextBytes().SequenceEqual("Key"u8);
            var kind = (ValueKind)source.Byte();
            if (isKey) return kind == ValueKind.String ? source.TextBytes() : default;
            Skip(ref source, kind, isItem: false);
        }

        return default;
    }

    private static void Write(ByteWriter target, BaseValue value, bool isItem)
    {
        target.Byte((byte)value.Kind);
        switch (value)
        {
            case StringValue text: target.Text(text.Value); break;
            case EnumValue variant: target.Text(variant.Variant); break;
            case BooleanValue boolean: target.Byte(boolean.Value ? (byte)1 : (byte)0); break;
            case IntegerValue integer: target.Signed(integer.Value); break;
            case TimestampValue timestamp: target.Signed(timestamp.UnixMicros); break;
            case DoubleValue number: target.Fixed64(BitConverter.DoubleToUInt64Bits(number.Value)); break;
            case BytesValue bytes:
                target.Count(bytes.Value.Length);
                target.Bytes(bytes.Value.AsSpan());
                break;
            case ArrayValue array:
                Invariant.Require(!isItem, "arrays hold scalars");
                target.Count(array.Items.Length);
                foreach (var item in array.Items) Write(target, item, isItem: true);
                break;
            default: throw new InvalidOperationException($"Values of kind {value.Kind} cannot be saved.");
        }
    }

    internal static BaseValue ReadValue(ref ByteReader source, bool isItem)
    {
        var kind = (ValueKind)source.Byte();
        switch (kind)
        {
            case ValueKind.String: return new StringValue(source.Text());
            case ValueKind.Enum: return new EnumValue(source.Text());
            case ValueKind.Boolean: return new BooleanValue(ReadBoolean(ref source));
            case ValueKind.Integer: return new IntegerValue(source.Signed());
            case ValueKind.Timestamp: return new TimestampValue(source.Signed());
            case ValueKind.Double: return new DoubleValue(BitConverter.UInt64BitsToDouble(source.Fixed64()));
            case ValueKind.Bytes:
                return new BytesValue(ImmutableCollectionsMarshal.AsImmutableArray(source.Block().ToArray()));
            case ValueKind.Array when !isItem: return ReadArray(ref source);
            default:
                source.Damaged($"it has a value of kind {(byte)kind}");
                return null;
        }
    }

    private static ArrayValue ReadArray(ref ByteReader source)
    {
        var items = new BaseValue[source.Items(MinItemSize)];
        for (var i = 0; i < items.Length; i++) items[i] = ReadValue(ref source, isItem: true);
        return new ArrayValue(ImmutableCollectionsMarshal.AsImmutableArray(items));
    }

    private static bool ReadBoolean(ref ByteReader source)
    {
        var value = source.Byte();
        if (value > 1) source.Damaged("a boolean is neither true nor false");
        return value == 1;
    }

    internal static void Skip(ref ByteReader source, ValueKind kind, bool isItem)
    {
        switch (kind)
        {
            case ValueKind.String or ValueKind.Enum or ValueKind.Bytes: source.Block(); break;
            case ValueKind.Boolean: source.Byte(); break;
            case ValueKind.Integer or ValueKind.Timestamp: source.Varint(); break;
            case ValueKind.Double: source.Fixed64(); break;
            case ValueKind.Array when !isItem:
                var count = source.Items(MinItemSize);
                for (var i = 0; i < count; i++) Skip(ref source, (ValueKind)source.Byte(), isItem: true);
                break;
            default: source.Damaged($"it has a value of kind {(byte)kind}"); break;
        }
    }
}
