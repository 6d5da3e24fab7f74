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
    public void A_failure_while_a_commit_is_prepared_leaves_the_transaction_open_and_the_space_writing()
    {
        var transaction = _hub.Begin(_space);
        transaction.StageOf(TestSchema.Book, "One");
        var before = transaction.View();
        FailAt("CommitPrepared");
        transaction.Send(CommitMutation).Refused(ErrorCode.Internal);
        _hub.Faults = null;
        Assert.Empty(_writability);
        Assert.Equal(TransactionStatus.Open, _space.Describe(transaction.Id).Status);
        Assert.Equal(before, transaction.View());
        _hub.Begin(_space).Send(ByKeyQuery("One")).Refused(ErrorCode.KeyNotFound);
        Assert.Single(transaction.Commit().Saved);
    }

    [Fact]
    public async Task A_commit_that_fails_after_it_is_published_is_in_doubt_until_it_settles_as_committed()
    {
        var transaction = _hub.Begin(_space);
        transaction.StageOf(TestSchema.Book, "One");
        using var watch = _space.Watch(null);
        FailAt("CommitPublished");
        transaction.Send(CommitMutation).Refused(ErrorCode.CommitInDoubt);
        Assert.Throws<Core.Errors.HolonException>(() => _space.Describe(transaction.Id));
        Assert.True(transaction.Send(CommitMutation).Refused(ErrorCode.CommitInDoubt).Retryable);
        _hub.Faults = null;
        _time.RunDue();
        Assert.Equal([("library", false), ("library", true)], _writability);
        Assert.Equal(TransactionStatus.Committed, _space.Describe(transaction.Id).Status);
        transaction.Send(CommitMutation).Refused(ErrorCode.TransactionCommitted);
        var next = _hub.Begin(_space);
        next.StageOf(TestSchema.Book, "Two");
        var last = next.Commit().CommitNumber;

        var numbers = new List<ulong>();
        using var patience = new CancellationTokenSource(Patience);
        await foreach (var message in watch.ReadAsync(patience.Token))
        {
            if (message.Commit is { } commit) numbers.Add(commit.Number);
            if (numbers.Count == 2) break;
        }

        Assert.Equal([last - 1, last], numbers);
    }

    [Fact]
    public void A_store_that_could_not_be_opened_anew_reads_again_with_the_next_query_and_settles_later()
    {
        var transaction = _hub.Begin(_space);
        transaction.StageOf(TestSchema.Book, "One");
        var before = transaction.View();
        FailAt("CommitSynced");
        transaction.Send(CommitMutation).Refused(ErrorCode.CommitInDoubt);
        _hub.Faults = null;
        var current = Path.Combine(_hub.DataDirectory, "spaces", _space.Space.Id.ToString(), "CURRENT");
        File.Move(current, current + ".away");
        _time.RunDue();
        transaction.Send(ByKeyQuery(TestSchema.Book)).Refused(ErrorCode.StoreUnavailable);

        File.Move(current + ".away", current);
        Assert.Equal(before, transaction.View());
        Assert.Equal([("library", false)], _writability);
        Assert.Throws<Core.Errors.HolonException>(() => _space.Describe(transaction.Id));
        _time.RunDue();
        Assert.Equal([("library", false), ("library", true)], _writability);
        Assert.Equal(TransactionStatus.Committed, _space.Describe(transaction.Id).Status);
    }

    [Fact]
    public void A_query_goes_on_when_the_store_is_to_be_opened_anew_in_its_midst()
    {
        var time = new ManualTimers();
        var hooks = default(HookedCatalog);
        using var hub = new TestHub(wrap: catalog => hooks = new HookedCatalog(catalog), time: time);
        var space = hub.NewSpace("library", [TestSchema.Alone]);
        var transaction = hub.Begin(space);
        for (var i = 0; i < 3; i++) transaction.StageOf(TestSchema.Book, $"b{i}");
        transaction.Commit();
        var (reader, writer) = (hub.Begin(space), hub.Begin(space));
        hub.Faults = point =>
        {
            if (point == FaultPoint.CommitWriting) throw new IOException("No space left on device");
        };
        writer.Send(CommitMutation).Refused(ErrorCode.CommitInDoubt);
        hub.Faults = null;
        var type = reader.ByKey(TestSchema.Book);
        var finds = 0;
        hooks!.BeforeRead = method =>
        {
            // First the type is found, then each book, while the books are listed.
            if (method != nameof(space.Store.FindHolon) || ++finds != 3) return;
            time.RunDue();
            Assert.NotNull(space.Store.Doubt);
        };
        Assert.Equal(["b0", "b1", "b2"], reader.All(new GetAllQuery { Type = type }));
        Assert.InRange(finds, 4, int.MaxValue);
        hooks.BeforeRead = null;
        time.RunDue();
        Assert.Equal(TransactionStatus.Open, space.Describe(writer.Id).Status);
        writer.Commit();
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
