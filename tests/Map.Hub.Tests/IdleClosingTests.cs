using Map.Hub.Spaces;
using Map.Storage;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;
using TransactionStatus = Map.Hub.Transactions.TransactionStatus;

namespace Map.Hub.Tests;

/// <summary>A space whose store is closed, since nobody used it for long: what was begun before goes on.</summary>
public sealed class IdleClosingTests : IDisposable
{
    private static readonly TimeSpan _longTime = TimeSpan.FromHours(1);
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);

    private readonly ManualTimers _time = new();
    private readonly TestHub _hub;
    private readonly HolonSpaceManager _space;

    public IdleClosingTests()
    {
        _hub = new TestHub(TestHub.Options() with { WatchHeartbeat = _longTime }, storeTime: _time);
        _space = _hub.NewSpace("library", [TestSchema.Alone]);
        Save("One", "Two", "Three");
    }

    public void Dispose() => _hub.Dispose();

    [Fact]
    public void A_transaction_goes_on_with_its_history_and_replies()
    {
        var transaction = _hub.Begin(_space);
        var four = transaction.StageOf(TestSchema.Book, "Four");
        transaction.Set(four, "Title", Text("First"));
        var last = SetCommand(four, "Title", Text("Second"));
        var reply = transaction.Send(last, "r1");
        string[] titles = ["First", "Second"];
        var views = new List<string> { transaction.View() };
        CloseIdle();
        Assert.Equal(1, _space.OpenTransactions);
        Assert.Equal(views[0], transaction.View());
        CloseIdle();
        Assert.Equal(reply, transaction.Send(last, "r1"));
        for (var step = 0; step < 3; step++)
        {
            CloseIdle();
            transaction.Undo();
            views.Insert(0, transaction.View());
        }

        CloseIdle();
        transaction.Send(UndoMutation).Refused(ErrorCode.NothingToUndo);
        for (var step = 1; step < 3; step++)
        {
            CloseIdle();
            transaction.Redo();
            Assert.Equal(views[step], transaction.View());
        }

        CloseIdle();
        Assert.Equal(titles[0], transaction.Value(four, "Title").StringValue);
        _hub.Restart();
        transaction = transaction.On(_hub.Dispatcher);
        Assert.Equal(views[2], transaction.View());
        transaction.Redo();
        Assert.Equal(titles[1], transaction.Value(four, "Title").StringValue);
    }

    [Fact]
    public void A_transaction_commits_and_tells_its_end()
    {
        var (transaction, other) = (_hub.Begin(_space), _hub.Begin(_space));
        transaction.Set(transaction.StageVersion(transaction.ByKey("One")), "Title", Text("Mine"));
        other.Set(other.StageVersion(other.ByKey("One")), "Title", Text("Theirs"));
        CloseIdle();
        var number = transaction.Commit().CommitNumber;
        CloseIdle();
        var info = _space.Describe(transaction.Id);
        Assert.Equal((TransactionStatus.Committed, (long?)number), (info.Status, info.CommitNumber));
        CloseIdle();
        other.Send(CommitMutation).Refused(ErrorCode.Conflict);
        CloseIdle();
        other.Rollback();
        CloseIdle();
        transaction.Send(CommitMutation).Refused(ErrorCode.TransactionCommitted);
        other.Send(CommitMutation).Refused(ErrorCode.TransactionRolledBack);
    }

    [Fact]
    public void A_page_token_leads_on_to_the_next_page_as_of_the_same_commit()
    {
        var transaction = _hub.Begin(_space);
        var query = new GetAllQuery { Type = transaction.ByKey(TestSchema.Book), Page = new PageRequest { Size = 2 } };
        var first = transaction.Ok(new QueryCommand { GetAll = query }).Page;
        CloseIdle();
        Save("Four");
        CloseIdle();
        query.Page.Token = first.NextToken;
        var second = transaction.Ok(new QueryCommand { GetAll = query }).Page;
        Assert.Equal(["One", "Two", "Three"], first.Members.Concat(second.Members).Select(member => member.Key));
        Assert.True(second.NextToken.IsEmpty);
    }

    [Fact]
    public async Task A_watch_keeps_nothing_open_and_tells_the_next_commit()
    {
        using var watch = _space.Watch(null);
        using var patience = new CancellationTokenSource(_patience);
        await using var messages = watch.ReadAsync(patience.Token).GetAsyncEnumerator(patience.Token);
        Assert.True(await messages.MoveNextAsync());
        var from = messages.Current.Position.Commit;
        for (var next = from + 1; next <= from + 2; next++)
        {
            var waiting = messages.MoveNextAsync().AsTask();
            CloseIdle();
            Assert.False(waiting.IsCompleted);
            Assert.Equal(next, Save($"k{next}"));
            Assert.True(await waiting);
            Assert.Equal((next, true), (messages.Current.Commit.Number, messages.Current.Commit.IsLast));
        }

        CloseIdle();
        using var late = _space.Watch((long)from);
        await foreach (var message in late.ReadAsync(patience.Token))
        {
            if (message.Commit is null) continue;
            Assert.Equal(from + 1, message.Commit.Number);
            break;
        }
    }

    private void CloseIdle()
    {
        for (var look = 0; look < 2; look++)
        {
            _time.Advance(_longTime);
            _time.RunDue();
        }

        Assert.False(((HolonStore)_space.Store).IsOpen);
    }

    private ulong Save(params string[] keys)
    {
        var transaction = _hub.Begin(_space);
        foreach (var key in keys) transaction.StageOf(TestSchema.Book, key);
        return transaction.Commit().CommitNumber;
    }
}
