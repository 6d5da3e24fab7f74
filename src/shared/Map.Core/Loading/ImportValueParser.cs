using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Map.Core.Errors;
using Map.Core.Values;

namespace Map.Core.Loading;

/// <summary>Parses property values, typed by their JSON kind.</summary>
/// <param name="text">Reads strings.</param>
/// <param name="report">Takes code, offset in bytes, message and property of an error.</param>
internal sealed class ImportValueParser(ImportText text, Action<HolonErrorCode, long, string, string?> report)
{
    private static readonly BooleanValue _true = new(true);
    private static readonly BooleanValue _false = new(false);

    /// <summary>The value, or null when it was reported as wrong. The reader ends on the value's last token.</summary>
    public BaseValue? Parse(ref Utf8JsonReader reader, string property) =>
        reader.TokenType == JsonTokenType.StartArray ? ParseArray(ref reader, property) : ParseScalar(ref reader, property);

    private ArrayValue? ParseArray(ref Utf8JsonReader reader, string property)
    {
        var offset = reader.TokenStartIndex;
        var items = ImmutableArray.CreateBuilder<BaseValue>();
        var isWhole = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (ParseScalar(ref reader, property) is { } item) items.Add(item);
            else isWhole = false;
        }

        if (!isWhole) return null;
        if (items.Any(item => item is DoubleValue)) Widen(items);
        if (items.All(item => item.Kind == items[0].Kind)) return new ArrayValue(items.ToImmutable());
        report(HolonErrorCode.ValueKindMismatch, offset, $"The items of \"{property}\" must be of one kind.", property);
        return null;
    }

    /// <summary>In an array with fractions, whole numbers are doubles too.</summary>
    private static void Widen(ImmutableArray<BaseValue>.Builder items)
    {
        for (var i = 0; i < items.Count; i++)
            if (items[i] is IntegerValue whole) items[i] = new DoubleValue(whole.Value);
    }

    private BaseValue? ParseScalar(ref Utf8JsonReader reader, string property)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return new StringValue(text.Read(ref reader));
            case JsonTokenType.True or JsonTokenType.False:
                return reader.GetBoolean() ? _true : _false;
            case JsonTokenType.Number:
                return ParseNumber(ref reader, property);
            case JsonTokenType.StartObject:
                return ParseTagged(ref reader, property);
            case JsonTokenType.Null:
                report(HolonErrorCode.ImportNullValue, reader.TokenStartIndex, $"The property \"{property}\" is null. Leave it out instead.", property);
                return null;
            default:
                report(HolonErrorCode.ImportFormat, reader.TokenStartIndex, $"The property \"{property}\" must be a scalar or an array of scalars.", property);
                reader.Skip();
                return null;
        }
    }

    /// <summary>A value that names its kind: an object of one field.</summary>
    private BaseValue? ParseTagged(ref Utf8JsonReader reader, string property)
    {
        var offset = reader.TokenStartIndex;
        Invariant.Holds(reader.Read());
        var tag = reader.TokenType == JsonTokenType.PropertyName ? text.Read(ref reader) : "";
        if (!ValueTags.Contains(tag))
        {
            report(HolonErrorCode.ImportFormat, offset, $"The property \"{property}\" must be a scalar, an array of scalars, or an object of one field: {ValueTags.All}.", property);
            PassOver(ref reader);
            return null;
        }

        Invariant.Holds(reader.Read());
        var at = reader.TokenStartIndex;
        var value = reader.TokenType switch
        {
            JsonTokenType.String => ValueTags.Read(tag, text.Read(ref reader)),
            JsonTokenType.Number when reader.TryGetInt64(out var whole) => ValueTags.Read(tag, whole),
            JsonTokenType.Number when reader.TryGetDouble(out var number) => ValueTags.Read(tag, number),
            _ => null,
        };
        if (value is null) report(HolonErrorCode.ValueKindMismatch, at, $"The property \"{property}\" has no {ValueTags.NameOf(tag)} in its \"{tag}\".", property);
        reader.Skip();
        Invariant.Holds(reader.Read());
        if (reader.TokenType == JsonTokenType.EndObject) return value;
        report(HolonErrorCode.ImportFormat, reader.TokenStartIndex, $"The value of \"{property}\" has one field, \"{tag}\".", property);
        PassOver(ref reader);
        return null;
    }

    /// <summary>Goes to the end of the object of which a field's name, or the end, was read.</summary>
    private static void PassOver(ref Utf8JsonReader reader)
    {
        while (reader.TokenType != JsonTokenType.EndObject)
        {
            reader.Skip();
            Invariant.Holds(reader.Read());
        }
    }

    private BaseValue? ParseNumber(ref Utf8JsonReader reader, string property)
    {
        if (reader.TryGetInt64(out var whole)) return new IntegerValue(whole);
        var isFraction = reader.ValueSpan.IndexOfAny((byte)'.', (byte)'e', (byte)'E') >= 0;
        if (isFraction && reader.TryGetDouble(out var number) && double.IsFinite(number)) return new DoubleValue(number);
        report(HolonErrorCode.ValueOutOfRange, reader.TokenStartIndex, $"The number of \"{property}\" is out of range.", property);
        return null;
    }
}

/// <summary>
/// Reads strings of one import file. Most of them repeat (names of fields and properties, keys that are referred to),
/// so those read last are kept: a load makes fewer of them, and its holons share them.
/// </summary>
internal sealed class ImportText
{
    // More would share more, but young texts in an old array cost each collection a look through it.
    private const int Slots = 4096;
    private const int MaxSharedLength = 64;

    private readonly string?[] _last = new string?[Slots];

    /// <summary>The string at the reader.</summary>
    /// <exception cref="ImportTextException">It is not well-formed Unicode, which the reader finds out only here.</exception>
    public string Read(ref Utf8JsonReader reader)
    {
        var utf8 = reader.ValueSpan;
        if (reader.ValueIsEscaped || utf8.Length > MaxSharedLength) return Decode(ref reader);
        ref var slot = ref _last[SlotOf(utf8)];
        // Bytes that equal ASCII text are that text; what is not ASCII never equals and is decoded.
        return slot is not null && Ascii.Equals(utf8, slot) ? slot : slot = Decode(ref reader);
    }

    private static string Decode(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new ImportTextException(reader.TokenStartIndex);
        }
    }

    private static int SlotOf(ReadOnlySpan<byte> utf8)
    {
        var hash = default(HashCode);
        hash.AddBytes(utf8);
        return hash.ToHashCode() & (Slots - 1);
    }
}

/// <summary>Text that is not well-formed Unicode.</summary>
/// <param name="offset">Where it stands, in bytes.</param>
internal sealed class ImportTextException(long offset) : Exception("The text is not well-formed Unicode.")
{
    public long Offset => offset;
}
