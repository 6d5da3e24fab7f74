using Map.Core.Values;

namespace Map.Core.Types;

/// <summary>Compares numbers of both kinds, exactly: a whole number of 64 bits need not fit a double.</summary>
internal static class NumberOrder
{
    /// <summary>Less than, equal to or greater than 0 as <paramref name="x"/> is to <paramref name="y"/>. NaN comes first.</summary>
    public static int Compare(BaseValue x, BaseValue y) => (x, y) switch
    {
        (IntegerValue a, IntegerValue b) => a.Value.CompareTo(b.Value),
        (DoubleValue a, DoubleValue b) => a.Value.CompareTo(b.Value),
        (IntegerValue a, DoubleValue b) => Compare(a.Value, b.Value),
        (DoubleValue a, IntegerValue b) => -Compare(b.Value, a.Value),
        _ => 0,
    };

    private static int Compare(long whole, double number)
    {
        const double past = 9223372036854775808.0; // 2^63
        if (double.IsNaN(number)) return 1;
        if (number >= past) return -1;
        if (number < -past) return 1;
        var below = Math.Floor(number);
        var order = whole.CompareTo((long)below);
        return order == 0 && number > below ? -1 : order;
    }
}
