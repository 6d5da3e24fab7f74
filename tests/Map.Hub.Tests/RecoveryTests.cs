using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Hub.Spaces;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests;

/// <summary>What becomes of open transactions when the daemon ends and starts again.</summary>
public sealed class RecoveryTests
{
    [Fact]
    public void A_transaction_comes_back_with_its_state_and_its_history()
    {
        using var world = new TestWorld();
        var before = world.Dump();
        var info = world.Space.Describe(world.Transaction.Id);
        var steps = History(world.Transaction);
        world.Hub.Restart();
        var transaction = world.Transaction.On(world.Hub.Dispatcher);
        Assert.Equal(before, Dump(world, transaction));
        Assert.Equal(steps, History(transaction));
        Assert.Equal(info, world.Hub.Spaces.Get(world.Space.Space.Id).Describe(transaction.Id));

        transaction.Redo();
        transaction.Delete(transaction.ByKey("Three"));
        Assert.Equal("One", transaction.Content(world.Saved).Key);
        var committed = transaction.Send(CommitMutation);
        Assert.True(committed.Success, committed.ToString());
        world.Hub.Restart();
        transaction.On(world.Hub.Dispatcher).Send(ByKeyQuery("One")).Refused(ErrorCode.TransactionCommitted);
    }

    [Fact]
    public void A_request_opens_the_space_of_its_transaction()
    {
        using var hub = new TestHub();
        var ids = Enumerable.Range(0, 3).Select(i =>
        {
            var transaction = hub.Begin(hub.NewSpace($"space{i}", [TestSchema.Alone]));
            transaction.StageOf(TestSchema.Book, $"book{i}");
            return transaction;
        }).ToList();
        hub.Restart();
        Assert.Equal(0, hub.Spaces.OpenTransactions);
        Assert.Equal("book1", ids[1].On(hub.Dispatcher).Content(ids[1].On(hub.Dispatcher).ByKey("book1")).Key);
        Assert.Equal(1, hub.Spaces.OpenTransactions);
        Assert.Single(hub.Spaces.Get("space2").List());
    }

    [Fact]
    public void A_load_and_what_came_after_it_come_back()
    {
        using var hub = new TestHub();
        var transaction = hub.Begin(hub.NewLibrary());
        var holons = Enumerable.Range(0, 2_000).Select(i =>
            TestSchema.Holon($"b{i}", TestSchema.Book, null, (TestSchema.Authors, "ann"), (TestSchema.Similar, $"b{(i + 7) % 2_000}")));
        transaction.Load(TestSchema.File("books.json", [.. holons, TestSchema.Holon("ann", TestSchema.Person)]));
        transaction.Set(transaction.ByKey("b5"), "Title", Text("Five"));
        transaction.Add(transaction.ByKey("b5"), TestSchema.Authors, transaction.StageOf(TestSchema.Person, "Ben"));
        var before = transaction.View();
        hub.Restart();
        transaction = transaction.On(hub.Dispatcher);
        Assert.Equal(before, transaction.View());
        Assert.Equal(2_002UL, transaction.StagedCount());
        for (var i = 0; i < 3; i++) transaction.Undo();
        Assert.Equal(2_001UL, transaction.StagedCount());
        transaction.Undo();
        Assert.Equal(0UL, transaction.StagedCount());
        for (var i = 0; i < 4; i++) transaction.Redo();
        Assert.Equal(before, transaction.View());
    }

    [Fact]
    public void Staged_types_say_after_a_restart_what_they_said_before()
    {
        using var hub = new TestHub();
        var transaction = hub.Begin(hub.NewSpace("types"));
        transaction.Load(TestSchema.OverCore);
        var book = transaction.StageOf(TestSchema.Book, "One");
        transaction.Add(book, TestSchema.Authors, transaction.StageOf(TestSchema.Person, "Ann"), transaction.StageOf(TestSchema.Person, "Ben"));
        hub.Restart();
        transaction = transaction.On(hub.Dispatcher);
        Assert.Equal(["Ann", "Ben"], transaction.Related(book, TestSchema.Authors));
        transaction.Send(AddCommand(transaction.ByKey("Ann"), TestSchema.AuthorOf, book)).Refused(ErrorCode.InverseNotWritable);
    }

    [Fact]
    public void Nothing_is_left_of_transactions_that_ended()
    {
        using var world = new TestWorld();
        world.Transaction.Rollback();
        var committed = world.Hub.Begin(world.Space);
        committed.StageOf(TestSchema.Book, "Five");
        committed.Commit();
        Assert.Empty(world.Space.Store.Journals.Find());
        world.Hub.Restart();
        var space = world.Hub.Spaces.Get(world.Space.Space.Id);
        Assert.Empty(space.List());
        world.Transaction.On(world.Hub.Dispatcher).Send(ByKeyQuery("One")).Refused(ErrorCode.TransactionRolledBack);
        var refused = committed.On(world.Hub.Dispatcher).Send(CommitMutation).Refused(ErrorCode.TransactionCommitted);
        Assert.Contains("commit 3", refused.Message);
    }

    [Fact]
    public void A_transaction_in_which_nothing_happened_comes_back_too()
    {
        using var world = new TestWorld();
        var empty = world.Hub.Begin(world.Space);
        world.Hub.Restart();
        empty = empty.On(world.Hub.Dispatcher);
        empty.Send(UndoMutation).Refused(ErrorCode.NothingToUndo);
        Assert.Equal("One", empty.Content(empty.ByKey("One")).Key);
    }

    [Fact]
    public void A_journal_that_makes_no_sense_is_set_aside_and_the_others_come_back()
    {
        using var world = new TestWorld();
        var (bad, unread) = (world.Hub.Begin(world.Space), world.Hub.Begin(world.Space));
        bad.StageOf(TestSchema.Book, "Bad");
        var journals = world.Space.Store.Journals;
        journals.Append(bad.Id, new JournalStep([new DropDraft(new LocalId(77))]));
        journals.Append(unread.Id, new JournalMove(-1));
        var before = world.Dump();
        world.Hub.Restart();
        var space = world.Hub.Spaces.Get(world.Space.Space.Id);
        Assert.Equal(before, Dump(world, world.Transaction.On(world.Hub.Dispatcher)));
        Assert.Equal([world.Transaction.Id], space.List().Select(info => info.Id));
        Assert.Equal(2, world.Hub.Spaces.JournalsSetAside);
        Assert.Equal([world.Transaction.Id], space.Store.Journals.Find());
        bad.On(world.Hub.Dispatcher).Send(ByKeyQuery("One")).Refused(ErrorCode.TransactionNotFound);
        var files = Directory.GetFiles(Path.Combine(world.Hub.DataDirectory, "daemon", "set-aside"));
        Assert.Equal(2, files.Length);
        Assert.Single(files, file => file.EndsWith($"{bad.Id.Local}.journal", StringComparison.Ordinal));

        world.Hub.Restart();
        Assert.Single(world.Hub.Spaces.Get(world.Space.Space.Id).List());
        Assert.Equal(0, world.Hub.Spaces.JournalsSetAside);
    }

    [Fact]
    public void New_ids_are_above_those_that_came_back_also_when_the_clock_was_set_back()
    {
        var time = new ManualTime();
        using var hub = new TestHub(time: time);
        var space = hub.NewSpace("library", [TestSchema.Alone]);
        time.Advance(TimeSpan.FromHours(1));
        var transaction = hub.Begin(space);
        var last = transaction.StageOf(TestSchema.Book, "One");
        time.Advance(TimeSpan.FromHours(-1));
        hub.Restart();
        var next = transaction.On(hub.Dispatcher).StageOf(TestSchema.Book, "Two");
        Assert.True(ToId(next).CompareTo(ToId(last)) > 0, $"{ToId(next)} is not above {ToId(last)}");

        static LocalId ToId(HolonReference reference) => LocalId.Read(reference.Staged.LocalId.Span);
    }

    [Fact]
    public void The_history_of_a_transaction_is_bounded_and_the_transaction_can_be_ended_then()
    {
        using var world = new TestWorld(TestHub.Options(new TransactionLimits { MaxHistoryBytes = 20_000 }));
        var transaction = world.Hub.Begin(world.Space);
        var book = transaction.StageOf(TestSchema.Book, "Five");
        for (var i = 0; i < 100; i++) transaction.Set(book, "Title", Text(new string('x', 150)));
        var before = transaction.View();
        for (var i = 0; i < 1_000 && transaction.Send(UndoMutation).Success && transaction.Send(RedoMutation).Success; i++) { }
        var refused = transaction.Send(SetCommand(book, "Title", Text("y"))).Refused(ErrorCode.HistoryFull);
        Assert.Equal(20_000UL, refused.Details.Limit);
        world.Hub.Restart();
        transaction = transaction.On(world.Hub.Dispatcher);
        transaction.Send(SetCommand(book, "Title", Text("y"))).Refused(ErrorCode.HistoryFull);
        Assert.Equal(before.Length, transaction.View().Length);
        transaction.Commit();
    }

    private static string Dump(TestWorld world, TestTransaction transaction) =>
        transaction.Full(world.Saved, world.Updated, world.Deleted, world.Staged, world.Abandoned, world.Transient);

    /// <summary>The view after each step, from the first to the last that can be redone. Leaves the history as it was.</summary>
    private static List<string> History(TestTransaction transaction)
    {
        var (views, back, forward) = (new List<string>(), 0, 0);
        while (transaction.Send(UndoMutation).Success) back++;
        do views.Add(transaction.View());
        while (transaction.Send(RedoMutation).Success);
        for (forward = views.Count - 1; forward > back; forward--) transaction.Undo();
        return views;
    }
}
