using System.Collections.Immutable;
using Map.Core.Values;

namespace Map.Core.Types;

/// <summary>
/// Gives a value the kind that its type names, where nothing is lost by it: what JSON can write only as text or as a
/// number. A value that does not fit stays as it is, for validation to report.
/// </summary>
public static class ValueConversion
{
    // Whole numbers up to 2^53 are exact as doubles (IEEE 754 binary64).
    private const long ExactWhole = 1L << 53;

    /// <summary>Converts.</summary>
    public static BaseValue Convert(BaseValue value, ValueRule rule) => (value, rule.Kind) switch
    {
        (IntegerValue { Value: >= -ExactWhole and <= ExactWhole } number, ValueKind.Double) => new DoubleValue(number.Value),
        (StringValue text, ValueKind.Enum) when rule.Variants.Contains(text.Value) => new EnumValue(text.Value),
        (StringValue text, ValueKind.Timestamp) => TimestampText.Read(text.Value) ?? value,
        (StringValue text, ValueKind.Bytes) => ReadBase64(text.Value) ?? value,
        (ArrayValue array, ValueKind.Array) when rule.Items is { Kind: not null } items => Convert(array, items),
        _ => value,
    };

    private static ArrayValue Convert(ArrayValue array, ValueRule items)
    {
        if (array.Items.IsEmpty || array.Items[0].Kind == items.Kind) return array;
        var converted = array.Items.Select(item => Convert(item, items)).ToImmutableArray();
        // Items of a list are of one kind.
        return converted.All(item => item.Kind == items.Kind) ? new ArrayValue(converted) : array;
    }

    internal static BytesValue? ReadBase64(string text)
    {
        var bytes = new byte[text.Length];
        return System.Convert.TryFromBase64String(text, bytes, out var count) ? new BytesValue([.. bytes.AsSpan(0, count)]) : null;
    }
}
