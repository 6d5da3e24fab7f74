using Map.Core.Values;

namespace Map.Core.Tests;

public sealed class TimestampValueTests
{
    [Theory]
    [InlineData(0, "1970-01-01T00:00:00Z")]
    [InlineData(-1, "1969-12-31T23:59:59.999999Z")]
    [InlineData(long.MaxValue, "9223372036854775807 us")]
    [InlineData(long.MinValue, "-9223372036854775808 us")]
    public void Every_moment_can_be_told_those_without_a_date_too(long unixMicros, string text) =>
        Assert.Equal(text, new TimestampValue(unixMicros).ToString());
}
