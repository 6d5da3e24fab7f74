using Map.Core.Values;

namespace Map.Core.Tests;

public class ValueTests
{
    [Fact]
    public void A_property_map_behaves_like_a_sorted_dictionary()
    {
        var random = new Random(7);
        var expected = new SortedDictionary<string, BaseValue>(StringComparer.Ordinal);
        var map = PropertyMap.Empty;
        for (var i = 0; i < 2_000; i++)
        {
            var name = $"P{random.Next(40)}";
            if (random.Next(3) == 0)
            {
                expected.Remove(name);
                map = map.Without(name);
            }
            else
            {
                var value = new IntegerValue(random.Next(5));
                expected[name] = value;
                map = map.With(name, value);
            }

            Assert.Equal(expected, map);
            Assert.Equal(PropertyMap.Create(expected.Reverse()), map);
            Assert.Equal(PropertyMap.Create(expected).GetHashCode(), map.GetHashCode());
        }
    }

    [Fact]
    public void Changing_a_map_leaves_the_map_it_came_from()
    {
        var first = PropertyMap.Empty.With("A", new StringValue("1"));
        var second = first.With("A", new StringValue("2"));
        Assert.Equal(new StringValue("1"), first["A"]);
        Assert.Equal(new StringValue("2"), second["A"]);
        Assert.Same(first, first.Without("B"));
    }

    [Fact]
    public void Entries_that_do_not_rise_are_refused() =>
        Assert.Throws<ArgumentException>(() => PropertyMap.FromSorted(
            [new("B", new IntegerValue(1)), new("A", new IntegerValue(2))]));

    [Fact]
    public void Values_are_equal_by_content()
    {
        Assert.Equal(new DoubleValue(double.NaN), new DoubleValue(double.NaN));
        Assert.NotEqual(new DoubleValue(0.0), new DoubleValue(-0.0));
        Assert.Equal<BaseValue>(new BytesValue([1, 2]), new BytesValue([1, 2]));
        Assert.Equal<BaseValue>(new ArrayValue([new StringValue("a")]), new ArrayValue([new StringValue("a")]));
        Assert.NotEqual<BaseValue>(new StringValue("a"), new EnumValue("a"));
    }
}
