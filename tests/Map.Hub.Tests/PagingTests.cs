using Google.Protobuf;
using Map.Hub.Spaces;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests;

/// <summary>Pages end where they should, and a token works for the listing that gave it and for nothing else.</summary>
public sealed class PagingTests : IDisposable
{
    private readonly TestHub _hub = new(TestHub.Options() with { DefaultPageSize = 3, MaxPageSize = 4 });
    private readonly HolonSpaceManager _space;

    public PagingTests()
    {
        _space = _hub.NewSpace("library", [TestSchema.Alone]);
        var transaction = _hub.Begin(_space);
        var book = transaction.StageOf(TestSchema.Book, "One");
        var people = Enumerable.Range(0, 7).Select(i => transaction.StageOf(TestSchema.Person, $"P{i}")).ToArray();
        transaction.Add(book, TestSchema.Authors, people);
        transaction.Add(book, TestSchema.Readers, people);
        transaction.StageOf(TestSchema.Book, "Two");
        transaction.Commit();
    }

    public void Dispose() => _hub.Dispose();

    [Fact]
    public void A_staged_and_a_younger_saved_holon_of_one_key_and_type_are_on_pages_of_their_own()
    {
        var first = _hub.Begin(_space);
        first.StageOf(TestSchema.Book, "old");
        first.StageOf(TestSchema.Book, "same");
        first.Commit();
        var transaction = _hub.Begin(_space);
        transaction.Set(transaction.StageVersion(transaction.ByKey("old")), "Key", Text("same"));
        Assert.Equal(["same", "same"], transaction.All(new GetAllQuery { KeyPrefix = "s" }, pageSize: 1));
    }

    [Fact]
    public void The_default_size_and_the_largest_are_those_of_the_daemon_and_a_larger_one_is_refused()
    {
        var transaction = _hub.Begin(_space);
        Assert.Equal(3, transaction.Ok(Authors(transaction, 0)).Page.Members.Count);
        Assert.Equal(4, transaction.Ok(Authors(transaction, 4)).Page.Members.Count);
        foreach (var query in (QueryCommand[])[Authors(transaction, 5), All(5)])
        {
            var error = transaction.Send(query).Refused(ErrorCode.TooLarge);
            Assert.Equal(("page.size", 4UL), (error.Field, error.Details.Limit));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void All_pages_together_are_the_whole_whatever_their_size(uint size)
    {
        var transaction = _hub.Begin(_space);
        var people = new GetAllQuery { Type = transaction.ByKey(TestSchema.Person) };
        string[] expected = ["P0", "P1", "P2", "P3", "P4", "P5", "P6"];
        Assert.Equal(expected, transaction.All(people, size));
        Assert.Equal(expected, transaction.All(new GetAllQuery { KeyPrefix = "P" }, size)[..7]);
        Assert.Equal(expected, transaction.Related(transaction.ByKey("One"), TestSchema.Authors, size));
        Assert.Equal(expected, transaction.Related(transaction.ByKey("One"), TestSchema.Readers, size));
        Assert.Equal(expected, transaction.Related(transaction.ByKey(TestSchema.Person), "Instances", size));
    }

    [Fact]
    public void A_last_page_that_is_full_has_no_token()
    {
        var transaction = _hub.Begin(_space);
        var first = transaction.Ok(Authors(transaction, 4)).Page;
        var second = transaction.Ok(Authors(transaction, 3, first.NextToken)).Page;
        Assert.Equal((3, true), (second.Members.Count, second.NextToken.IsEmpty));
    }

    [Fact]
    public void Members_that_did_not_change_come_once_whatever_is_staged_between_pages()
    {
        var transaction = _hub.Begin(_space);
        var query = new GetAllQuery { Type = transaction.ByKey(TestSchema.Person), Page = new PageRequest { Size = 3 } };
        var first = transaction.Ok(new QueryCommand { GetAll = query }).Page;
        Assert.Equal(["P0", "P1", "P2"], first.Members.Select(member => member.Key));

        // The last member of the page goes, and others come and go on both sides.
        transaction.Delete(transaction.ByKey("P2"));
        transaction.Delete(transaction.ByKey("P0"));
        transaction.Delete(transaction.ByKey("P4"));
        transaction.StageVersion(transaction.ByKey("P5"));
        transaction.StageOf(TestSchema.Person, "P7");
        var rest = new List<string>();
        for (var token = first.NextToken; !token.IsEmpty;)
        {
            var next = query.Clone();
            next.Page.Token = token;
            var page = transaction.Ok(new QueryCommand { GetAll = next }).Page;
            rest.AddRange(page.Members.Select(member => member.Key));
            token = page.NextToken;
        }

        Assert.Equal(["P3", "P5", "P6", "P7"], rest);
    }

    [Fact]
    public void A_token_is_refused_in_another_query_and_in_another_transaction()
    {
        var transaction = _hub.Begin(_space);
        var token = transaction.Ok(Authors(transaction, 2)).Page.NextToken;
        transaction.Ok(Authors(transaction, 4, token));
        Refused(transaction, Related(transaction.ByKey("One"), TestSchema.Readers, token));
        Refused(transaction, Related(transaction.ByKey("Two"), TestSchema.Authors, token));
        Refused(transaction, Related(transaction.Saved(transaction.ByKey("One"), version: 1), TestSchema.Authors, token));
        Refused(transaction, All(2, token));
        var other = _hub.Begin(_space);
        Refused(other, Authors(other, 2, token));

        var listed = transaction.Ok(All(2)).Page.NextToken;
        transaction.Ok(All(4, listed));
        Refused(transaction, Authors(transaction, 2, listed));
        Refused(other, All(2, listed));
        Refused(transaction, new QueryCommand { GetAll = new GetAllQuery { KeyPrefix = "", Page = new PageRequest { Token = listed } } });
        Refused(transaction, new QueryCommand
        {
            GetAll = new GetAllQuery { Type = transaction.ByKey(TestSchema.Person), Page = new PageRequest { Token = listed } },
        });
    }

    [Fact]
    public void A_forged_token_is_refused_whichever_byte_was_changed()
    {
        var transaction = _hub.Begin(_space);
        var token = transaction.Ok(Authors(transaction, 2)).Page.NextToken.ToByteArray();
        for (var i = 0; i < token.Length; i++)
        {
            var forged = token.ToArray();
            forged[i] ^= 1;
            Refused(transaction, Authors(transaction, 2, ByteString.CopyFrom(forged)));
        }

        foreach (var length in (int[])[1, 15, 16, 17, token.Length - 1])
            Refused(transaction, Authors(transaction, 2, ByteString.CopyFrom(token, 0, length)));
    }

    [Fact]
    public void A_token_is_refused_once_the_type_makes_the_name_another_relationship_and_good_again_when_that_is_undone()
    {
        var transaction = _hub.Begin(_space);
        var one = transaction.StageVersion(transaction.ByKey("One"));
        transaction.RemoveRelated(one, TestSchema.Authors, transaction.ByKey("P1"));
        transaction.Add(one, TestSchema.Authors, transaction.ByKey("P1"));
        var query = Related(one, TestSchema.Authors, null);
        query.RelatedHolons.Page.Size = 4;
        var first = transaction.Ok(query).Page;
        Assert.Equal(["P0", "P2", "P3", "P4"], first.Members.Select(member => member.Key));
        query.RelatedHolons.Page.Token = first.NextToken;
        var readers = Related(one, TestSchema.Readers, null);
        readers.RelatedHolons.Page.Token = transaction.Ok(readers).Page.NextToken;

        // A novel is a book; of a person the name is declared by no type.
        transaction.Describe(one, transaction.ByKey(TestSchema.Person));
        Assert.Equal("page.token", transaction.Send(query).Refused(ErrorCode.CollectionReordered).Field);
        transaction.Send(readers).Refused(ErrorCode.CollectionReordered);
        transaction.Describe(one, transaction.ByKey(TestSchema.Book));
        Assert.Equal(["P3", "P4", "P5"], transaction.Ok(readers).Page.Members.Select(member => member.Key));
        Assert.Equal("page.token", transaction.Send(query).Refused(ErrorCode.CollectionReordered).Field);
        transaction.Undo();
        transaction.Undo();
        Assert.Equal(["P5", "P6", "P1"], transaction.Ok(query).Page.Members.Select(member => member.Key));
        transaction.Describe(one, transaction.ByKey(TestSchema.Novel));
        Assert.Equal(["P5", "P6", "P1"], transaction.Ok(query).Page.Members.Select(member => member.Key));
    }

    [Fact]
    public void Many_members_placed_at_once_leave_the_positions_of_the_others_and_many_placed_one_by_one_make_the_token_refused()
    {
        var transaction = _hub.Begin(_space);
        var one = transaction.StageVersion(transaction.ByKey("One"));
        var query = Related(one, TestSchema.Authors, null);
        query.RelatedHolons.Page.Size = 3;
        query.RelatedHolons.Page.Token = transaction.Ok(query).Page.NextToken;
        var more = Enumerable.Range(0, 100).Select(i => transaction.StageOf(TestSchema.Person, $"Q{i}")).ToArray();
        Place(more[..60]);
        Assert.Equal(["P3", "P4", "P5"], transaction.Ok(query).Page.Members.Select(member => member.Key));
        var steps = 0;
        while (Place(more[60 + steps++]).Success) { }

        Assert.InRange(steps, 10, 39);
        Assert.Equal("page.token", transaction.Send(query).Refused(ErrorCode.CollectionReordered).Field);
        transaction.Undo();
        Assert.Equal(["P3", "P4", "P5"], transaction.Ok(query).Page.Members.Select(member => member.Key));
        string[] expected = ["P0", .. Enumerable.Range(60, steps - 1).Reverse().Concat(Enumerable.Range(0, 60)).Select(i => $"Q{i}")];
        Assert.Equal([.. expected, "P1", "P2", "P3", "P4", "P5", "P6"], transaction.Related(one, TestSchema.Authors));

        // Places members behind the first, and reads on from where the page ended.
        MapResponse Place(params HolonReference[] members)
        {
            var add = AddCommand(one, TestSchema.Authors, members);
            add.AddRelatedHolons.Position = new Position { After = transaction.ByKey("P0") };
            transaction.Ok(add);
            return transaction.Send(query);
        }
    }

    private static void Refused(TestTransaction transaction, QueryCommand query) =>
        Assert.Equal("page.token", transaction.Send(query).Refused(ErrorCode.InvalidPageToken).Field);

    private static QueryCommand Authors(TestTransaction transaction, uint size, ByteString? token = null)
    {
        var query = Related(transaction.ByKey("One"), TestSchema.Authors, token);
        query.RelatedHolons.Page.Size = size;
        return query;
    }

    private static QueryCommand Related(HolonReference holon, string name, ByteString? token) => new()
    {
        RelatedHolons = new RelatedHolonsQuery
        {
            Holon = holon,
            Name = name,
            Page = new PageRequest { Token = token ?? ByteString.Empty },
        },
    };

    private static QueryCommand All(uint size, ByteString? token = null) => new()
    {
        GetAll = new GetAllQuery { Page = new PageRequest { Size = size, Token = token ?? ByteString.Empty } },
    };
}
