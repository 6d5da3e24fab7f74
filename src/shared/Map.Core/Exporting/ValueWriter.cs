using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Map.Core.Loading;
using Map.Core.Types;
using Map.Core.Values;

namespace Map.Core.Exporting;

/// <summary>Writes values: plainly where the type of the property makes the same of what JSON says, else with their kind.</summary>
internal static class ValueWriter
{
    /// <summary>Writes a value of a property.</summary>
    public static void Write(Utf8JsonWriter json, BaseValue value, ValueRule rule)
    {
        var isPlain = ValueConversion.Convert(AsRead(value), rule) == value;
        if (value is not ArrayValue array)
        {
            WriteScalar(json, value, isPlain);
            return;
        }

        json.WriteStartArray();
        foreach (var item in array.Items) WriteScalar(json, item, isPlain);
        json.WriteEndArray();
    }

    /// <summary>A value as it is read where nothing tells its kind.</summary>
    private static BaseValue AsRead(BaseValue value) => value switch
    {
        EnumValue or BytesValue or TimestampValue => new StringValue(ValueText.Of(value)),
        ArrayValue array => new ArrayValue(array.Items.Select(AsRead).ToImmutableArray()),
        _ => value,
    };

    private static void WriteScalar(Utf8JsonWriter json, BaseValue value, bool isPlain)
    {
        switch (value)
        {
            case StringValue text:
                json.WriteStringValue(text.Value);
                break;
            case BooleanValue flag:
                json.WriteBooleanValue(flag.Value);
                break;
            case IntegerValue number:
                json.WriteNumberValue(number.Value);
                break;
            case DoubleValue number when double.IsFinite(number.Value):
                json.WriteRawValue(ToText(number.Value), skipInputValidation: true);
                break;
            case EnumValue or BytesValue or TimestampValue when isPlain:
                json.WriteStringValue(ValueText.Of(value));
                break;
            default:
                ValueTags.Write(json, value);
                break;
        }
    }

    /// <summary>The shortest text that is read as this number, and not as a whole one.</summary>
    private static string ToText(double number)
    {
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().IndexOfAny('.', 'E') < 0 ? text + ".0" : text;
    }
}
