using System.Collections.Concurrent;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Values;

namespace Map.Storage.Tests;

public sealed class ScaleTests(Xunit.Abstractions.ITestOutputHelper output)
{
    [Fact]
    public void A_commit_of_50_000_holons_with_links_is_whole_and_its_record_in_parts_verifies()
    {
        const int count = 50_000;
        using var space = new TestSpace();
        var type = space.Created("T");
        var nodes = new NodeChange[count];
        for (var i = 0; i < count; i++) nodes[i] = space.Create($"key {i:D6}", type);
        var links = new LinkChange[count * 2];
        for (var i = 0; i < count; i++)
        {
            links[2 * i] = Rel.Steps.Add(nodes[i / 100].Id, nodes[i].Id);
            links[2 * i + 1] = Rel.Likes.Add(nodes[i].Id, nodes[(i + 7) % count].Id);
        }

        var commit = space.Commit(nodes, links);
        space.Reopen();
        Assert.Equal(count + 1, space.Store.CountHolons(commit));
        Assert.Equal(nodes.Select(node => node.Id), space.Store.ScanInstances(type, null, commit));
        Assert.Equal(count + 1, space.Store.ScanKeys("", null, commit).Count());
        Assert.Equal(
            nodes.Skip(100).Take(100).Select(node => node.Id), space.Forward(nodes[1].Id, Rel.Steps).Select(slot => slot.Other));
        Assert.Equal([new LinkSlot(0, nodes[0].Id, 0)], space.Reverse(nodes[7].Id, Rel.Likes));
        Assert.Empty(Verified.Findings(space.Store));
    }

    [Fact]
    public void A_check_of_a_large_store_takes_no_memory_for_its_size()
    {
        const int perCommit = 10_000;
        const long mostBytes = 64 << 20;
        var commits = Environment.GetEnvironmentVariable("MAP_TEST_LONG") is null ? 3 : 100;
        using var space = new TestSpace();
        var type = space.Created("T");
        for (var i = 0; i < commits; i++)
        {
            var number = i;
            var nodes = Enumerable.Range(0, perCommit).Select(j => space.Create($"key {number} {j}", type)).ToArray();
            space.Commit(nodes, [.. nodes.Select(node => Rel.Likes.Add(node.Id, nodes[0].Id))]);
        }

        space.Store.Rows.Flush();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        long highest = 0;
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var report = Verifying.StoreVerifier.Verify(
            space.Store.Rows, space.Record.Id, space.HeadPath, Verified.Now,
            step => highest = step.Done % (1 << 15) == 1 ? Math.Max(highest, GC.GetTotalMemory(forceFullCollection: true)) : highest,
            CancellationToken.None);
        output.WriteLine($"{report.Rows:N0} rows in {watch.Elapsed}, {(highest - before) >> 10:N0} KB more at most");
        Assert.Equal([], report.Findings);
        Assert.InRange(report.Rows, 7L * commits * perCommit, long.MaxValue);
        Assert.InRange(highest - before, -mostBytes, mostBytes);
    }

    [Fact]
    public async Task Readers_see_whole_commits_while_others_are_written()
    {
        const int members = 12;
        const int commits = 300;
        using var space = new TestSpace();
        var hub = space.Created("hub");
        var ids = new LocalId[members];
        for (var i = 0; i < members; i++) ids[i] = space.Created();
        var first = space.Latest + 1;
        var expected = new ConcurrentDictionary<long, HashSet<LocalId>>();
        var there = new HashSet<LocalId>();
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(seed => Task.Run(() => ReadUntil(seed, stop.Token))).ToArray();
        var random = new Random(5);
        for (var i = 0; i < commits; i++)
        {
            // Members toggle, the hub's key names how many there are, and one extra holon comes and goes.
            var links = new List<LinkChange>();
            foreach (var id in ids)
            {
                if (random.Next(2) == 0) continue;
                links.Add(there.Add(id) ? Rel.Likes.Add(hub, id) : Rel.Likes.Remove(hub, new LinkSlot(0, id, 0)));
                if (!links[^1].IsAdd) there.Remove(id);
            }

            expected[space.Latest + 1] = [.. there];
            space.Commit([space.Update(hub, $"hub {there.Count}")], links);
        }

        await stop.CancelAsync();
        await Task.WhenAll(readers);
        Assert.All(readers, reader => Assert.True(reader.Result > 0));

        int ReadUntil(int seed, CancellationToken token)
        {
            var choice = new Random(seed);
            var reads = 0;
            while (!token.IsCancellationRequested || reads == 0)
            {
                var latest = space.Latest;
                if (latest < first) continue;
                var asOf = choice.Next(3) == 0 ? choice.NextInt64(first, latest + 1) : latest;
                var present = expected[asOf];
                var links = space.Forward(hub, Rel.Likes, asOf);
                Assert.Equal(present.Order(), links.Select(slot => slot.Other));
                Assert.Equal(
                    present.Count, space.Store.LinkGroups(hub, LinkDirection.Forward, asOf).Sum(group => group.Count));
                Assert.Equal(new StringValue($"hub {present.Count}"), space.Store.FindHolon(hub, asOf)!.Properties[Names.Key]);
                Assert.Equal(hub, space.Store.FindByKey($"hub {present.Count}", asOf).Single().Holon);
                reads++;
            }

            return reads;
        }
    }

    [Fact]
    public void Commits_of_many_threads_get_one_number_each()
    {
        using var space = new TestSpace();
        var plans = Enumerable.Range(0, 200).Select(i => space.Plan([space.Create($"k{i}")])).ToArray();
        var numbers = new long[plans.Length];
        Parallel.For(0, plans.Length, i => numbers[i] = space.Store.Commit(plans[i], i).CommitNumber!.Value);
        Assert.Equal(Enumerable.Range(1, plans.Length).Select(number => (long)number), numbers.Order());
        Assert.Equal(plans.Length, space.Store.CountHolons(space.Latest));
        Assert.Empty(Verified.Findings(space.Store));
    }

    [Fact]
    public void A_read_makes_no_garbage_beyond_its_result()
    {
        using var space = new TestSpace();
        var (hub, none) = (space.Created("hub"), space.NewId());
        var links = new List<LinkChange>();
        for (var i = 0; i < 500; i++)
        {
            var member = space.Create();
            space.Commit(member);
            links.Add(Rel.Likes.Add(hub, member.Id));
        }

        var commit = space.Link([.. links]);
        Assert.Equal(0, Allocated(() => space.Store.FindHolon(none, commit)));
        Assert.Equal(0, Allocated(() => space.Store.CountInstances(hub, commit)));
        Assert.InRange(
            Allocated(() =>
            {
                foreach (var _ in space.Store.Links(hub, LinkDirection.Forward, Rel.Likes.Id, null, commit))
                {
                }
            }), 1, 400);
    }

    [Fact]
    public void Scans_that_are_left_early_keep_nothing()
    {
        using var space = new TestSpace();
        for (var i = 0; i < 20; i++) space.Created($"k{i}");
        for (var i = 0; i < 100; i++)
        {
            Assert.NotEqual(default, space.Store.ScanHolons(null, space.Latest).First());
            Assert.NotEqual(default, space.Store.ScanKeys("k", null, space.Latest).First());
        }

        space.Reopen();
        Assert.Equal(20, space.Store.CountHolons(space.Latest));
    }

    [Fact]
    public void A_scan_goes_on_over_commits_that_come_between()
    {
        using var space = new TestSpace();
        var ids = new List<LocalId>();
        for (var i = 0; i < 10; i++) ids.Add(space.Created($"k{i}"));
        var asOf = space.Latest;
        var seen = new List<LocalId>();
        foreach (var match in space.Store.ScanKeys("k", null, asOf))
        {
            seen.Add(match.Holon);
            space.Commit(space.Delete(match.Holon), space.Create($"k{seen.Count}x"));
        }

        Assert.Equal(ids, seen);
        Assert.Equal(10, space.Store.CountHolons(space.Latest));
    }

    [Fact]
    public void Reads_are_as_of_published_commits_only()
    {
        using var space = new TestSpace();
        Assert.Throws<ArgumentOutOfRangeException>(() => space.Store.FindHolon(default, space.Latest + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => space.Store.ScanKeys("", null, -1));
    }

    private static long Allocated(Action read)
    {
        for (var i = 0; i < 100; i++) read();
        var best = long.MaxValue;
        for (var i = 0; i < 20; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            read();
            best = Math.Min(best, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return best;
    }
}
