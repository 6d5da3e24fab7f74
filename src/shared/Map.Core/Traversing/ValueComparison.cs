using Map.Core.Transactions;
using Map.Core.Types;
using Map.Core.Values;

namespace Map.Core.Traversing;

/// <summary>Compares values: text and bytes by their bytes, numbers of both kinds by their size, moments by time.</summary>
internal static class ValueComparison
{
    /// <summary>Whether two values are the same: numbers of both kinds by their size.</summary>
    public static bool AreEqual(BaseValue a, BaseValue b) => (a, b) switch
    {
        (IntegerValue or DoubleValue, IntegerValue or DoubleValue) => NumberOrder.Compare(a, b) == 0,
        (ArrayValue x, ArrayValue y) => x.Items.Length == y.Items.Length && x.Items.Zip(y.Items).All(pair => AreEqual(pair.First, pair.Second)),
        _ => a.Equals(b),
    };

    /// <summary>Whether a value has another in it: text a text, a list an item.</summary>
    public static bool Contains(BaseValue whole, BaseValue part) => (whole, part) switch
    {
        (StringValue text, StringValue sought) => text.Value.Contains(sought.Value, StringComparison.Ordinal),
        (ArrayValue list, not ArrayValue) => list.Items.Any(item => AreEqual(item, part)),
        _ => false,
    };

    /// <summary>Whether a text begins with another.</summary>
    public static bool StartsWith(BaseValue whole, BaseValue part) =>
        whole is StringValue text && part is StringValue sought && text.Value.StartsWith(sought.Value, StringComparison.Ordinal);

    /// <summary>Whether values of a kind come before and after one another.</summary>
    public static bool IsOrdered(ValueKind kind) =>
        kind is ValueKind.String or ValueKind.Integer or ValueKind.Double or ValueKind.Timestamp or ValueKind.Bytes;

    /// <summary>Less than, equal to or greater than 0 as one value is to another; null where they have no order.</summary>
    public static int? CompareWithin(BaseValue a, BaseValue b) =>
        IsOrdered(a.Kind) && (a.Kind == b.Kind || (IsNumber(a) && IsNumber(b))) ? Compare(a, b) : null;

    /// <summary>An order of all values: by kind, numbers of both kinds as one, and then by what they are.</summary>
    public static int Compare(BaseValue a, BaseValue b)
    {
        var order = RankOf(a).CompareTo(RankOf(b));
        if (order != 0) return order;
        return (a, b) switch
        {
            (StringValue x, StringValue y) => KeyEntry.CompareKeys(x.Value, y.Value),
            (EnumValue x, EnumValue y) => KeyEntry.CompareKeys(x.Variant, y.Variant),
            (BooleanValue x, BooleanValue y) => x.Value.CompareTo(y.Value),
            (TimestampValue x, TimestampValue y) => x.UnixMicros.CompareTo(y.UnixMicros),
            (BytesValue x, BytesValue y) => x.Value.AsSpan().SequenceCompareTo(y.Value.AsSpan()),
            (ArrayValue x, ArrayValue y) => CompareLists(x, y),
            _ => NumberOrder.Compare(a, b),
        };
    }

    private static int CompareLists(ArrayValue a, ArrayValue b)
    {
        foreach (var (x, y) in a.Items.Zip(b.Items))
            if (Compare(x, y) is not 0 and var order) return order;
        return a.Items.Length.CompareTo(b.Items.Length);
    }

    private static bool IsNumber(BaseValue value) => value is IntegerValue or DoubleValue;

    private static int RankOf(BaseValue value) => (int)(value is DoubleValue ? ValueKind.Integer : value.Kind);
}
