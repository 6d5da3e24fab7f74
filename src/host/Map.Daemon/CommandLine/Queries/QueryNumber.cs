using System.Globalization;
using Map.V1;

namespace Map.Daemon.CommandLine.Queries;

/// <summary>Numbers of queries: whole ones are integers, however they are written.</summary>
internal static class QueryNumber
{
    // Up to here, each whole number is a double of its own.
    private const double MostExact = 1L << 53;

    /// <summary>The value of a number in the form that JSON has for it.</summary>
    /// <param name="utf8">The number.</param>
    /// <returns>Null when it is out of range.</returns>
    public static BaseValue? Read(ReadOnlySpan<byte> utf8)
    {
        if (long.TryParse(utf8, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            return new BaseValue { IntegerValue = whole };
        // Digits alone say that each of them counts.
        var isFraction = utf8.IndexOfAny((byte)'.', (byte)'e', (byte)'E') >= 0;
        if (!isFraction || !double.TryParse(utf8, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return null;
        if (!double.IsFinite(number)) return null;
        return double.IsInteger(number) && Math.Abs(number) <= MostExact
            ? new BaseValue { IntegerValue = (long)number }
            : new BaseValue { DoubleValue = number };
    }
}
