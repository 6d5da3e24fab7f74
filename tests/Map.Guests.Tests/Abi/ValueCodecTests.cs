using Map.Core.Values;
using Map.Guests.Abi;

namespace Map.Guests.Tests.Abi;

/// <summary>Values as they pass between guest and host.</summary>
public sealed class ValueCodecTests
{
    private const int Rounds = 20_000;

    public static TheoryData<string, BaseValue> Examples => new()
    {
        { "01416ec3a9", new StringValue("Ané") },
        { "01", new StringValue("") },
        { "0201", new BooleanValue(true) },
        { "03feffffffffffffff", new IntegerValue(-2) },
        { "04000000000000f83f", new DoubleValue(1.5) },
        { "05526564", new EnumValue("Red") },
        { "06ff00", new BytesValue([255, 0]) },
        { "0740420f0000000000", new TimestampValue(1_000_000) },
        { "08020000000201020000000200", new ArrayValue([new BooleanValue(true), new BooleanValue(false)]) },
        { "08", new ArrayValue([]) },
    };

    [Theory]
    [MemberData(nameof(Examples))]
    public void Values_have_the_bytes_of_the_page(string bytes, BaseValue value)
    {
        Assert.Equal(bytes, Convert.ToHexStringLower(Write(value)));
        Assert.Equal(value, ValueCodec.Read(Convert.FromHexString(bytes)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("0900")]
    [InlineData("01ff")]
    [InlineData("0202")]
    [InlineData("02")]
    [InlineData("020101")]
    [InlineData("03ffffff")]
    [InlineData("0300000000000000000000")]
    [InlineData("080100")]
    [InlineData("0800000000")]
    [InlineData("08ffffffff01")]
    [InlineData("0802000000")]
    [InlineData("080100000008")]
    [InlineData("080200000002010300000001ff00")]
    [InlineData("08020000000201010000000161")]
    public void What_is_no_value_cannot_be_read(string bytes) => Assert.Null(ValueCodec.Read(Convert.FromHexString(bytes)));

    [Fact]
    public void Any_value_comes_back_and_any_bytes_are_a_value_or_none()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var i = 0; i < Rounds; i++)
        {
            var value = NewValue(random);
            var bytes = Write(value);
            Assert.True(value.Equals(ValueCodec.Read(bytes)), $"a {value.Kind} does not come back (seed {seed}, round {i})");
            // Damaged ones are another value that comes back, or none.
            if (bytes.Length > 1) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var damaged = bytes[..random.Next(bytes.Length + 1)];
            if (ValueCodec.Read(damaged) is { } other) Assert.True(damaged.AsSpan().SequenceEqual(Write(other)), $"seed {seed}, round {i}");
        }
    }

    private static byte[] Write(BaseValue value)
    {
        var bytes = new byte[ValueCodec.Size(value)];
        ValueCodec.Write(value, bytes);
        return bytes;
    }

    private static BaseValue NewValue(Random random)
    {
        var kind = random.Next(1, 9);
        return kind < 8 ? NewScalar(random, kind) : new ArrayValue([.. NewItems(random, random.Next(1, 8))]);
    }

    private static IEnumerable<BaseValue> NewItems(Random random, int kind) =>
        Enumerable.Range(0, random.Next(6)).Select(_ => NewScalar(random, kind));

    private static BaseValue NewScalar(Random random, int kind) => (ValueKind)kind switch
    {
        ValueKind.String => new StringValue(NewText(random)),
        ValueKind.Boolean => new BooleanValue(random.Next(2) == 1),
        ValueKind.Integer => new IntegerValue(random.NextInt64(long.MinValue, long.MaxValue)),
        ValueKind.Double => new DoubleValue(BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue))),
        ValueKind.Enum => new EnumValue(NewText(random)),
        ValueKind.Bytes => new BytesValue([.. NewText(random).Select(c => (byte)c)]),
        _ => new TimestampValue(random.NextInt64(long.MinValue, long.MaxValue)),
    };

    private static string NewText(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => char.ConvertFromUtf32(random.Next(4) == 0 ? random.Next(0x10000, 0x11000) : random.Next(0xD800))));
}
