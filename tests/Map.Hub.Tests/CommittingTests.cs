using Map.Core.Services;
using Map.Hub.Spaces;
using Map.Hub.Transactions;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;
using TransactionStatus = Map.Hub.Transactions.TransactionStatus;

namespace Map.Hub.Tests;

/// <summary>What a transaction does while its commit runs, and when that commit fails in the store.</summary>
public sealed class CommittingTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HookedCatalog _catalog;
    private readonly TestHub _hub;
    private readonly HolonSpaceManager _space;

    public CommittingTests()
    {
        HookedCatalog? hooked = null;
        _hub = new TestHub(wrap: catalog => hooked = new HookedCatalog(catalog));
        _catalog = hooked!;
        _space = _hub.NewSpace("library", [TestSchema.Alone]);
    }

    public void Dispose() => _hub.Dispose();

    [Fact]
    public async Task While_a_commit_runs_queries_are_served_and_mutations_refused_as_worth_a_retry()
    {
        using var entered = new ManualResetEventSlim();
        using var released = new ManualResetEventSlim();
        var transaction = _hub.Begin(_space);
        var book = transaction.StageOf(TestSchema.Book, "One");
        var before = transaction.View();
        _catalog.BeforeCommit = () =>
        {
            entered.Set();
            Assert.True(released.Wait(Patience));
        };
        var commit = Task.Run(() => transaction.Send(CommitMutation));
        try
        {
            Assert.True(entered.Wait(Patience));
            foreach (var mutation in (MutationCommand[])
                [
                    SetCommand(book, "Title", Text("New")), new() { NewHolon = new NewHolonCommand() },
                    UndoMutation, RedoMutation, CommitMutation, RollbackMutation,
                ])
                Assert.True(transaction.Send(mutation).Refused(ErrorCode.CommitInProgress).Retryable);
            Assert.Equal(before, transaction.View());
            Assert.Equal(TransactionStatus.Committing, _space.Describe(transaction.Id).Status);
        }
        finally
        {
            released.Set();
        }

        var response = await commit.WaitAsync(Patience);
        Assert.True(response.Success);
        var (status, number) = (_space.Describe(transaction.Id).Status, _space.Describe(transaction.Id).CommitNumber);
        Assert.Equal((TransactionStatus.Committed, (long)response.Body.Commit.CommitNumber), (status, number));
        transaction.Send(ByKeyQuery("One")).Refused(ErrorCode.TransactionCommitted);
    }

    [Fact]
    public async Task Another_transaction_goes_on_while_a_commit_runs()
    {
        using var entered = new ManualResetEventSlim();
        using var released = new ManualResetEventSlim();
        var transaction = _hub.Begin(_space);
        transaction.StageOf(TestSchema.Book, "One");
        _catalog.BeforeCommit = () =>
        {
            entered.Set();
            Assert.True(released.Wait(Patience));
        };
        var commit = Task.Run(() => transaction.Commit());
        Assert.True(entered.Wait(Patience));
        var other = _hub.Begin(_space);
        other.StageOf(TestSchema.Book, "Two");
        other.Send(ByKeyQuery("One")).Refused(ErrorCode.KeyNotFound);
        _catalog.BeforeCommit = null;
        other.Commit();
        released.Set();
        await commit.WaitAsync(Patience);
        Assert.Equal(["One", "Two"], _hub.Begin(_space).All(new GetAllQuery { KeyPrefix = "" }).Intersect(["One", "Two"]));
    }

    [Fact]
    public void A_commit_that_the_store_refuses_to_write_leaves_the_transaction_open_and_unchanged()
    {
        var transaction = _hub.Begin(_space);
        transaction.StageOf(TestSchema.Book, "One");
        var before = transaction.View();
        _catalog.BeforeCommit = () => throw new StoreException("An earlier write failed.");
        transaction.Send(CommitMutation).Refused(ErrorCode.StoreUnavailable);
        _catalog.BeforeCommit = null;
        Assert.Equal(before, transaction.View());
        Assert.Single(transaction.Commit().Saved);
    }

    [Fact]
    public void A_defect_in_a_commit_leaves_the_transaction_open_and_unchanged()
    {
        var transaction = _hub.Begin(_space);
        transaction.StageOf(TestSchema.Book, "One");
        var before = transaction.Full();
        _catalog.BeforeCommit = () => throw new InvalidOperationException("a secret of the daemon");
        var error = transaction.Send(CommitMutation).Refused(ErrorCode.Internal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
        _catalog.BeforeCommit = null;
        Assert.Equal(before, transaction.Full());
        Assert.Single(transaction.Commit().Saved);
    }

    [Fact]
    public void A_cancelled_commit_and_a_cancelled_load_take_no_effect()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        var transaction = _hub.Begin(_space);
        transaction.StageOf(TestSchema.Book, "One");
        var before = transaction.Full();
        foreach (var mutation in (MutationCommand[])[CommitMutation, LoadCommand(TestSchema.File("a.json"))])
        {
            Assert.ThrowsAny<OperationCanceledException>(
                () => transaction.Send(new CommandBody { Mutation = mutation }, cancelled.Token));
            Assert.Equal(before, transaction.Full());
        }

        Assert.Single(transaction.Commit().Saved);
    }

    [Fact]
    public void The_outcome_of_a_transaction_is_known_after_it_ended_and_after_a_restart()
    {
        var committed = _hub.Begin(_space);
        committed.StageOf(TestSchema.Book, "One");
        Assert.Equal((TransactionStatus.Open, 1), (_space.Describe(committed.Id).Status, _space.Describe(committed.Id).Staged));
        var number = (long)committed.Commit().CommitNumber;
        var dropped = _hub.Begin(_space);
        dropped.Rollback();
        AssertOutcomes(_space);
        _hub.Restart();
        AssertOutcomes(_hub.Spaces.Get("library"));

        void AssertOutcomes(HolonSpaceManager space)
        {
            Assert.Equal((TransactionStatus.Committed, number), (space.Describe(committed.Id).Status, space.Describe(committed.Id).CommitNumber));
            Assert.Equal((TransactionStatus.RolledBack, null), (space.Describe(dropped.Id).Status, space.Describe(dropped.Id).CommitNumber));
        }
    }
}
