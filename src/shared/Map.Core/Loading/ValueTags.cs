using System.Globalization;
using System.Text.Json;
using Map.Core.Types;
using Map.Core.Values;

namespace Map.Core.Loading;

/// <summary>
/// How files name the kind of a value where JSON has no form of its own for it: <c>{"$double": "NaN"}</c>. Elsewhere the
/// type of the property tells the kind, or JSON does.
/// </summary>
internal static class ValueTags
{
    private const string Double = "$double";
    private const string Enum = "$enum";
    private const string Bytes = "$bytes";
    private const string Timestamp = "$timestamp";

    // Numbers that JSON cannot write. NaN is the one that JavaScript and WebAssembly make; others are told by their bits.
    private static readonly Dictionary<string, double> _named = new(StringComparer.Ordinal)
    {
        ["NaN"] = BitConverter.Int64BitsToDouble(0x7FF8000000000000),
        ["Infinity"] = double.PositiveInfinity,
        ["-Infinity"] = double.NegativeInfinity,
    };

    /// <summary>All of them, for a message.</summary>
    public static string All => string.Join(", ", Double, Enum, Bytes, Timestamp);

    /// <summary>Whether a field names a kind.</summary>
    public static bool Contains(string tag) => tag is Double or Enum or Bytes or Timestamp;

    /// <summary>What a tag stands for, in words.</summary>
    public static string NameOf(string tag) => tag switch
    {
        Double => "number",
        Enum => "name of a variant",
        Bytes => "base64",
        _ => "moment (RFC 3339, or microseconds)",
    };

    /// <summary>The value of a tag with a text; null where the text means none.</summary>
    public static BaseValue? Read(string tag, string text) => tag switch
    {
        Double => ReadDouble(text),
        Enum => new EnumValue(text),
        Bytes => ValueConversion.ReadBase64(text),
        _ => TimestampText.Read(text),
    };

    /// <summary>The value of a tag with a whole number; null where it means none.</summary>
    public static BaseValue? Read(string tag, long number) => tag switch
    {
        Double => new DoubleValue(number),
        Timestamp => new TimestampValue(number),
        _ => null,
    };

    /// <summary>The value of a tag with a number; null where it means none.</summary>
    public static BaseValue? Read(string tag, double number) => tag == Double && double.IsFinite(number) ? new DoubleValue(number) : null;

    /// <summary>Writes a value of a kind for which there is a tag.</summary>
    public static void Write(Utf8JsonWriter json, BaseValue value)
    {
        json.WriteStartObject();
        switch (value)
        {
            case DoubleValue number:
                json.WriteString(Double, ToText(number.Value));
                break;
            case TimestampValue moment when TimestampText.Read(TimestampText.Of(moment)) != moment:
                json.WriteNumber(Timestamp, moment.UnixMicros);
                break;
            default:
                json.WriteString(value switch { EnumValue => Enum, BytesValue => Bytes, _ => Timestamp }, ValueText.Of(value));
                break;
        }

        json.WriteEndObject();
    }

    private static DoubleValue? ReadDouble(string text)
    {
        if (_named.TryGetValue(text, out var named)) return new DoubleValue(named);
        var isBits = text.StartsWith("0x", StringComparison.Ordinal)
            & long.TryParse(text.AsSpan(Math.Min(2, text.Length)), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits);
        return isBits ? new DoubleValue(BitConverter.Int64BitsToDouble(bits)) : null;
    }

    private static string ToText(double number)
    {
        foreach (var (name, named) in _named)
            if (BitConverter.DoubleToInt64Bits(named) == BitConverter.DoubleToInt64Bits(number)) return name;
        return $"0x{BitConverter.DoubleToInt64Bits(number):X16}";
    }
}
