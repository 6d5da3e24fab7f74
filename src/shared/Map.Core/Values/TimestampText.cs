using System.Globalization;

namespace Map.Core.Values;

/// <summary>Moments as text: RFC 3339, which is what an import file and a person write.</summary>
internal static class TimestampText
{
    private static readonly string[] _formats =
        ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd"];

    /// <summary>The moment in UTC, to the microsecond.</summary>
    public static string Of(TimestampValue moment)
    {
        const long microsPerSecond = 1_000_000;
        var first = DateTimeOffset.MinValue.ToUnixTimeSeconds() * microsPerSecond;
        var last = DateTimeOffset.MaxValue.ToUnixTimeSeconds() * microsPerSecond;
        if (moment.UnixMicros < first || moment.UnixMicros > last)
            return $"{moment.UnixMicros.ToString(CultureInfo.InvariantCulture)} us";
        return DateTimeOffset.UnixEpoch.AddTicks(moment.UnixMicros * TimeSpan.TicksPerMicrosecond)
            .ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);
    }

    /// <summary>The moment that a text means, or null: a date alone is its begin in UTC.</summary>
    public static TimestampValue? Read(string text)
    {
        const DateTimeStyles styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (!DateTimeOffset.TryParseExact(text, _formats, CultureInfo.InvariantCulture, styles, out var moment)) return null;
        return new TimestampValue((moment - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
    }
}
