using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Native;
using Xunit.Abstractions;

namespace Map.Storage.Tests;

/// <summary>What reads of links cost when much of what a holon was linked to is past.</summary>
public sealed class FlatReadTests(ITestOutputHelper output)
{
    private const int Members = 100;

    private static readonly bool _isLong = Environment.GetEnvironmentVariable("MAP_TEST_LONG") == "1";

    [Fact]
    public void Reads_of_toggled_links_cost_what_they_cost_where_none_was_removed()
    {
        using var space = new TestSpace();
        var (still, toggled) = (space.Created(), space.Created());
        var members = Enumerable.Range(0, Members).Select(_ => space.Created()).ToArray();
        space.Link(Adds(still, members));
        var start = space.Link(Adds(toggled, members));
        Toggle(space, toggled, members, _isLong ? 10_000 : 1_000);
        var last = space.Latest;

        // In memory a row may stand twice, as it was added and as it was removed; in tables once.
        foreach (var isFlushed in (bool[])[false, true])
        {
            if (isFlushed) Flush(space);
            foreach (var asOf in (long[])[start, start + 2, start + (last - start) / 4 * 2, last - 2, last])
                RequireFlat(space, toggled, asOf, still, start, isFlushed ? 1.5 : 2);
        }

        for (var commit = start; commit <= last; commit += 7)
            Assert.Equal((commit - start) % 2 == 0 ? members : [], Read(space, toggled, commit));
    }

    [Fact]
    public void Reads_of_links_of_which_few_came_and_went_cost_in_proportion_to_the_members()
    {
        using var space = new TestSpace();
        var (still, hub) = (space.Created(), space.Created());
        var members = Enumerable.Range(0, Members).Select(_ => space.Created()).ToArray();
        space.Link(Adds(still, members));
        var start = space.Link(Adds(hub, members));
        Toggle(space, hub, members[..1], 500);
        Flush(space);
        for (var commit = start; commit <= space.Latest; commit += 10)
        {
            Assert.Equal(members, Read(space, hub, commit));
            RequireFlat(space, hub, commit, still, start, 1.7);
        }
    }

    [Fact]
    public void Reads_of_links_beside_past_ones_cost_in_proportion_to_the_members_then()
    {
        using var space = new TestSpace();
        var (still, worn) = (space.Created(), space.Created());
        var members = Enumerable.Range(0, Members).Select(_ => space.Created()).ToArray();
        space.Link(Adds(still, members));
        var start = space.Link(Adds(worn, members));

        // They come and go a hundred at a time, and ten times as many are past in the end.
        for (var round = 0; round < (_isLong ? 100 : 10); round++)
        {
            var guests = Enumerable.Range(0, Members).Select(_ => space.Created()).ToArray();
            space.Link(Adds(worn, guests));
            space.Link(Removals(worn, guests));
        }

        var last = space.Latest;
        Flush(space);
        foreach (var asOf in (long[])[start, (start + last) / 2, last])
        {
            Assert.Superset(members.ToHashSet(), Read(space, worn, asOf).ToHashSet());
            RequireFlat(space, worn, asOf, still, start, 3);
        }

        Assert.Equal(members, Read(space, worn, last));
    }

    /// <summary>Makes tables of what is in memory. Readers see them after the next commit.</summary>
    private static void Flush(TestSpace space)
    {
        space.Store.Rows.Flush();
        space.Created();
    }

    private static void Toggle(TestSpace space, LocalId hub, LocalId[] members, int commits)
    {
        for (var i = 0; i < commits; i++) space.Link(i % 2 == 0 ? Removals(hub, members) : Adds(hub, members));
    }

    private static LinkChange[] Adds(LocalId hub, LocalId[] members) => [.. members.Select(member => Rel.Likes.Add(hub, member))];

    private static LinkChange[] Removals(LocalId hub, LocalId[] members) =>
        [.. members.Select(member => Rel.Likes.Remove(hub, new LinkSlot(0, member, 0)))];

    private static LocalId[] Read(TestSpace space, LocalId hub, long asOf) =>
        [.. space.Store.Links(hub, LinkDirection.Forward, Rel.Likes.Id, null, asOf).Select(slot => slot.Other)];

    /// <summary>
    /// A read takes at most so many times the rows of another, and no search per member: those compare more keys than
    /// there are rows, by far.
    /// </summary>
    private void RequireFlat(TestSpace space, LocalId hub, long asOf, LocalId still, long stillAsOf, double times)
    {
        var ((rows, keys), (stillRows, stillKeys)) = (Cost(space, hub, asOf), Cost(space, still, stillAsOf));
        output.WriteLine($"as of {asOf}: {rows} rows, {keys} keys compared; of those never removed {stillRows}, {stillKeys}");
        Assert.InRange(rows, 1, stillRows * times + 5);
        Assert.InRange(keys, 1, stillKeys * 3 * times);
    }

    private static (long Rows, long Comparisons) Cost(TestSpace space, LocalId hub, long asOf)
    {
        // The first read makes the iterators.
        Read(space, hub, asOf);
        using var counts = new PerfCounts();
        Read(space, hub, asOf);
        return (counts.RowsPassed, counts.KeyComparisons);
    }
}
