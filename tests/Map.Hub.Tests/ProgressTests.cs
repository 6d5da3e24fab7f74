using Map.Core.Dancing;
using Map.Core.Editing;
using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.Loading;
using Map.Core.Services;
using Map.Core.Types;
using Map.Core.Views;
using Map.Hub.Spaces;
using Map.Hub.Watching;
using Map.V1;
using static Map.Hub.Tests.TestSchema;
using static Map.Hub.Tests.TestTransaction;
using TransactionStatus = Map.Hub.Transactions.TransactionStatus;

namespace Map.Hub.Tests;

/// <summary>Watching a transaction: how far a load or a commit is.</summary>
public sealed class ProgressTests : IDisposable
{
    private const int Books = 5_000;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly HookedCatalog _catalog;
    private readonly TestHub _hub;
    private readonly HolonSpaceManager _space;
    private readonly TestTransaction _transaction;

    public ProgressTests()
    {
        HookedCatalog? hooked = null;
        _hub = new TestHub(TestHub.Options() with { MaxWatchers = 2 }, catalog => hooked = new HookedCatalog(catalog));
        _catalog = hooked!;
        _space = _hub.NewSpace("library", [Alone]);
        _transaction = _hub.Begin(_space);
    }

    public void Dispose() => _hub.Dispose();

    [Fact]
    public void A_load_tells_each_step_from_its_beginning_to_its_end()
    {
        var told = new List<StepProgress>();
        var file = Many;
        Load(told.Add, default);
        var steps = told.GroupBy(progress => progress.Step).ToList();
        Assert.Equal(
            ["reading files", "checking keys", "finding the targets of links", "working out links", "staging"],
            steps.Select(step => step.Key));
        foreach (var step in steps)
        {
            Assert.Equal(step.Order(Comparer<StepProgress>.Create((a, b) => a.Done.CompareTo(b.Done))), step);
            Assert.Equal((0, 1), (step.First().Done, step.Select(progress => progress.Total).Distinct().Count()));
            Assert.True(step.Select(progress => progress.Done).Distinct().Count() > 4, $"few steps of {step.Key}");
            Assert.InRange(step.Last().Done, step.Last().Total * 9 / 10, step.Last().Total);
        }

        Assert.Equal(file.Content.Length, steps[0].First().Total);
        Assert.All(steps.Skip(1), step => Assert.Equal(Books, step.First().Total));
    }

    [Fact]
    public void A_commit_tells_how_many_holons_are_judged()
    {
        _transaction.Load(Many);
        var told = new List<StepProgress>();
        var view = _space.Find(_transaction.Id).Read(default).View;
        CommitPlanner.Plan(new TransactionView(view.State, view.Saved, new ContractCache()) { Tell = told.Add }, "", enforces: true, NoGuests.Instance);
        Assert.Equal(Enumerable.Range(0, 6).Select(i => new StepProgress("validating", 1_000 * i, Books)), told);
    }

    [Fact]
    public void A_load_can_be_cancelled_at_each_step_and_leaves_nothing()
    {
        var seen = new HashSet<string>();
        var before = _transaction.Full();
        while (true)
        {
            using var cancellation = new CancellationTokenSource();
            var isNew = false;
            try
            {
                Load(progress =>
                {
                    if (progress.Done == 0 || isNew || !seen.Add(progress.Step)) return;
                    isNew = true;
                    cancellation.Cancel();
                }, cancellation.Token);
                break;
            }
            catch (OperationCanceledException)
            {
                Assert.Equal(before, _transaction.Full());
            }
        }

        Assert.Equal(5, seen.Count);
        Assert.Equal((ulong)Books, _transaction.StagedCount());
    }

    [Fact]
    public async Task A_watch_tells_how_things_are_and_ends_with_the_transaction()
    {
        using var watch = _space.WatchTransaction(_transaction.Id);
        await using var news = watch.ReadAsync(default).GetAsyncEnumerator();
        Assert.Equal((TransactionStatus.Open, 0, null), await NextAsync(news));
        (TransactionStatus, int, string?)? during = null;
        _catalog.BeforeAppend = () => during = NextAsync(news).GetAwaiter().GetResult();
        _transaction.Load(Many);
        Assert.Equal((TransactionStatus.Open, 0, "journaling"), during);
        Assert.Equal((TransactionStatus.Open, Books, null), await NextAsync(news));

        // What fails leaves it open, and nothing runs then.
        _catalog.BeforeAppend = null;
        _transaction.Send(LoadCommand(File("wrong.json", Holon("x", "Absent")))).Refused(ErrorCode.UnresolvedReference);
        _catalog.BeforeCommit = () =>
        {
            during = NextAsync(news).GetAwaiter().GetResult();
            throw new StoreException("The disk is full.");
        };
        _transaction.Send(CommitMutation).Refused(ErrorCode.StoreUnavailable);
        Assert.Equal((TransactionStatus.Committing, Books, "writing"), during);
        Assert.Equal((TransactionStatus.Open, Books, null), await NextAsync(news));

        _catalog.BeforeCommit = null;
        _transaction.Commit();
        var (status, _, step) = await NextAsync(news);
        Assert.Equal((TransactionStatus.Committed, null), (status, step));
        Assert.False(await news.MoveNextAsync().AsTask().WaitAsync(Patience));
    }

    [Fact]
    public async Task A_watcher_that_takes_nothing_meanwhile_is_told_the_latest_alone()
    {
        using var watch = _space.WatchTransaction(_transaction.Id);
        await using var news = watch.ReadAsync(default).GetAsyncEnumerator();
        await NextAsync(news);
        _transaction.Load(Many);
        for (var i = 0; i < 3; i++) _transaction.StageOf(Book, $"further {i}");
        Assert.Equal((TransactionStatus.Open, Books + 3, null), await NextAsync(news));
        _transaction.Rollback();
        Assert.Equal(TransactionStatus.RolledBack, (await NextAsync(news)).Status);
        Assert.False(await news.MoveNextAsync().AsTask().WaitAsync(Patience));
    }

    [Fact]
    public async Task A_waiting_watcher_is_woken_by_what_comes()
    {
        using var watch = _space.WatchTransaction(_transaction.Id);
        await using var news = watch.ReadAsync(default).GetAsyncEnumerator();
        await NextAsync(news);
        var next = NextAsync(news);
        Assert.False(next.IsCompleted);
        _transaction.Commit();
        // Committing may be told, or be over already.
        var status = (await next).Status;
        if (status == TransactionStatus.Committing) status = (await NextAsync(news)).Status;
        Assert.True(status is TransactionStatus.Committed, $"It was {status}.");
    }

    [Fact]
    public async Task One_that_has_ended_is_told_once_and_an_unknown_one_is_refused()
    {
        _transaction.StageOf(Book, "One");
        var number = _transaction.Commit().CommitNumber;
        using var watch = _space.WatchTransaction(_transaction.Id);
        var all = new List<TransactionNews>();
        await foreach (var news in watch.ReadAsync(default)) all.Add(news);
        Assert.Equal((TransactionStatus.Committed, (long)number), (Assert.Single(all).Info.Status, all[0].Info.CommitNumber));
        var unknown = new Core.Identity.TransactionId(_space.Space.Id, LocalId.OfName("nobody"));
        Assert.Equal(
            HolonErrorCode.TransactionNotFound, Assert.Throws<HolonException>(() => _space.WatchTransaction(unknown)).Errors[0].Code);
    }

    [Fact]
    public void Watchers_are_limited_and_make_room()
    {
        using var commits = _space.Watch(null);
        using (_space.WatchTransaction(_transaction.Id))
        {
            var full = Assert.Throws<HolonException>(() => _space.WatchTransaction(_transaction.Id)).Errors[0];
            Assert.Equal((HolonErrorCode.LimitReached, 2), (full.Code, full.Limit));
        }

        using var again = _space.WatchTransaction(_transaction.Id);
    }

    private static ImportSource Many { get; } = File("books.json", [.. Enumerable.Range(0, Books).Select(i =>
        Holon($"B{i}", Book, new { Title = $"Title {i}" }, (Similar, $"B{(i + 1) % Books}")))]);

    private void Load(Action<StepProgress> tell, CancellationToken cancellation) => _space.Find(_transaction.Id).Mutate(
        editor =>
        {
            editor.Load([Many], tell, cancellation);
            return null;
        },
        stamp: null,
        cancellation);

    private static async Task<(TransactionStatus Status, int Staged, string? Step)> NextAsync(IAsyncEnumerator<TransactionNews> news)
    {
        Assert.True(await news.MoveNextAsync().AsTask().WaitAsync(Patience));
        return (news.Current.Info.Status, news.Current.Info.Staged, news.Current.Progress?.Step);
    }
}
