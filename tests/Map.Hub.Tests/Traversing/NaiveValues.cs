using System.Globalization;
using System.Numerics;
using System.Text;
using Google.Protobuf;
using Map.V1;
using Kind = Map.V1.BaseValue.KindOneofCase;

namespace Map.Hub.Tests.Traversing;

/// <summary>How values compare, by the contract of the messages.</summary>
internal static class NaiveValues
{
    /// <summary>Whether a comparison holds of a holon.</summary>
    public static bool Holds(PropertyComparison asked, GraphHolon holon)
    {
        if (!holon.Properties.TryGetValue(asked.Name, out var value)) return false;
        var values = asked.Values.Select(each => Convert(each, value.KindCase)).ToList();
        return asked.Comparison switch
        {
            Comparison.Exists => true,
            Comparison.Equal => AreEqual(value, values[0]),
            Comparison.NotEqual => !AreEqual(value, values[0]),
            Comparison.OneOf => values.Any(each => AreEqual(value, each)),
            Comparison.StartsWith =>
                value.KindCase == Kind.StringValue && value.StringValue.StartsWith(values[0].StringValue, StringComparison.Ordinal),
            Comparison.Contains => Contains(value, values[0]),
            _ => IsOrderedAs(asked.Comparison, value, values[0]),
        };
    }

    /// <summary>The order of two values of one property.</summary>
    public static int Order(BaseValue x, BaseValue y) => (x.KindCase, y.KindCase) switch
    {
        (Kind.StringValue, Kind.StringValue) => Bytes(Encoding.UTF8.GetBytes(x.StringValue), Encoding.UTF8.GetBytes(y.StringValue)),
        (Kind.EnumValue, Kind.EnumValue) => Bytes(Encoding.UTF8.GetBytes(x.EnumValue), Encoding.UTF8.GetBytes(y.EnumValue)),
        (Kind.BytesValue, Kind.BytesValue) => Bytes(x.BytesValue.ToByteArray(), y.BytesValue.ToByteArray()),
        (Kind.BoolValue, Kind.BoolValue) => x.BoolValue.CompareTo(y.BoolValue),
        (Kind.TimestampValue, Kind.TimestampValue) => x.TimestampValue.UnixMicros.CompareTo(y.TimestampValue.UnixMicros),
        _ when IsNumber(x) && IsNumber(y) => Exactly(x).CompareTo(Exactly(y)),
        _ => throw new InvalidOperationException($"Tests order no {x.KindCase} and {y.KindCase} by one property."),
    };

    private static bool AreEqual(BaseValue x, BaseValue y)
    {
        if (IsNumber(x) && IsNumber(y)) return Exactly(x) == Exactly(y);
        return x.Equals(y);
    }

    private static bool IsOrderedAs(Comparison comparison, BaseValue value, BaseValue asked)
    {
        if (value.KindCase != asked.KindCase && !(IsNumber(value) && IsNumber(asked))) return false;
        var order = Order(value, asked);
        return comparison switch
        {
            Comparison.Less => order < 0,
            Comparison.AtMost => order <= 0,
            Comparison.Greater => order > 0,
            _ => order >= 0,
        };
    }

    private static bool Contains(BaseValue value, BaseValue asked) => value.KindCase switch
    {
        Kind.StringValue => asked.KindCase == Kind.StringValue && value.StringValue.Contains(asked.StringValue, StringComparison.Ordinal),
        Kind.ArrayValue => value.ArrayValue.Items.Any(item => AreEqual(item, asked)),
        _ => false,
    };

    /// <summary>What a query may write as text or as a whole number, as a value of the kind that the holon has.</summary>
    private static BaseValue Convert(BaseValue value, Kind kind) => (value.KindCase, kind) switch
    {
        (Kind.StringValue, Kind.EnumValue) => new BaseValue { EnumValue = value.StringValue },
        (Kind.StringValue, Kind.TimestampValue) => If.Value(DateTimeOffset.Parse(value.StringValue, CultureInfo.InvariantCulture)),
        (Kind.StringValue, Kind.BytesValue) => new BaseValue { BytesValue = ByteString.FromBase64(value.StringValue) },
        _ => value,
    };

    private static bool IsNumber(BaseValue value) => value.KindCase is Kind.IntegerValue or Kind.DoubleValue;

    /// <summary>The number as a multiple of 2^-40; tests have no finer ones.</summary>
    private static BigInteger Exactly(BaseValue value) => value.KindCase == Kind.IntegerValue
        ? new BigInteger(value.IntegerValue) << 40
        : new BigInteger(value.DoubleValue * (1L << 40));

    private static int Bytes(byte[] x, byte[] y) => x.AsSpan().SequenceCompareTo(y);
}
