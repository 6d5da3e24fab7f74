using Map.Hub.Spaces;
using Map.Storage;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests;

/// <summary>Makes commits go into one group of the store, in a given order.</summary>
internal static class GroupCommits
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);

    /// <summary>Commits in one group, led by a commit that has nothing to do with them.</summary>
    /// <param name="hub">The hub.</param>
    /// <param name="space">The space.</param>
    /// <param name="type">The key of a type, of which the leading commit creates a holon.</param>
    /// <param name="transactions">What to commit.</param>
    public static async Task<MapResponse[]> CommitTogether(
        this TestHub hub, HolonSpaceManager space, string type, params TestTransaction[] transactions)
    {
        var store = (HolonStore)space.Store;
        var groups = store.Groups;
        using var held = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var isLeader = 1;
        hub.Faults = point =>
        {
            if (point != FaultPoint.CommitPrepared || Interlocked.Exchange(ref isLeader, 0) == 0) return;
            held.Set();
            Assert.True(release.Wait(_patience));
        };
        var leading = hub.Begin(space);
        leading.StageOf(type, "Leader");
        var leader = Start(leading);
        Assert.True(held.Wait(_patience));
        var commits = new List<Task<MapResponse>>();
        foreach (var transaction in transactions)
        {
            commits.Add(Start(transaction));
            Assert.True(SpinWait.SpinUntil(() => store.WaitingWrites == commits.Count, _patience));
        }

        release.Set();
        Assert.True((await leader).Success);
        var responses = await Task.WhenAll(commits);
        // One that is judged anew is written in another one.
        Assert.InRange(store.Groups - groups, 1, 2);
        return responses;
    }

    // A thread of its own for each: they block until their group is written.
    private static Task<MapResponse> Start(TestTransaction transaction) => Task.Factory.StartNew(
        () => transaction.Send(CommitMutation), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
