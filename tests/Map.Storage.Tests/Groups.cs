using Map.Core.Services;

namespace Map.Storage.Tests;

/// <summary>Makes commits go into one group, in a given order.</summary>
internal static class Groups
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);

    /// <summary>Commits plans one after the other: within one group, or each in its own.</summary>
    internal static async Task<IReadOnlyList<CommitOutcome>> CommitInOrderAsync(
        this TestSpace space, bool isGroup, params CommitPlan[] plans) => isGroup
        ? [.. (await space.CommitTogether(plans)).Select(each => each.Outcome!)]
        : [.. plans.Select(plan => space.Store.Commit(plan, 1))];

    /// <summary>Commits plans in one group, led by a commit that has nothing to do with them.</summary>
    /// <returns>What became of each, or why it failed.</returns>
    internal static async Task<IReadOnlyList<(CommitOutcome? Outcome, Exception? Failure)>> CommitTogether(
        this TestSpace space, params CommitPlan[] plans)
    {
        using var held = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var before = space.Store.Groups;
        var faults = space.Faults;
        var isLeader = 1;
        space.Faults = point =>
        {
            if (point == FaultPoint.CommitPrepared && Interlocked.Exchange(ref isLeader, 0) == 1)
            {
                held.Set();
                Assert.True(release.Wait(_patience), "the group is complete");
            }

            faults?.Invoke(point);
        };
        var leader = Start(space, space.Plan([space.Create()]));
        Assert.True(held.Wait(_patience), "a commit leads");
        var commits = new List<Task<(CommitOutcome?, Exception?)>>();
        foreach (var plan in plans)
        {
            commits.Add(Start(space, plan));
            Assert.True(SpinWait.SpinUntil(() => space.Store.WaitingWrites == commits.Count, _patience), "a commit waits its turn");
        }

        release.Set();
        var (led, failure) = await leader;
        var outcomes = await Task.WhenAll(commits);
        space.Faults = faults;
        if (failure is null) Assert.Equal((before + 1, true), (space.Store.Groups, led!.CommitNumber is not null));
        return outcomes;
    }

    // A thread of its own for each: they block until their group is written.
    private static Task<(CommitOutcome? Outcome, Exception? Failure)> Start(TestSpace space, CommitPlan plan) =>
        Task.Factory.StartNew<(CommitOutcome?, Exception?)>(
            () =>
            {
                try
                {
                    return (space.Store.Commit(plan, 1), null);
                }
                catch (Exception failure)
                {
                    return (null, failure);
                }
            }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
