using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Values;
using Map.Storage.Reading;

namespace Map.Storage.Tests;

/// <summary>What was read lately is not sought again, and is never told where it is not so.</summary>
public sealed class RecentReadsTests
{
    [Fact]
    public void What_was_read_is_not_sought_again_also_after_commits_that_do_not_change_it()
    {
        using var space = new TestSpace();
        var (source, target, other) = (space.Created("source"), space.Created(), space.Created());
        var commit = space.Link(Rel.Likes.Add(source, target));
        Read(space, source, commit);
        var later = space.Commit(space.Update(other, "changed"));
        foreach (var asOf in (long[])[commit, later])
        {
            using var counts = new PerfCounts();
            Read(space, source, asOf);
            Assert.Equal((0, 0), (counts.RowsPassed, counts.KeyComparisons));
        }

        using var sought = new PerfCounts();
        Read(space, other, later);
        Assert.NotEqual(0, sought.KeyComparisons);
    }

    [Fact]
    public void Each_kind_of_change_is_seen_as_of_its_commit_and_not_before_whichever_was_read_first()
    {
        foreach (var isOldReadFirst in (bool[])[true, false])
        {
            using var space = new TestSpace();
            var (source, target, type) = (space.Created("source"), space.Created("target"), space.Created("type"));
            var told = new List<(long AsOf, string Source, string Target)>();
            foreach (var change in Changes(space, source, target, type))
            {
                // Both ends are kept as of before; with the other order they are kept late.
                if (isOldReadFirst) Assert.Equal(told.Count == 0 ? null : told[^1].Source, told.Count == 0 ? null : Read(space, source, told[^1].AsOf));
                var asOf = change();
                told.Add((asOf, Read(space, source, asOf), Read(space, target, asOf)));
                if (told.Count > 1) Assert.NotEqual(told[^2] with { AsOf = asOf }, told[^1]);
            }

            foreach (var (asOf, expectedSource, expectedTarget) in told.Concat(told.AsEnumerable().Reverse()))
                Assert.Equal((expectedSource, expectedTarget), (Read(space, source, asOf), Read(space, target, asOf)));
            space.Reopen();
            foreach (var (asOf, expectedSource, expectedTarget) in told)
                Assert.Equal((expectedSource, expectedTarget), (Read(space, source, asOf), Read(space, target, asOf)));
        }
    }

    [Fact]
    public void Spaces_with_the_same_ids_keep_apart()
    {
        var cache = new ReadCache(1 << 20);
        var (first, second, third) = (new RecentReads(cache), new RecentReads(cache), new RecentReads(cache));
        var holon = new SavedHolon(new LocalId(1), 1, 1, null, PropertyMap.Empty, null);
        first.Keep(holon, rowBytes: 1, asOf: 1);
        second.Keep(holon with { Version = 2 }, rowBytes: 1, asOf: 1);
        Assert.Equal((1, 2), (first.FindHolon(holon.Id, 1)!.Version, second.FindHolon(holon.Id, 1)!.Version));
        Assert.Null(third.FindHolon(holon.Id, 1));
    }

    [Fact]
    public void What_is_kept_has_a_bound()
    {
        var cache = new ReadCache(4 << 20);
        var recent = new RecentReads(cache);
        var random = new Random(1);
        var kept = new List<LocalId>();
        for (var i = 0; i < 20_000; i++)
        {
            var id = new LocalId((UInt128)(ulong)random.NextInt64() << 64 | (ulong)random.NextInt64());
            recent.Keep(new LinkGroupId(id, LinkDirection.Forward, default), new LinkSlot[i % RecentReads.MaxLinks], asOf: 1);
            kept.Add(id);
            Assert.InRange(cache.Bytes, 1, 4 << 20);
        }

        var left = kept.Count(id => recent.FindLinks(new LinkGroupId(id, LinkDirection.Forward, default), asOf: 1) is not null);
        Assert.InRange(left, 3_000, 6_000);
    }

    [Fact]
    public void Long_lists_of_links_and_large_holons_are_read_whole_and_not_kept()
    {
        using var space = new TestSpace();
        var hub = space.Create() with { Properties = PropertyMap.Empty.With("Long", new StringValue(new string('x', 5_000))) };
        space.Commit(hub);
        var source = hub.Id;
        var members = Enumerable.Range(0, 3 * RecentReads.MaxLinks).Select(_ => space.NewId()).ToArray();
        var commit = space.Commit([.. members.Select(id => space.Create(id: id))], [.. members.Select(id => Rel.Likes.Add(source, id))]);
        for (var i = 0; i < 2; i++)
        {
            using var counts = new PerfCounts();
            Assert.Equal(members, space.Forward(source, Rel.Likes, commit).Select(slot => slot.Other));
            Assert.Equal(5_000, ((StringValue)space.Store.FindHolon(source, commit)!.Properties["Long"]!).Value.Length);
            Assert.NotEqual(0, counts.KeyComparisons);
        }
    }

    /// <summary>Commits that change one of two holons, or what links them, each in another way.</summary>
    private static IEnumerable<Func<long>> Changes(TestSpace space, LocalId source, LocalId target, LocalId type)
    {
        yield return () => space.Commit(space.Update(source, "renamed"));
        yield return () => space.Commit(space.Update(target, "target too", type));
        yield return () => space.Link(Rel.Likes.Add(source, target));
        yield return () => space.Link(Rel.Steps.Add(target, source));
        yield return () => space.Link(Rel.Likes.Remove(source, new LinkSlot(0, target, 0)));
        yield return () => space.Link(Rel.Likes.Add(source, target));
        yield return () => space.Commit(space.Delete(target));
    }

    /// <summary>All that is told of a holon.</summary>
    private static string Read(TestSpace space, LocalId id, long asOf)
    {
        var holon = space.Store.FindHolon(id, asOf);
        var links = Rel.All.SelectMany(relationship =>
            space.Forward(id, relationship, asOf).Concat(space.Reverse(id, relationship, asOf)).Select(slot => $"{relationship.Name} {slot}"));
        return $"{holon} {KeyOf(holon)} {string.Join(", ", links)}";
    }

    private static string? KeyOf(SavedHolon? holon) => (holon?.Properties[Names.Key] as StringValue)?.Value;
}
