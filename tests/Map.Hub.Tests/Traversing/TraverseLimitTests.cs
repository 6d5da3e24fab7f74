using Map.Core.Traversing;
using Map.V1;

namespace Map.Hub.Tests.Traversing;

/// <summary>What one query may take is limited; the error says by what. A query that is cancelled ends with the next row that it reads.</summary>
public sealed class TraverseLimitTests
{
    private const int Books = 60;
    private const int LinksEach = 4;

    /// <summary>Queries that read in each of the ways there are.</summary>
    public static TheoryData<string> Queries => [.. Asked.Keys];

    private static Dictionary<string, Ask> Asked { get; } = new()
    {
        ["lists"] = Ask.Type(TestSchema.Book),
        ["lists by key"] = Ask.All("k").And(Ask.All("k0")),
        ["filters"] = Ask.Type(TestSchema.Book).Where("Pages", V1.Comparison.Less, 50),
        ["goes on"] = Ask.Type(TestSchema.Book).Follow(TestSchema.Similar),
        ["goes on and back"] = Ask.Type(TestSchema.Book).Hops(1, 4, TestSchema.Similar, TestSchema.SimilarFrom),
        ["goes on, each holon once"] = Ask.Type(TestSchema.Book).Hop(3, TestSchema.Similar).Once(),
        ["orders"] = Ask.Type(TestSchema.Book).Down("Pages").Limit(3),
        ["selects"] = Ask.Type(TestSchema.Book).Select("Pages"),
    };

    [Theory]
    [MemberData(nameof(Queries))]
    public void A_query_reads_as_many_rows_as_it_may_and_no_more(string name)
    {
        var needed = 0L;
        using (var free = new World(new TraversalLimits()))
        {
            var query = free.Query(name);
            query.Explain = TraverseExplain.Run;
            needed = free.Transaction.Traverse(query).Plan.Steps.Sum(step => (long)step.RowsRead);
        }

        Assert.InRange(needed, Books, 100_000);
        using (var enough = new World(new TraversalLimits { MaxRowsRead = needed }))
            Assert.True(enough.Transaction.Ask(enough.Query(name)).Success);
        using var less = new World(new TraversalLimits { MaxRowsRead = needed - 1 });
        var error = less.Transaction.Ask(less.Query(name)).Refused(ErrorCode.QueryReadsTooMuch);
        Assert.Equal(needed - 1, (long)error.Details.Limit);
        Assert.Contains($"{needed - 1:N0}", error.Message);
        Assert.True(less.Transaction.Ask(Ask.Key("k00").In(less.Transaction)).Success);
    }

    [Theory]
    [InlineData("goes on", Books)]
    [InlineData("lists by key", Books)]
    [InlineData("goes on, each holon once", Books)]
    public void A_query_holds_as_many_holons_as_it_may_and_no_more(string name, int held)
    {
        using (var enough = new World(new TraversalLimits { MaxHeld = held }))
            Assert.Equal(held, enough.Transaction.Rows(enough.Query(name), 1_000).DistinctBy(row => row.Reference).Count());
        using var less = new World(new TraversalLimits { MaxHeld = held - 1 });
        var error = less.Transaction.Ask(less.Query(name)).Refused(ErrorCode.QueryTooLarge);
        Assert.Equal(held - 1, (long)error.Details.Limit);
    }

    [Fact]
    public void A_list_that_is_told_page_by_page_holds_nothing()
    {
        using var world = new World(new TraversalLimits { MaxHeld = 1 });
        Assert.Equal(Books, world.Transaction.Rows(world.Query("filters"), 7).Count);
    }

    [Theory]
    [MemberData(nameof(Queries))]
    public void A_query_ends_with_the_next_row_after_its_time(string name)
    {
        var time = new ManualTime();
        using var world = new World(new TraversalLimits(), time, TimeSpan.FromSeconds(3));
        var total = world.Count(() => Assert.True(world.Transaction.Ask(world.Query(name)).Success), _ => { });
        Assert.InRange(total, Books, 100_000);
        HolonError? error = null;
        var rows = world.Count(
            () => error = world.Transaction.Ask(world.Query(name)).Refused(ErrorCode.QueryTimedOut),
            row =>
            {
                if (row == total / 2) time.Advance(TimeSpan.FromSeconds(3));
            });
        Assert.Equal((3_000, true), ((long)error!.Details.Limit, error.Retryable));
        Assert.InRange(rows, total / 2, (total / 2) + 1);
        Assert.True(world.Transaction.Ask(world.Query(name)).Success);
    }

    [Theory]
    [MemberData(nameof(Queries))]
    public void A_query_that_is_cancelled_reads_no_more_than_a_row(string name)
    {
        using var world = new World(new TraversalLimits());
        var total = world.Count(() => Assert.True(world.Transaction.Ask(world.Query(name)).Success), _ => { });
        foreach (var at in (long[])[1, total / 3, total / 2, total - 1])
        {
            using var source = new CancellationTokenSource();
            var command = new CommandBody { Query = new QueryCommand { Traverse = world.Query(name) } };
            var rows = world.Count(
                () => Assert.ThrowsAny<OperationCanceledException>(() => world.Transaction.Send(command, source.Token)),
                row =>
                {
                    if (row == at) source.Cancel();
                });
            Assert.InRange(rows, at, at + 1);
        }

        Assert.True(world.Transaction.Ask(world.Query(name)).Success);
    }

    /// <summary>Books with links among them, saved.</summary>
    private sealed class World : IDisposable
    {
        private readonly TestHub _hub;
        private HookedCatalog _catalog = null!;

        public World(TraversalLimits limits, TimeProvider? time = null, TimeSpan? allowed = null)
        {
            var options = TestHub.Options() with { Traversals = limits, TraversalTime = allowed ?? TimeSpan.FromMinutes(10) };
            _hub = new TestHub(options, inner => _catalog = new HookedCatalog(inner), time);
            var space = _hub.NewSpace("library", [TestSchema.Alone]);
            var saving = _hub.Begin(space);
            var books = Enumerable.Range(0, Books)
                .Select(i => saving.StageOf(TestSchema.Book, $"k{i:00}", ("Pages", TestTransaction.Number(i % 50)))).ToList();
            for (var i = 0; i < Books; i++)
                saving.Add(books[i], TestSchema.Similar, [.. Enumerable.Range(1, LinksEach).Select(step => books[(i + (step * step)) % Books])]);
            saving.Commit();
            Transaction = _hub.Begin(space);
        }

        public TestTransaction Transaction { get; }

        public TraverseQuery Query(string name)
        {
            var query = Asked[name].In(Transaction);
            query.Page = new PageRequest { Size = 1_000 };
            return query;
        }

        /// <summary>How many rows are read that are counted; each is told with its number.</summary>
        public long Count(Action action, Action<long> onRow)
        {
            var rows = 0L;
            var books = Transaction.Rows(Ask.Type(TestSchema.Book).In(Transaction), 1_000)
                .Select(row => Binding.WireReader.ToReference(row.Reference, "").Id).ToHashSet();
            _catalog.RowRead = (method, holon) =>
            {
                if (method != nameof(Core.Services.IHolonService.LinkGroups) && books.Contains(holon)) onRow(++rows);
            };
            action();
            _catalog.RowRead = null;
            return rows;
        }

        public void Dispose() => _hub.Dispose();
    }
}
