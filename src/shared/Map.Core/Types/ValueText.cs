using System.Globalization;
using Map.Core.Values;

namespace Map.Core.Types;

/// <summary>Values in words and figures, for messages and templates.</summary>
public static class ValueText
{
    private const int MaxShown = 60;

    /// <summary>A value as a message shows it, cut where it is long.</summary>
    public static string Show(BaseValue value) => value switch
    {
        StringValue or EnumValue => $"\"{Cut(Of(value))}\"",
        ArrayValue array => $"[{Cut(string.Join(", ", array.Items.Take(MaxShown).Select(Show)))}]",
        BytesValue bytes => Count(bytes.Value.Length, "byte"),
        _ => Of(value),
    };

    /// <summary>A value as plain text: numbers as the invariant culture has them, moments as RFC 3339.</summary>
    public static string Of(BaseValue? value) => value switch
    {
        null => "none",
        StringValue text => text.Value,
        EnumValue variant => variant.Variant,
        BooleanValue flag => flag.Value ? "true" : "false",
        IntegerValue number => number.Value.ToString(CultureInfo.InvariantCulture),
        DoubleValue number => number.Value.ToString("R", CultureInfo.InvariantCulture),
        TimestampValue moment => TimestampText.Of(moment),
        BytesValue bytes => Convert.ToBase64String(bytes.Value.AsSpan()),
        ArrayValue array => string.Join(", ", array.Items.Select(Of)),
        _ => value.ToString()!,
    };

    /// <summary>A number of things in words.</summary>
    public static string Count(long count, string what) => count switch
    {
        0 => $"no {what}s",
        1 => $"1 {what}",
        _ => $"{count:N0} {what}s",
    };

    /// <summary>What a kind of value is called.</summary>
    public static string NameOf(ValueKind kind) => kind switch
    {
        ValueKind.String => "text",
        ValueKind.Boolean => "true or false",
        ValueKind.Integer => "a whole number",
        ValueKind.Double => "a number",
        ValueKind.Enum => "a name of a variant",
        ValueKind.Bytes => "bytes",
        ValueKind.Timestamp => "a moment, say 2026-03-02T10:15:00Z",
        ValueKind.Array => "a list",
        _ => kind.ToString(),
    };

    private static string Cut(string text) => text.Length <= MaxShown ? text : text[..MaxShown] + "…";
}
