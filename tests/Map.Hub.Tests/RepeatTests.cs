using Map.Core.Services;
using Map.Hub.Spaces;
using Map.Hub.Transactions;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests;

/// <summary>Mutations that come twice, too late, or fail to be journaled.</summary>
public sealed class RepeatTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TestHub _hub;
    private readonly HolonSpaceManager _space;
    private readonly TestTransaction _transaction;
    private readonly HolonReference _book;
    private HookedCatalog _catalog = null!;

    public RepeatTests()
    {
        _hub = new TestHub(wrap: catalog => _catalog = new HookedCatalog(catalog));
        _space = _hub.NewSpace("library", [TestSchema.Alone]);
        var first = _hub.Begin(_space);
        first.StageOf(TestSchema.Book, "Saved");
        first.Commit();
        _transaction = _hub.Begin(_space);
        _book = _transaction.StageOf(TestSchema.Book, "One");
    }

    private static MutationCommand NewBook => new() { StageNewHolon = new StageNewHolonCommand { Content = new HolonContent { Key = "Two" } } };

    public void Dispose() => _hub.Dispose();

    [Fact]
    public void A_repeated_request_gets_the_first_reply_and_does_nothing()
    {
        var first = _transaction.Send(NewBook, "one");
        Assert.True(first.Success);
        var before = _transaction.Full();
        Assert.Equal(first, _transaction.Send(NewBook, "one"));
        Assert.Equal(before, _transaction.Full());
        Assert.NotEqual(first, _transaction.Send(NewBook, "two"));
        Assert.NotEqual(first, _transaction.Send(NewBook));
    }

    [Fact]
    public void A_move_in_the_history_is_repeated_as_little()
    {
        var before = _transaction.View();
        _transaction.Set(_book, "Title", Text("a"));
        _transaction.Set(_book, "Title", Text("b"));
        for (var i = 0; i < 3; i++) Assert.True(_transaction.Send(UndoMutation, "undo").Success);
        Assert.Equal("a", _transaction.Value(_book, "Title").StringValue);
        for (var i = 0; i < 3; i++) Assert.True(_transaction.Send(UndoMutation, "undo 2").Success);
        Assert.Equal(before, _transaction.View());
    }

    [Fact]
    public void Another_request_under_the_same_id_is_refused()
    {
        _transaction.Send(SetCommand(_book, "Title", Text("a")), "one");
        var before = _transaction.Full();
        var refused = _transaction.Send(SetCommand(_book, "Title", Text("b")), "one").Refused(ErrorCode.RequestIdReused);
        Assert.Equal("request_id", refused.Field);
        _transaction.Send(UndoMutation, "one").Refused(ErrorCode.RequestIdReused);
        Assert.Equal(before, _transaction.Full());
    }

    [Fact]
    public void An_id_is_of_one_transaction()
    {
        var other = _hub.Begin(_space);
        Assert.True(_transaction.Send(NewBook, "one").Success);
        Assert.True(other.Send(new MutationCommand { NewHolon = new NewHolonCommand() }, "one").Success);
    }

    [Fact]
    public void What_failed_is_tried_again()
    {
        var late = SetCommand(_book, "Title", Text("a"));
        _transaction.Delete(_book);
        _transaction.Send(late, "one").Refused(ErrorCode.NotAccessible);
        _transaction.Undo();
        Assert.True(_transaction.Send(late, "one").Success);
        Assert.Equal("a", _transaction.Value(_book, "Title").StringValue);
    }

    [Fact]
    public void Replies_are_known_after_a_restart()
    {
        var first = _transaction.Send(NewBook, "one");
        Assert.True(_transaction.Send(UndoMutation, "undo").Success);
        _hub.Restart();
        var transaction = _transaction.On(_hub.Dispatcher);
        Assert.Equal(first, transaction.Send(NewBook, "one"));
        Assert.True(transaction.Send(UndoMutation, "undo").Success);
        Assert.Equal(1UL, transaction.StagedCount());
        transaction.Send(RedoMutation, "undo").Refused(ErrorCode.RequestIdReused);
    }

    [Fact]
    public void The_last_thousand_replies_are_kept()
    {
        for (var i = 0; i <= KeptReplies.MaxCount; i++) Assert.True(_transaction.Send(SetCommand(_book, "Pages", Number(i)), $"{i}").Success);
        _hub.Restart();
        var transaction = _transaction.On(_hub.Dispatcher);
        Assert.True(transaction.Send(SetCommand(_book, "Pages", Number(1)), "1").Success);
        Assert.Equal(KeptReplies.MaxCount, transaction.Value(_book, "Pages").IntegerValue);
        Assert.True(transaction.Send(SetCommand(_book, "Pages", Number(0)), "0").Success);
        Assert.Equal(0, transaction.Value(_book, "Pages").IntegerValue);
    }

    [Fact]
    public void Kept_replies_take_bounded_memory()
    {
        var replies = new KeptReplies();
        var stamps = Enumerable.Range(0, 10).Select(i => new RequestStamp($"{i}", new byte[KeptReply.DigestSize])).ToList();
        foreach (var stamp in stamps) replies.Keep(new KeptReply(stamp.Id, stamp.Digest, new byte[KeptReplies.MaxBytes / 4]));
        Assert.Equal(4, stamps.Count(stamp => replies.Find(stamp) is not null));
        replies.Keep(new KeptReply("large", stamps[0].Digest, new byte[KeptReplies.MaxBytes + 1]));
        Assert.Equal(0, stamps.Count(stamp => replies.Find(stamp) is not null));
        Assert.NotNull(replies.Find(new RequestStamp("large", stamps[0].Digest)));
    }

    [Theory]
    [InlineData(201)]
    [InlineData(-1)]
    public void An_id_that_is_too_long_or_not_printable_is_refused(int length)
    {
        var id = length < 0 ? "a\tb" : new string('x', length);
        Assert.Equal("request_id", _transaction.Send(NewBook, id).Refused(ErrorCode.InvalidRequest).Field);
        Assert.True(_transaction.Send(NewBook, new string('x', 200)).Success);
        Assert.True(_transaction.Send(NewBook, "").Success);
    }

    [Fact]
    public async Task Of_two_at_once_one_runs_and_both_get_its_reply()
    {
        using var entered = new ManualResetEventSlim();
        using var released = new ManualResetEventSlim();
        _catalog.BeforeAppend = () =>
        {
            entered.Set();
            Assert.True(released.Wait(Patience));
        };
        var first = Task.Run(() => _transaction.Send(NewBook, "one"));
        Assert.True(entered.Wait(Patience));
        var second = Task.Run(() => _transaction.Send(NewBook, "one"));
        released.Set();
        var replies = await Task.WhenAll(first, second).WaitAsync(Patience);
        Assert.Equal(replies[0], replies[1]);
        Assert.Equal(2UL, _transaction.StagedCount());
    }

    [Fact]
    public void A_commit_that_is_repeated_is_told_its_number()
    {
        Assert.Equal(3UL, _transaction.Send(CommitMutation, "commit").Body.Commit.CommitNumber);
        Assert.Contains("commit 3.", _transaction.Send(CommitMutation, "commit").Refused(ErrorCode.TransactionCommitted).Message);
    }

    [Fact]
    public void A_command_that_cannot_be_journaled_did_not_happen()
    {
        _transaction.Set(_book, "Title", Text("a"));
        _transaction.Undo();
        var before = _transaction.Full();
        var history = Entries();
        foreach (var mutation in (MutationCommand[])[SetCommand(_book, "Title", Text("b")), NewBook, UndoMutation, RedoMutation])
        {
            _catalog.BeforeAppend = () => throw new StoreException("No space left on device");
            _transaction.Send(mutation, "lost").Refused(ErrorCode.StoreUnavailable);
            _catalog.BeforeAppend = null;
            Assert.Equal(history, Entries());
        }

        Assert.Equal(before, _transaction.Full());
        Assert.True(_transaction.Send(NewBook, "lost").Success);
    }

    [Fact]
    public void A_cancellation_before_a_command_is_journaled_leaves_no_trace()
    {
        var saved = _transaction.ByKey("Saved");
        var before = _transaction.Full();
        var history = Entries();
        using var cancel = new CancellationTokenSource();
        var stage = new CommandBody { Mutation = new MutationCommand { StageNewVersion = new StageNewVersionCommand { Holon = saved } } };
        // Fires while the command works, after the check with which it begins.
        _catalog.BeforeRead = _ => cancel.Cancel();
        Assert.Throws<OperationCanceledException>(() => _transaction.Send(stage, "late", cancel.Token));
        _catalog.BeforeRead = null;
        Assert.Equal(history, Entries());
        Assert.Equal(before, _transaction.Full());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_cancellation_from_when_a_command_is_journaled_on_comes_too_late(bool isBefore)
    {
        using var cancel = new CancellationTokenSource();
        if (isBefore) _catalog.BeforeAppend = cancel.Cancel;
        else _catalog.AfterAppend = cancel.Cancel;
        var response = _transaction.Send(new CommandBody { Mutation = NewBook }, "late", cancel.Token);
        Assert.True(response.Success && cancel.IsCancellationRequested);
        Assert.Equal(2UL, _transaction.StagedCount());
        _catalog.BeforeAppend = _catalog.AfterAppend = null;
        Assert.Equal(response, _transaction.Send(NewBook, "late"));
    }

    [Fact]
    public void A_cancellation_from_when_a_commit_is_handed_over_on_comes_too_late()
    {
        using var cancel = new CancellationTokenSource();
        _catalog.BeforeCommit = cancel.Cancel;
        Assert.True(_transaction.Send(new CommandBody { Mutation = CommitMutation }, cancel.Token).Success);
        _catalog.BeforeCommit = null;
        Assert.NotNull(_hub.Begin(_space).ByKey("One").Smart);
    }

    private List<string> Entries() => [.. _space.Store.Journals.Read(_transaction.Id).Entries.Select(each => each.Entry switch
    {
        JournalStep step => $"{step.Changes.Count} changes, {step.Reply?.RequestId}",
        var move => move.ToString(),
    })];
}
