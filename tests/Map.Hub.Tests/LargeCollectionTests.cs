using Google.Protobuf;
using Map.Hub.Spaces;
using Map.V1;
using static Map.Hub.Tests.TestSchema;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests;

/// <summary>
/// What a page of a collection of 100,000 members costs: as much as one of 1,000, wherever in it the page is, staged and
/// saved. Cost is memory allocated, which grows with every member that is read, whether it is told or not.
/// </summary>
public sealed class LargeCollectionTests : IDisposable
{
    private const int Few = 1_000;
    private const int Many = 100_000;
    private const uint PageSize = 50;

    private readonly TestHub _hub = new();
    private readonly HolonSpaceManager _space;

    public LargeCollectionTests() => _space = _hub.NewSpace("library", [Alone]);

    public void Dispose() => _hub.Dispose();

    [Fact]
    public void A_page_of_very_many_members_costs_what_one_of_few_costs_staged_and_saved()
    {
        var transaction = _hub.Begin(_space);
        string[] names = [.. Enumerable.Range(0, Many).Select(i => $"P{i:D6}")];
        var books = Enumerable.Range(0, Many).Select(i => Holon($"B{i:D6}", Book, null, (Authors, i < Few ? (string[])["Star", "Known"] : ["Star"])));
        transaction.Load(File("many.json", [
            Holon("Large", Book, null, (Credits, names), (Readers, names)),
            Holon("Small", Novel, null, (Credits, names[..Few]), (Readers, names[..Few])),
            Holon("Star", Person), Holon("Known", Person), .. names.Select(name => Holon(name, Person)), .. books]));
        AssertFlat(transaction);
        transaction.Commit();
        var later = _hub.Begin(_space);
        AssertFlat(later);
        // Staged edits of a few members do not make it otherwise.
        later.Delete(later.ByKey("P000500"));
        later.Set(later.StageVersion(later.ByKey("P000700")), "Key", Text("Q"));
        later.Set(later.StageVersion(later.ByKey("B000020")), "Key", Text("R"));
        AssertFlat(later);
    }

    [Fact]
    public void A_page_of_many_versions_costs_what_one_of_few_costs()
    {
        var first = _hub.Begin(_space);
        var (few, many) = (first.StageOf(Book, "Few"), first.StageOf(Book, "Many"));
        first.Commit();
        for (var i = 0; i < 400; i++)
        {
            var transaction = _hub.Begin(_space);
            foreach (var key in i < 20 ? (string[])["Few", "Many"] : ["Many"])
                transaction.Set(transaction.StageVersion(transaction.ByKey(key)), "Pages", Number(i));
            transaction.Commit();
        }

        var later = _hub.Begin(_space);
        var small = Cost(later, History("Few"));
        foreach (var cost in Costs(later, History("Many"), 400)) Assert.InRange(cost, 1, small * 3 / 2);

        QueryCommand History(string key) =>
            new() { History = new HistoryQuery { Holon = later.ByKey(key), Page = new PageRequest { Size = 10 } } };
    }

    private static void AssertFlat(TestTransaction transaction)
    {
        (QueryCommand Small, QueryCommand Large)[] pairs =
        [
            (Related(transaction.ByKey("Small"), Credits), Related(transaction.ByKey("Large"), Credits)),
            (Related(transaction.ByKey("Small"), Readers), Related(transaction.ByKey("Large"), Readers)),
            (Related(transaction.ByKey("Known"), AuthorOf), Related(transaction.ByKey("Star"), AuthorOf)),
            (Related(transaction.ByKey("Small"), Readers), Related(transaction.ByKey(Person), "Instances")),
            (All(transaction, "P000"), All(transaction, "P")),
            (All(transaction, "B000"), All(transaction, null)),
        ];
        foreach (var (small, large) in pairs)
        {
            var few = Cost(transaction, small);
            foreach (var cost in Costs(transaction, large, Many)) Assert.InRange(cost, 1, few * 5 / 4);
        }

        var counts = Cost(transaction, Counts(transaction.ByKey("Small")));
        Assert.InRange(Cost(transaction, Counts(transaction.ByKey("Large"))), 1, counts * 5 / 4);
        AssertCounts(transaction);
    }

    private static void AssertCounts(TestTransaction transaction)
    {
        var relationships = transaction.Ok(Counts(transaction.ByKey("Large"))).Relationships.Relationships.ToDictionary(each => each.Name);
        var deleted = transaction.StagedCount() is > 0 and < 10 ? 1 : 0;
        Assert.Equal((ulong)(Many - deleted), relationships[Credits].Count);
        Assert.Equal((ulong)(Many - deleted), relationships[Readers].Count);
        Assert.Equal(10, relationships[Readers].Members.Count);
        var star = transaction.Ok(Counts(transaction.ByKey("Star"))).Relationships.Relationships.ToDictionary(each => each.Name);
        Assert.Equal((Many, true), ((int)star[AuthorOf].Count, star[AuthorOf].Inverse));
        var instances = transaction.Ok(Counts(transaction.ByKey(Person))).Relationships.Relationships.Single(each => each.Name == "Instances");
        Assert.Equal((ulong)(Many + 2 - deleted), instances.Count);
    }

    /// <summary>What pages cost at the start and far behind.</summary>
    private static List<long> Costs(TestTransaction transaction, QueryCommand query, int members)
    {
        var costs = new List<long> { Cost(transaction, query) };
        var (page, size) = (PageOf(query), PageOf(query).Size);
        for (var left = members * 2 / 3; left > 0; left -= (int)page.Size)
        {
            page.Size = (uint)Math.Min(1_000, left);
            page.Token = transaction.Ok(query).Page.NextToken;
        }

        page.Size = size;
        costs.Add(Cost(transaction, query));
        page.Token = ByteString.Empty;
        return costs;
    }

    private static long Cost(TestTransaction transaction, QueryCommand query)
    {
        // The first time makes iterators and contracts.
        var response = transaction.Ok(query);
        if (response.Page is { } page) Assert.Equal((int)PageOf(query).Size, page.Members.Count);
        var before = GC.GetAllocatedBytesForCurrentThread();
        transaction.Send(query);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static PageRequest PageOf(QueryCommand query) => query.RelatedHolons?.Page ?? query.GetAll?.Page ?? query.History.Page;

    private static QueryCommand Counts(HolonReference holon) =>
        new() { AllRelatedHolons = new AllRelatedHolonsQuery { Holon = holon, MembersEach = 10 } };

    private static QueryCommand Related(HolonReference holon, string name) =>
        new() { RelatedHolons = new RelatedHolonsQuery { Holon = holon, Name = name, Page = new PageRequest { Size = PageSize } } };

    private static QueryCommand All(TestTransaction transaction, string? prefix)
    {
        var query = new GetAllQuery { Page = new PageRequest { Size = PageSize } };
        if (prefix is not null) query.KeyPrefix = prefix;
        else query.Type = transaction.ByKey(Book);
        return new QueryCommand { GetAll = query };
    }
}
