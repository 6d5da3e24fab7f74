using System.Collections.Concurrent;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Committing;
using Xunit.Abstractions;

namespace Map.Storage.Tests;

/// <summary>Commits of many threads are as if made one by one, in the order of their numbers.</summary>
public sealed class ConcurrencyTests(ITestOutputHelper output)
{
    private const int Threads = 8;

    /// <summary>A commit, what became of it, and the last commits before and after it was judged.</summary>
    private sealed record Attempt(CommitPlan Plan, CommitOutcome Outcome, long Before, long After);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(0)]
    public async Task What_is_saved_and_every_verdict_equal_those_of_one_commit_after_the_other(int fixedSeed)
    {
        var seed = fixedSeed == 0 ? Environment.TickCount : fixedSeed;
        output.WriteLine($"seed {seed}");
        using var space = new TestSpace();
        var holons = Enumerable.Range(0, 12).Select(_ => space.Created()).ToList();
        var attempts = new ConcurrentBag<Attempt>();
        var groupsBefore = space.Store.Groups;
        await RunThreads(thread =>
        {
            var random = new Random(seed + thread);
            for (var i = 0; i < 60; i++)
            {
                if (NextPlan(space, random, holons) is not { } plan) continue;
                var before = space.Latest;
                attempts.Add(new Attempt(plan, space.Store.Commit(plan, 1), before, space.Latest));
            }
        });

        var committed = attempts.Where(attempt => attempt.Outcome.CommitNumber is not null)
            .OrderBy(attempt => attempt.Outcome.CommitNumber).ToList();
        var refused = attempts.Where(attempt => attempt.Outcome.CommitNumber is null).ToList();
        var stale = refused.Count(attempt => attempt.Outcome == CommitOutcome.Stale);
        output.WriteLine(
            $"{committed.Count} commits in {space.Store.Groups - groupsBefore} groups, {refused.Count - stale} conflicts, {stale} stale");
        Assert.InRange(stale, 1, refused.Count - 1);
        Assert.InRange(space.Store.Groups - groupsBefore, 1, committed.Count - 1);
        Assert.Empty(Verified.Findings(space.Store));
        using var again = new TestSpace(space);
        foreach (var id in holons) again.Commit(again.Create(id: id));
        var judged = new HashSet<Attempt>();
        Judge();
        foreach (var attempt in committed)
        {
            Assert.Equal(attempt.Outcome.CommitNumber, again.Store.Commit(attempt.Plan, 1).CommitNumber);
            Judge();
        }

        Assert.Equal(refused.Count, judged.Count);
        Assert.Equal(SpaceDump.Of(again.Store, again.Latest), SpaceDump.Of(space.Store, space.Latest));
        Assert.Equal(SpaceDump.Of(again.Store, again.Latest / 2), SpaceDump.Of(space.Store, space.Latest / 2));

        void Judge()
        {
            foreach (var attempt in refused)
            {
                if (again.Latest < attempt.Before || again.Latest > attempt.After || judged.Contains(attempt)) continue;
                var prepared = CommitPreparer.Prepare(
                    again.Store.Rows, attempt.Plan, again.Store.State, again.Record.SpaceHolon, 1, out var refusal);
                if (prepared is null && refusal!.Conflicts.SequenceEqual(attempt.Outcome.Conflicts)) judged.Add(attempt);
            }
        }
    }

    [Fact]
    public async Task A_commit_reads_the_same_byte_for_byte_after_10_000_later_ones()
    {
        using var space = new TestSpace();
        var type = space.Created("type");
        var holons = Enumerable.Range(0, Threads * 2).Select(i => space.Created($"k{i}", type)).ToList();
        for (var i = 0; i < holons.Count; i++)
            foreach (var relationship in Rel.All) space.Link(relationship.Add(holons[i], holons[(i + 1) % holons.Count]));
        var asOf = space.Latest;
        var before = SpaceDump.Of(space.Store, asOf);
        await RunThreads(thread =>
        {
            // Each thread has two holons to itself, so that nothing conflicts.
            var (a, b) = (holons[2 * thread], holons[2 * thread + 1]);
            for (var i = 0; i < 10_000 / Threads; i++)
            {
                var relationship = Rel.All[i % Rel.All.Length];
                var there = space.Forward(a, relationship).Where(slot => slot.Other == b).ToList();
                var link = there.Count > 0 ? relationship.Remove(a, there[0]) : relationship.Add(a, b);
                NodeChange[] nodes = i % 4 == 0 ? [space.Update(a, $"t{thread} {i}", i % 8 == 0 ? type : null)] : [];
                Assert.NotNull(space.Store.Commit(space.Plan(nodes, [link]), 1).CommitNumber);
            }
        });
        Assert.Equal(asOf + 10_000, space.Latest);
        output.WriteLine($"{space.Store.Groups} groups");
        Assert.Equal(before, SpaceDump.Of(space.Store, asOf));
        space.Store.Rows.Flush();
        space.Reopen();
        Assert.Equal(before, SpaceDump.Of(space.Store, asOf));
    }

    private static Task RunThreads(Action<int> run) => Task.WhenAll(Enumerable.Range(0, Threads).Select(thread =>
        Task.Factory.StartNew(() => run(thread), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

    /// <summary>A plan on what the space holds now; null when it met a holon that is gone.</summary>
    private static CommitPlan? NextPlan(TestSpace space, Random random, List<LocalId> holons)
    {
        var asOf = space.Latest;
        var (a, b) = (holons[random.Next(holons.Count)], holons[random.Next(holons.Count)]);
        if (space.Store.FindHolon(a, asOf) is not { } holon) return null;
        IReadOnlyList<NodeChange> nodes = [];
        IReadOnlyList<LinkChange> links = [];
        var relationship = Rel.All[random.Next(Rel.All.Length)];
        switch (random.Next(10))
        {
            case 0:
                nodes = [new NodeChange(NodeChangeKind.Delete, a, holon, holon.Descriptor, Core.Values.PropertyMap.Empty, null)];
                break;
            case < 4:
                var key = $"key {random.Next(20)}";
                nodes = [new NodeChange(NodeChangeKind.Update, a, holon, holon.Descriptor, TestSpace.Properties(key), null)];
                break;
            case < 6:
                nodes = [space.Create($"key {random.Next(20)}", a)];
                break;
            case < 9:
                links = [relationship.Add(a, b)];
                break;
            default:
                var slots = space.Forward(a, relationship, asOf);
                if (slots.Count == 0) return null;
                links = [relationship.Remove(a, slots[0])];
                break;
        }

        return space.Plan(nodes, links, asOf: asOf, relied: NextFacts(space, random, a, b, asOf));
    }

    /// <summary>What a validation of two holons can have relied on.</summary>
    private static ReliedFacts NextFacts(TestSpace space, Random random, LocalId a, LocalId b, long asOf)
    {
        var groups = Rel.All.SelectMany(relationship => (LinkGroupId[])[
            new(a, LinkDirection.Forward, relationship.Id), new(b, LinkDirection.Reverse, relationship.Id)]);
        return random.Next(4) switch
        {
            0 => new ReliedFacts { Groups = [.. groups] },
            1 when space.Store.FindHolon(b, asOf) is { } read =>
                new ReliedFacts { Types = new Dictionary<LocalId, LocalId?> { [b] = read.Descriptor } },
            2 => new ReliedFacts { Retyped = [b] },
            _ => ReliedFacts.None,
        };
    }
}
