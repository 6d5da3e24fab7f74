using Map.Core.Identity;
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

    [Fact]
    public async Task A_failure_while_a_commit_is_prepared_is_that_of_the_commit_alone_and_no_doubt()
    {
        using var space = new TestSpace();
        var plans = Enumerable.Range(0, 3).Select(i => space.Plan([space.Create($"k{i}")])).ToArray();
        var prepared = 0;
        space.Faults = point =>
        {
            // The leader, and of the others the second.
            if (point == FaultPoint.CommitPrepared && ++prepared == 3) throw new IOException("made up");
        };
        var outcomes = await space.CommitTogether(plans);
        space.Faults = null;
        Assert.Equal([2L, null, 3L], outcomes.Select(each => each.Outcome?.CommitNumber));
        Assert.IsType<IOException>(outcomes[1].Failure);
        Assert.Null(space.Store.Doubt);
        Assert.Null(space.Store.FindOutcome(plans[1].Transaction));
        Assert.Empty(space.Store.FindByKey("k1", space.Latest));
        Assert.Equal(4, space.Store.Commit(plans[1], 1).CommitNumber);
        Assert.Empty(Verified.Findings(space.Store));
    }

    [Fact]
    public async Task A_failure_after_the_sync_is_a_doubt_that_ends_with_all_commits_of_the_group_told_once()
    {
        using var space = new TestSpace();
        var plans = Enumerable.Range(0, 3).Select(i => space.Plan([space.Create($"k{i}")])).ToArray();
        var told = new List<long>();
        space.Store.Published += told.Add;
        space.Faults = point =>
        {
            if (point == FaultPoint.CommitPublished) throw new InvalidOperationException("made up");
        };
        var outcomes = await space.CommitTogether(plans);
        space.Faults = null;
        Assert.All(outcomes, each => Assert.True(Assert.IsType<StoreException>(each.Failure).IsInDoubt));
        Assert.False(Assert.Throws<StoreException>(() => space.Created("more")).IsInDoubt);
        Assert.Equal((4, 0), (space.Latest, told.Count));
        space.Store.Recover();
        Assert.Equal([1L, 2, 3, 4], told);
        Assert.Equal([2L, 3, 4], plans.Select(plan => space.Store.FindOutcome(plan.Transaction)!.CommitNumber));
        Assert.StartsWith("0000000000000000004 ", File.ReadAllText(space.HeadPath), StringComparison.Ordinal);
        Assert.Equal(5, space.Commit(space.Create("after")));
        Assert.Empty(Verified.Findings(space.Store));
    }

    [Fact]
    public void A_store_that_could_not_be_opened_anew_opens_with_the_next_use_and_stays_in_doubt_until_it_is_recovered()
    {
        using var space = new TestSpace();
        var id = space.Created();
        var openings = 0;
        var isBroken = false;
        using var store = space.Detach(opening: () =>
        {
            openings++;
            if (isBroken) throw new StoreException("The disk does not answer.");
        });
        var told = new List<long>();
        store.Published += told.Add;
        var plan = space.Plan([space.Create("lost")]);
        space.Faults = Fail(FaultPoint.CommitSynced);
        Assert.True(Assert.Throws<StoreException>(() => store.Commit(plan, 1)).IsInDoubt);
        space.Faults = null;

        isBroken = true;
        Assert.Contains("does not answer", Assert.Throws<StoreException>(store.Recover).Message);
        Assert.False(store.IsOpen);
        Assert.Contains("does not answer", Assert.Throws<StoreException>(() => store.FindHolon(id, 1)).Message);
        isBroken = false;
        Assert.NotNull(store.FindHolon(id, 1));
        Assert.Equal(4, openings);
        Assert.Equal((2, 2), (store.LatestCommit, store.FindOutcome(plan.Transaction)!.CommitNumber!.Value));
        Assert.NotNull(store.Doubt);
        Assert.Throws<StoreException>(() => store.Commit(space.Plan([space.Create()]), 1));

        store.Recover();
        Assert.Null(store.Doubt);
        Assert.Equal([2L], told);
        Assert.Equal(3, store.Commit(space.Plan([space.Create()]), 1).CommitNumber);
    }

    [Fact]
    public void A_read_that_goes_on_keeps_the_store_from_being_opened_anew_and_reads_within_it_go_on_too()
    {
        using var space = new TestSpace();
        var ids = Enumerable.Range(0, 3).Select(_ => space.Created()).Order().ToList();
        space.Faults = Fail(FaultPoint.CommitWriting);
        Assert.Throws<StoreException>(() => space.Created());
        space.Faults = null;
        var seen = new List<LocalId>();
        foreach (var id in space.Store.ScanHolons(null, space.Latest))
        {
            Assert.Contains("have not ended", Assert.Throws<StoreException>(space.Store.Recover).Message);
            Assert.NotNull(space.Store.FindHolon(id, space.Latest));
            seen.Add(id);
            if (seen.Count == 2) break;
        }

        Assert.Equal(ids[..2], seen);
        Assert.NotNull(space.Store.Doubt);
        space.Store.Recover();
        Assert.Equal(4, space.Commit(space.Create()));
    }

    [Fact]
    public async Task A_read_within_another_waits_while_the_store_is_closing_and_then_goes_on()
    {
        using var space = new TestSpace();
        var id = space.Created();
        space.Faults = Fail(FaultPoint.CommitWriting);
        Assert.Throws<StoreException>(() => space.Created());
        space.Faults = null;
        using (var reading = space.Store.ScanHolons(null, space.Latest).GetEnumerator())
        {
            Assert.True(reading.MoveNext());
            var recovery = Task.Run(space.Store.Recover);

            // Closing lets nobody in, also not to tell of its memory.
            SpinWait.SpinUntil(() => space.Store.BufferedBytes() == 0 || recovery.IsCompleted);
            Assert.NotNull(space.Store.FindHolon(id, space.Latest));
            await Assert.ThrowsAsync<StoreException>(() => recovery);
            Assert.True(reading.MoveNext());
            Assert.Equal(space.Record.SpaceHolon, reading.Current);
        }

        space.Store.Recover();
        Assert.Equal(2, space.Commit(space.Create()));
    }

    private static CommitPlan Again(TestSpace space, CommitPlan plan) => space.Plan(plan.Nodes);

    private static Action<FaultPoint> Fail(FaultPoint step) => point =>
    {
        if (point == step) throw new IOException("No space left on device");
    };
}
