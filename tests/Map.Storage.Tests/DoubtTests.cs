using Map.Core.Services;

namespace Map.Storage.Tests;

/// <summary>What a write that fails leaves, and what the store finds when it opens its database anew.</summary>
public sealed class DoubtTests
{
    [Theory]
    [InlineData(FaultPoint.CommitWriting, false)]
    [InlineData(FaultPoint.GroupWritten, true)]
    [InlineData(FaultPoint.CommitSynced, true)]
    public void After_a_failed_write_the_store_reads_as_before_and_writes_again_once_recovered(object step, bool isOnDisk)
    {
        using var space = new TestSpace();
        var before = space.Created("before");
        var plan = space.Plan([space.Create("lost")]);
        var rolledBack = space.NewTransaction();
        var (doubts, told) = (0, new List<long>());
        space.Store.Doubted += () => doubts++;
        space.Store.Published += told.Add;
        space.Faults = Fail((FaultPoint)step);
        var failure = Assert.Throws<StoreException>(() => space.Store.Commit(plan, 1));
        Assert.True(failure.IsInDoubt);
        Assert.Contains("No space left on device", failure.Message);
        Assert.Contains("settles by itself", failure.Message);
        space.Faults = null;

        Assert.False(Assert.Throws<StoreException>(() => space.Created("more")).IsInDoubt);
        Assert.False(Assert.Throws<StoreException>(() => space.Store.RecordRollback(rolledBack, 1)).IsInDoubt);
        Assert.Equal((1, 1, 0), (space.Latest, doubts, told.Count));
        Assert.NotNull(space.Store.FindHolon(before, space.Latest));
        Assert.Empty(space.Store.FindByKey("lost", space.Latest));

        space.Store.Recover();
        Assert.Null(space.Store.Doubt);
        Assert.Equal(isOnDisk ? 2 : null, space.Store.FindOutcome(plan.Transaction)?.CommitNumber);
        Assert.Equal(isOnDisk ? 1 : 0, space.Store.FindByKey("lost", space.Latest).Count());
        Assert.Equal(isOnDisk ? [2L] : [], told);
        Assert.Equal(isOnDisk ? 3 : 2, space.Commit(space.Create("after")));
        Assert.Empty(Verified.Findings(space.Store));
    }

    [Theory]
    [InlineData(FaultPoint.CommitWriting)]
    [InlineData(FaultPoint.GroupWritten)]
    [InlineData(FaultPoint.CommitSynced)]
    public async Task Every_member_of_a_group_that_fails_is_in_doubt_and_each_is_there_whole_or_not_at_all(object step)
    {
        using var space = new TestSpace();
        var plans = Enumerable.Range(0, 3).Select(i => space.Plan([space.Create($"a{i}"), space.Create($"b{i}")])).ToArray();
        var writes = 0;
        space.Faults = point =>
        {
            // The leader and the first of the others are written; the next write fails.
            if (point == (FaultPoint)step && (point != FaultPoint.CommitWriting || ++writes == 3)) throw new IOException("I/O error");
        };
        var outcomes = await space.CommitTogether(plans);
        var reached = (FaultPoint)step == FaultPoint.CommitWriting ? 2 : 3;
        for (var i = 0; i < 3; i++) Assert.Equal(i < reached, ((StoreException)outcomes[i].Failure!).IsInDoubt);
        space.Faults = null;
        space.Store.Recover();
        for (var i = 0; i < 3; i++)
        {
            var isThere = space.Store.FindOutcome(plans[i].Transaction) is not null;
            foreach (var key in (string[])[$"a{i}", $"b{i}"])
                Assert.Equal(isThere ? 1 : 0, space.Store.FindByKey(key, space.Latest).Count());
            if (!isThere) Assert.NotNull(space.Store.Commit(Again(space, plans[i]), 1).CommitNumber);
        }

        Assert.Equal(7, space.Store.CountHolons(space.Latest));
        Assert.Empty(Verified.Findings(space.Store));
    }

    [Fact]
    public void A_store_is_not_closed_as_long_as_the_disk_has_no_room_to_open_it()
    {
        using var space = new TestSpace();
        var id = space.Created();
        var hasRoom = false;
        using var store = space.Detach(() =>
        {
            if (!hasRoom) throw new StoreException("The disk is full.");
        });
        space.Faults = Fail(FaultPoint.CommitWriting);
        Assert.Throws<StoreException>(() => store.Commit(space.Plan([space.Create()]), 1));
        space.Faults = null;
        Assert.Contains("full", Assert.Throws<StoreException>(store.Recover).Message);
        Assert.True(store.IsOpen);
        Assert.NotNull(store.FindHolon(id, 1));
        hasRoom = true;
        store.Recover();
        Assert.Equal(2, store.Commit(space.Plan([space.Create()]), 1).CommitNumber);
    }

    private static CommitPlan Again(TestSpace space, CommitPlan plan) => space.Plan(plan.Nodes);

    private static Action<FaultPoint> Fail(FaultPoint step) => point =>
    {
        if (point == step) throw new IOException("No space left on device");
    };
}
