using Map.Hub.Spaces;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;
using TransactionStatus = Map.Hub.Transactions.TransactionStatus;

namespace Map.Hub.Tests;

/// <summary>What becomes of transactions that their clients leave, and who may end them.</summary>
public sealed class ExpiryTests : IDisposable
{
    private static readonly TimeSpan _day = TimeSpan.FromHours(24);

    private readonly ManualTime _time = new();
    private readonly TestHub _hub;
    private readonly HolonSpaceManager _space;

    public ExpiryTests()
    {
        _hub = new TestHub(time: _time);
        _space = _hub.NewSpace("library", [TestSchema.Alone]);
    }

    public void Dispose() => _hub.Dispose();

    [Fact]
    public void One_in_which_nothing_was_staged_is_rolled_back_after_a_day_without_use()
    {
        var (left, read) = (_hub.Begin(_space), _hub.Begin(_space));
        left.New("only scratch");
        _time.Advance(_day / 2);
        read.ByKey(TestSchema.Book);
        _time.Advance(_day / 2 + _day / 24);
        Assert.Equal([read.Id], _space.List().Select(info => info.Id));
        left.Send(ByKeyQuery(TestSchema.Book)).Refused(ErrorCode.TransactionRolledBack);
        Assert.Equal(TransactionStatus.RolledBack, _space.Describe(left.Id).Status);
        read.ByKey(TestSchema.Book);
        _time.Advance(_day + _day / 24);
        Assert.Empty(_space.List());
    }

    [Fact]
    public void One_that_holds_work_stays_whatever_was_undone_or_abandoned_of_it()
    {
        var (staged, undone, abandoned, redone) = (_hub.Begin(_space), _hub.Begin(_space), _hub.Begin(_space), _hub.Begin(_space));
        staged.StageOf(TestSchema.Book, "One");
        undone.StageOf(TestSchema.Book, "One");
        undone.Undo();
        abandoned.Abandon(abandoned.StageOf(TestSchema.Book, "One"));
        redone.StageOf(TestSchema.Book, "One");
        redone.Undo();
        redone.New("scratch");
        _time.Advance(_day * 100);
        Assert.Equal([staged.Id, undone.Id, abandoned.Id], _space.List().Select(info => info.Id));
        undone.Redo();
        abandoned.Undo();
        foreach (var transaction in (TestTransaction[])[staged, undone, abandoned]) Assert.Equal(1UL, transaction.StagedCount());
    }

    [Fact]
    public void After_a_restart_the_day_begins_anew()
    {
        var left = _hub.Begin(_space);
        _time.Advance(_day * 0.9);
        _hub.Restart();
        var space = _hub.Spaces.Get("library");
        _time.Advance(_day * 0.9);
        Assert.Equal([left.Id], space.List().Select(info => info.Id));
        _time.Advance(_day * 0.2);
        Assert.Empty(space.List());
    }

    [Fact]
    public void Who_may_only_read_ends_a_transaction_unless_that_drops_staged_work()
    {
        var reader = new Caller(CallerKind.Token, "reader", AccessScope.Read);
        var own = _hub.Begin(_space, reader);
        own.ByKey(TestSchema.Book);
        own.Rollback();
        own.Send(RollbackMutation).Refused(ErrorCode.TransactionRolledBack);
        var work = _hub.Begin(_space);
        work.StageOf(TestSchema.Book, "One");
        work.Undo();
        var asReader = new TestTransaction(_hub.Dispatcher, work.Id, reader);
        asReader.Send(RollbackMutation).Refused(ErrorCode.Denied);
        work.Redo();
        Assert.Equal(1UL, work.StagedCount());
        work.Rollback();
    }

    [Fact]
    public void What_a_vanished_client_left_is_listed_and_taken_over_by_another_one()
    {
        var vanished = _hub.Begin(_space);
        vanished.StageOf(TestSchema.Book, "One");
        vanished.Mark("one");
        vanished.StageOf(TestSchema.Book, "Two");
        _hub.Restart();
        var info = Assert.Single(_hub.Spaces.Get("library").List());
        Assert.Equal(("test", "tests", 2), (info.Label, info.Client, info.Staged));
        var next = new TestTransaction(_hub.Dispatcher, info.Id, Caller.Owner);
        next.UndoTo("one");
        Assert.Single(next.Commit().Saved);
    }
}
