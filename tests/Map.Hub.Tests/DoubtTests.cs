using Map.Hub.Spaces;
using Map.Storage;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;
using TransactionStatus = Map.Hub.Transactions.TransactionStatus;

namespace Map.Hub.Tests;

/// <summary>A commit whose write fails: what is told meanwhile, and that it settles by itself.</summary>
public sealed class DoubtTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ManualTimers _time = new();
    private readonly TestHub _hub;
    private readonly HolonSpaceManager _space;
    private readonly List<(string, bool)> _writability = [];

    public DoubtTests()
    {
        _hub = new TestHub(time: _time);
        _space = _hub.NewSpace("library", [TestSchema.Alone]);
        _hub.Spaces.WritabilityChanged += (space, isWritable) => _writability.Add((space.Name, isWritable));
    }

    public void Dispose() => _hub.Dispose();

    [Theory]
    [InlineData("CommitWriting", false)]
    [InlineData("GroupWritten", true)]
    [InlineData("CommitSynced", true)]
    public void A_commit_in_doubt_settles_by_itself_as_committed_or_as_open_and_unchanged(string step, bool isCommitted)
    {
        var transaction = _hub.Begin(_space);
        var book = transaction.StageOf(TestSchema.Book, "One");
        var before = transaction.View();
        var other = _hub.Begin(_space);
        FailAt(step);
        var error = transaction.Send(CommitMutation).Refused(ErrorCode.CommitInDoubt);
        Assert.Contains("settles by itself", error.Message, StringComparison.Ordinal);

        foreach (var mutation in (MutationCommand[])
            [SetCommand(book, "Title", Text("New")), UndoMutation, RedoMutation, CommitMutation, RollbackMutation])
            Assert.True(transaction.Send(mutation).Refused(ErrorCode.CommitInDoubt).Retryable);
        var refusal = Assert.Throws<Core.Errors.HolonException>(() => _space.Describe(transaction.Id));
        Assert.Equal(Core.Errors.HolonErrorCode.CommitInDoubt, refusal.Errors[0].Code);
        Assert.Equal(before, transaction.View());
        other.Send(ByKeyQuery("One")).Refused(ErrorCode.KeyNotFound);
        other.Send(new MutationCommand { NewHolon = new NewHolonCommand() }).Refused(ErrorCode.StoreUnavailable);
        Assert.Equal([("library", false)], _writability);

        _hub.Faults = null;
        _time.RunDue();
        Assert.Equal([("library", false), ("library", true)], _writability);
        var status = _space.Describe(transaction.Id).Status;
        Assert.Equal(isCommitted ? TransactionStatus.Committed : TransactionStatus.Open, status);
        if (!isCommitted)
        {
            Assert.Equal(before, transaction.View());
            Assert.Single(transaction.Commit().Saved);
        }

        transaction.Send(CommitMutation).Refused(ErrorCode.TransactionCommitted);
        other.Send(ByKeyQuery("One")).Refused(ErrorCode.KeyNotFound);
        Assert.Equal(["One"], _hub.Begin(_space).All(new GetAllQuery { KeyPrefix = "One" }));
    }

    [Theory]
    [InlineData("CommitWriting", false)]
    [InlineData("CommitSynced", true)]
    public void A_rollback_in_doubt_settles_by_itself(string step, bool isOnDisk)
    {
        var transaction = _hub.Begin(_space);
        transaction.StageOf(TestSchema.Book, "One");
        FailAt(step);
        transaction.Send(RollbackMutation).Refused(ErrorCode.CommitInDoubt);
        _hub.Faults = null;
        _time.RunDue();
        Assert.Equal(isOnDisk ? TransactionStatus.RolledBack : TransactionStatus.Open, _space.Describe(transaction.Id).Status);
    }

    [Fact]
    public void A_failed_journal_write_changes_nothing_and_the_space_comes_back()
    {
        var transaction = _hub.Begin(_space);
        transaction.StageOf(TestSchema.Book, "One");
        var before = transaction.View();
        FailAt("JournalWritten");
        transaction.Send(new MutationCommand { NewHolon = new NewHolonCommand() }).Refused(ErrorCode.StoreUnavailable);
        Assert.Equal(before, transaction.View());
        _hub.Faults = null;
        _time.RunDue();
        Assert.Equal(before, transaction.View());
        transaction.StageOf(TestSchema.Book, "Two");
        _hub.Restart();
        transaction = new TestTransaction(_hub.Dispatcher, transaction.Id, Caller.Owner);
        Assert.Equal(2, transaction.Commit().Saved.Count);
    }

    [Fact]
    public async Task A_commit_whose_types_change_while_it_waits_is_judged_by_the_new_ones()
    {
        var transaction = _hub.Begin(_space);
        var book = transaction.StageOf(TestSchema.Book, "One");
        transaction.Add(book, TestSchema.Similar, transaction.StageOf(TestSchema.Book, "Two"));
        using var held = new ManualResetEventSlim();
        using var released = new ManualResetEventSlim();
        var commits = 0;
        var types = _hub.Begin(_space);
        types.Set(types.StageVersion(types.ByKey(TestSchema.Item)), "TypeName", Text("Thing"));
        _hub.Faults = point =>
        {
            if (point != FaultPoint.CommitPrepared || ++commits > 1) return;
            held.Set();
            Assert.True(released.Wait(Patience));
        };
        var first = Task.Run(() => types.Commit());
        Assert.True(held.Wait(Patience));
        var store = (HolonStore)_space.Store;
        var second = Task.Run(() => transaction.Commit());
        Assert.True(SpinWait.SpinUntil(() => store.WaitingWrites == 1, Patience));
        released.Set();
        var number = (await first.WaitAsync(Patience)).CommitNumber;
        Assert.Equal(number + 1, (await second.WaitAsync(Patience)).CommitNumber);
        Assert.Equal(number, (ulong)store.ReadCommit((long)number).Number);
        Assert.Equal((long)number, store.SchemaEpoch((long)number + 1));
    }

    private void FailAt(string step) => _hub.Faults = point =>
    {
        if (point.ToString() == step) throw new IOException("No space left on device");
    };
}
