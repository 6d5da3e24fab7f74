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
    public void Reads_of_links_that_came_and_went_hardly_cost_more_when_they_did_ten_times_as_often()
    {
        using var space = new TestSpace();
        var (still, toggled) = (space.Created(), space.Created());
        var members = Enumerable.Range(0, Members).Select(_ => space.Created()).ToArray();
        space.Link(Adds(still, members));
        var start = space.Link(Adds(toggled, members));
        Toggle(space, toggled, members, 100);
        space.Store.Rows.Flush();
        var (early, middle, few) = (Cost(space, toggled, start), Cost(space, toggled, start + 50), space.Latest);
        Toggle(space, toggled, members, _isLong ? 10_000 : 1_000);
        space.Store.Rows.Flush();
        for (var commit = start; commit < few; commit++)
            Assert.Equal((commit - start) % 2 == 0 ? members : [], Read(space, toggled, commit));
        var (later, untoggled) = (Cost(space, toggled, start), Cost(space, still, start));
        output.WriteLine($"key comparisons: untoggled {untoggled}, as of before 100 commits {early}, before all {later}");
        Assert.InRange(later, 1, early * 3);
        Assert.InRange(Cost(space, toggled, start + 50), 1, middle * 3);

        Assert.InRange(Cost(space, toggled, space.Latest), 1, Members * 20);

        // A search or two for each member, where there is none without past rows.
        Assert.InRange(later, 1, Members * 200);
    }

    [Fact]
    public void Reads_of_links_beside_past_ones_cost_in_proportion_to_the_members()
    {
        using var space = new TestSpace();
        var (small, large) = (space.Created(), space.Created());
        var members = Enumerable.Range(0, 10 * (_isLong ? 1_000 : 100)).Select(_ => space.Created()).ToArray();
        var start = space.Latest;
        foreach (var (hub, count) in ((LocalId, int)[])[(small, members.Length / 10), (large, members.Length)])
        {
            space.Link(Adds(hub, members[..count]));
            var linked = space.Latest;
            space.Link(Removals(hub, members[..count]));
            Assert.Equal(members[..count], Read(space, hub, linked));
            Assert.Empty(Read(space, hub, start));
        }

        space.Store.Rows.Flush();
        var (few, many) = (Cost(space, small, start), Cost(space, large, start));
        output.WriteLine($"key comparisons: {few} beside {members.Length / 10} past members, {many} beside {members.Length}");
        Assert.InRange(many, few / 10, few * 15);
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

    /// <summary>How many keys RocksDB compares for a read, which grows with each row that is passed over.</summary>
    private static long Cost(TestSpace space, LocalId hub, long asOf)
    {
        // The first read makes the iterators.
        Read(space, hub, asOf);
        using var counts = new PerfCounts();
        Read(space, hub, asOf);
        return counts.KeyComparisons;
    }
}
