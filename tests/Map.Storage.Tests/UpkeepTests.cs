using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Values;
using Map.Storage.Committing;

namespace Map.Storage.Tests;

/// <summary>What many spaces take of files and memory, and what is forgotten in time.</summary>
public sealed class UpkeepTests
{
    private static readonly int _spaces = Environment.GetEnvironmentVariable("MAP_TEST_LONG") == "1" ? 300 : 40;

    [Fact]
    public void Of_many_spaces_used_one_after_the_other_few_stay_open_and_all_go_on()
    {
        using var directory = new TestDirectory();
        using var catalog = SpaceCatalog.Open(directory.Options() with { MaxOpenSpaces = 6 });
        var stores = Enumerable.Range(0, _spaces).Select(i => Make(catalog, $"Space {i}")).ToList();
        foreach (var store in stores) Save(store, 100);
        var files = Directory.GetFiles("/proc/self/fd")
            .Count(fd => new FileInfo(fd).LinkTarget?.StartsWith(directory.Path, StringComparison.Ordinal) == true);
        Assert.InRange(catalog.OpenStores().Count, 1, 6);
        Assert.InRange(files, 1, 6 * 40);
        foreach (var store in stores) Assert.Equal((1L, 1L), (store.LatestCommit, store.CountHolons(1)));
        Assert.InRange(catalog.OpenStores().Count, 1, 6);
    }

    [Fact]
    public void A_store_that_is_not_used_closes_unless_somebody_reads_and_opens_with_the_next_use()
    {
        using var directory = new TestDirectory();
        var time = new SteppedTime();
        using var catalog = SpaceCatalog.Open(directory.Options() with { Time = time, CloseIdleAfter = TimeSpan.FromMinutes(10) });
        var (idle, read) = (Make(catalog, "Idle"), Make(catalog, "Read"));
        Save(idle, 100);
        Save(read, 100);
        using var reading = read.ScanHolons(null, 1).GetEnumerator();
        Assert.True(reading.MoveNext());
        for (var minute = 0; minute < 15; minute++) time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal([read], catalog.OpenStores());
        Assert.True(reading.MoveNext());
        Assert.Equal(1, idle.CountHolons(idle.LatestCommit));
        Save(idle, 100);
        Assert.Equal(2, idle.LatestCommit);
    }

    [Fact]
    public async Task Spaces_that_are_written_to_hold_together_no_more_than_the_budget()
    {
        const long Budget = 24L << 20;
        using var directory = new TestDirectory();
        using var catalog = SpaceCatalog.Open(directory.Options() with { WriteBufferBudgetBytes = Budget });
        var stores = Enumerable.Range(0, 12).Select(i => Make(catalog, $"Space {i}")).ToList();
        for (var round = 0; round < 4; round++)
            foreach (var store in stores) Save(store, 1 << 20);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (stores.Sum(store => store.BufferedBytes()) > Budget) await Task.Delay(20, patience.Token);
        foreach (var store in stores) Assert.Equal(4, store.CountHolons(store.LatestCommit));
    }

    [Fact]
    public void Outcomes_are_forgotten_after_90_days()
    {
        using var space = new TestSpace();
        var now = DateTimeOffset.UtcNow;
        var old = End(space, now.AddDays(-100), now.AddDays(-99));
        var late = End(space, now.AddDays(-100), now.AddDays(-80));
        var young = End(space, now.AddDays(-80), now.AddDays(-80));
        OutcomeRows.Forget(space.Store.Rows, Micros(now));
        Assert.Null(space.Store.FindOutcome(old));
        Assert.NotNull(space.Store.FindOutcome(late));
        Assert.NotNull(space.Store.FindOutcome(young));
    }

    private static TransactionId End(TestSpace space, DateTimeOffset begun, DateTimeOffset ended)
    {
        var bytes = Guid.CreateVersion7(begun).ToByteArray(bigEndian: true);
        var transaction = new TransactionId(space.Record.Id, LocalId.Read(bytes));
        space.Store.RecordRollback(transaction, Micros(ended));
        return transaction;
    }

    private static long Micros(DateTimeOffset time) => time.ToUnixTimeMilliseconds() * 1_000;

    private static HolonStore Make(SpaceCatalog catalog, string name)
    {
        var record = TestSpace.NewRecord(name);
        var store = (HolonStore)catalog.Create(record);
        catalog.Publish(record.Id);
        return store;
    }

    private static void Save(HolonStore store, int bytes)
    {
        var latest = store.LatestCommit;
        var id = LocalId.Read(Guid.CreateVersion7().ToByteArray(bigEndian: true));
        var text = new BytesValue([.. Enumerable.Range(0, bytes).Select(i => (byte)(i * 31 ^ (i >> 8)))]);
        var outcome = store.Commit(
            new CommitPlan
            {
                Transaction = new TransactionId(store.Space, LocalId.Read(Guid.CreateVersion7().ToByteArray(bigEndian: true))),
                Label = "",
                Snapshot = latest,
                JudgedAsOf = latest,
                TouchesSchema = false,
                Nodes = [new NodeChange(NodeChangeKind.Create, id, null, null, PropertyMap.Empty.With("Text", text), null)],
                Links = [],
            },
            Micros(DateTimeOffset.UtcNow));
        Assert.Equal(latest + 1, outcome.CommitNumber);
    }

    /// <summary>A clock that a test moves, with the timers that it drives.</summary>
    private sealed class SteppedTime : TimeProvider
    {
        private readonly List<Action> _timers = [];
        private long _now = TimeSpan.TicksPerDay;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref _now);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _timers.Add(() => callback(state));
            return System.CreateTimer(static _ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public void Advance(TimeSpan time)
        {
            Interlocked.Add(ref _now, time.Ticks);
            foreach (var timer in _timers) timer();
        }
    }
}
