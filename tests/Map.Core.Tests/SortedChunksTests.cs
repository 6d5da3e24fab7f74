using Map.Core.Transactions;

namespace Map.Core.Tests;

public class SortedChunksTests
{
    private static readonly SortedChunks<int> Empty = SortedChunks<int>.Empty(Comparer<int>.Default);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void It_holds_what_a_sorted_set_holds_after_any_changes(int seed)
    {
        var random = new Random(seed);
        var (set, expected) = (Empty, new SortedSet<int>());
        for (var round = 0; round < 200; round++)
        {
            var (before, known) = (set, expected.ToList());
            var builder = set.ToBuilder();
            if (round % 40 == 39) AddMany(builder, expected, random);
            for (var i = 0; i < 20; i++) Change(builder, expected, random);
            set = builder.ToSet();
            Assert.Equal(expected, set.All);
            Assert.Equal(known, before.All);
            var from = random.Next(2_000);
            Assert.Equal(expected.Where(item => item >= from), set.From(from, isExclusive: false));
            Assert.Equal(expected.Where(item => item > from), set.From(from, isExclusive: true));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Items_in_order_and_in_no_order_are_added_alike(bool isShuffled)
    {
        var items = Enumerable.Range(0, 10_000).ToArray();
        if (isShuffled) new Random(1).Shuffle(items);
        var atOnce = Empty.ToBuilder();
        atOnce.AddRange([.. items]);
        var oneByOne = Empty.ToBuilder();
        foreach (var item in items) oneByOne.Add(item);
        Assert.Equal(Enumerable.Range(0, 10_000), atOnce.ToSet().All);
        Assert.Equal(Enumerable.Range(0, 10_000), oneByOne.ToSet().All);
        Assert.Equal(Enumerable.Range(9_990, 10), atOnce.ToSet().From(9_990, isExclusive: false));
    }

    [Fact]
    public void What_is_removed_to_the_last_item_can_be_filled_anew()
    {
        var builder = Empty.ToBuilder();
        for (var i = 0; i < 100; i++) builder.Add(i);
        for (var i = 0; i < 100; i++) builder.Remove(i);
        builder.Remove(1);
        Assert.Empty(builder.ToSet().All);
        Assert.Empty(builder.ToSet().From(5, isExclusive: false));
        builder.Add(7);
        Assert.Equal([7], builder.ToSet().All);
    }

    private static void Change(SortedChunks<int>.Builder builder, SortedSet<int> expected, Random random)
    {
        var item = random.Next(2_000);
        if (random.Next(3) == 0)
        {
            builder.Remove(item);
            expected.Remove(item);
        }
        else
        {
            builder.Add(item);
            expected.Add(item);
        }
    }

    private static void AddMany(SortedChunks<int>.Builder builder, SortedSet<int> expected, Random random)
    {
        var items = Enumerable.Range(0, 2_000).Where(item => random.Next(2) == 0 && !expected.Contains(item)).ToList();
        expected.UnionWith(items);
        builder.AddRange([.. items]);
    }
}
