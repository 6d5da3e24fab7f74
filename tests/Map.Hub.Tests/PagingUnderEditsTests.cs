using Google.Protobuf;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests;

/// <summary>Pages while the transaction is edited between them: what did not change comes once and in order.</summary>
public sealed class PagingUnderEditsTests : IDisposable
{
    private static readonly int Rounds = Environment.GetEnvironmentVariable("MAP_TEST_LONG") == "1" ? 3_000 : 60;

    private readonly TestHub _hub = new();
    private readonly int _seed = Environment.TickCount;
    private readonly Random _random;
    private readonly Hub.Spaces.HolonSpaceManager _space;

    public PagingUnderEditsTests()
    {
        _random = new Random(_seed);
        _space = _hub.NewSpace("library", [TestSchema.Alone]);
        RandomEdits.Save(_hub.Begin(_space), _random);
    }

    public static TheoryData<string> Collections =>
    [
        TestSchema.Authors, TestSchema.Credits, TestSchema.Readers, TestSchema.Friends,
        TestSchema.AuthorOf, TestSchema.CreditedIn, TestSchema.ReaderOf,
        "Instances", "all", "of a type", "with subtypes", "by prefix", "by prefix and type",
    ];

    public void Dispose() => _hub.Dispose();

    [Theory]
    [MemberData(nameof(Collections))]
    public void Members_that_did_not_change_come_once_and_in_order(string collection)
    {
        var finished = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var transaction = _hub.Begin(_space);
            var edits = new RandomEdits(transaction, _random).Begin();
            for (var i = _random.Next(12); i > 0; i--) edits.Step();
            var query = QueryOf(collection, transaction, edits);
            var before = Read(transaction, query, () => { })!;
            edits.Touched.Clear();
            var seen = Read(transaction, query, () =>
            {
                for (var i = _random.Next(4); i > 0; i--) edits.Step();
            });
            transaction.Rollback();
            if (seen is null) continue;
            finished++;
            var expected = before.Where(id => !edits.Touched.Contains(id)).Select(Show);
            var got = seen.Where(id => !edits.Touched.Contains(id)).Select(Show);
            Assert.True(expected.SequenceEqual(got), $"seed {_seed}, {collection}, round {round}: {string.Join(' ', expected)} but {string.Join(' ', got)}");
        }

        // Numbering anew is for many members at one spot, so that it hardly ever comes between.
        Assert.InRange(finished, Rounds * 9 / 10, Rounds);
    }

    /// <summary>All pages; null when the members were numbered anew in between.</summary>
    private List<ByteString>? Read(TestTransaction transaction, QueryCommand query, Action between)
    {
        var page = query.GetAll?.Page ?? query.RelatedHolons.Page;
        page.Token = ByteString.Empty;
        page.Size = (uint)_random.Next(1, 5);
        var seen = new List<ByteString>();
        while (true)
        {
            var response = transaction.Send(query);
            if (!response.Success)
            {
                response.Refused(ErrorCode.CollectionReordered);
                return null;
            }

            seen.AddRange(response.Body.Page.Members.Select(member => RandomEdits.Id(member.Reference)));
            if (response.Body.Page.NextToken.IsEmpty) return seen;
            Assert.True(seen.Count < 1_000, $"seed {_seed}: the pages have no end");
            page.Token = response.Body.Page.NextToken;
            between();
        }
    }

    private static QueryCommand QueryOf(string collection, TestTransaction transaction, RandomEdits edits) => collection switch
    {
        TestSchema.Authors or TestSchema.Credits or TestSchema.Readers or TestSchema.Friends => Related(edits.Hub, collection),
        TestSchema.AuthorOf or TestSchema.CreditedIn or TestSchema.ReaderOf => Related(edits.Star, collection),
        "Instances" => Related(transaction.ByKey(TestSchema.Person), collection),
        "all" => All(new GetAllQuery()),
        "of a type" => All(new GetAllQuery { Type = transaction.ByKey(TestSchema.Novel) }),
        "with subtypes" => All(new GetAllQuery { Type = transaction.ByKey(TestSchema.Item), WithSubtypes = true }),
        "by prefix" => All(new GetAllQuery { KeyPrefix = "P" }),
        _ => All(new GetAllQuery { KeyPrefix = "P", Type = transaction.ByKey(TestSchema.Person) }),
    };

    private static QueryCommand Related(HolonReference holon, string name) =>
        new() { RelatedHolons = new RelatedHolonsQuery { Holon = holon, Name = name, Page = new PageRequest() } };

    private static QueryCommand All(GetAllQuery query)
    {
        query.Page = new PageRequest();
        return new QueryCommand { GetAll = query };
    }

    private static string Show(ByteString id) => Convert.ToHexStringLower(id.Span)[20..];
}
