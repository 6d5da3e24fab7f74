using System.Globalization;

namespace Map.Wasm.Tests.Specification;

/// <summary>Values of scripts as values of the engine.</summary>
internal static class SpecValues
{
    private static readonly Dictionary<string, object> Externs = [];

    public static object? ToObject(SpecValue value) => value.Type switch
    {
        "i32" => unchecked((int)uint.Parse(value.Value!, CultureInfo.InvariantCulture)),
        "i64" => unchecked((long)ulong.Parse(value.Value!, CultureInfo.InvariantCulture)),
        "f32" => BitConverter.UInt32BitsToSingle(uint.Parse(value.Value!, CultureInfo.InvariantCulture)),
        "f64" => BitConverter.UInt64BitsToDouble(ulong.Parse(value.Value!, CultureInfo.InvariantCulture)),
        "externref" => value.Value == "null" ? null : Extern(value.Value!),
        "funcref" when value.Value == "null" => null,
        _ => throw new FormatException($"{value.Type} {value.Value}"),
    };

    public static bool Matches(SpecValue expected, object? actual) => (expected.Type, expected.Value) switch
    {
        ("f32", "nan:canonical") => actual is float f && (BitConverter.SingleToUInt32Bits(f) & 0x7FFF_FFFF) == 0x7FC0_0000,
        ("f32", "nan:arithmetic") => actual is float f && (BitConverter.SingleToUInt32Bits(f) & 0x7FC0_0000) == 0x7FC0_0000,
        ("f64", "nan:canonical") => actual is double d && (BitConverter.DoubleToUInt64Bits(d) & 0x7FFF_FFFF_FFFF_FFFF) == 0x7FF8_0000_0000_0000,
        ("f64", "nan:arithmetic") => actual is double d && (BitConverter.DoubleToUInt64Bits(d) & 0x7FF8_0000_0000_0000) == 0x7FF8_0000_0000_0000,
        ("f32", _) => actual is float f && BitConverter.SingleToUInt32Bits(f) == uint.Parse(expected.Value!, CultureInfo.InvariantCulture),
        ("f64", _) => actual is double d && BitConverter.DoubleToUInt64Bits(d) == ulong.Parse(expected.Value!, CultureInfo.InvariantCulture),
        ("funcref", null) => actual is Function,
        ("externref", null) => actual is not null,
        _ => Equals(ToObject(expected), actual),
    };

    private static object Extern(string name)
    {
        lock (Externs) return Externs.TryGetValue(name, out var known) ? known : Externs[name] = $"extern {name}";
    }
}
