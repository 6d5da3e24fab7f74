using Map.Hub.Spaces;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests;

/// <summary>A transaction sees the space as of its begin, with what it staged itself and nothing else.</summary>
public sealed class IsolationTests : IDisposable
{
    private readonly TestHub _hub = new();
    private readonly HolonSpaceManager _space;

    public IsolationTests()
    {
        _space = _hub.NewSpace("library", [TestSchema.Alone]);
        var transaction = _hub.Begin(_space);
        var one = transaction.StageOf(TestSchema.Book, "One", ("Title", Text("One")));
        var two = transaction.StageOf(TestSchema.Novel, "Two");
        var ann = transaction.StageOf(TestSchema.Person, "Ann");
        var ben = transaction.StageOf(TestSchema.Person, "Ben");
        transaction.Add(one, TestSchema.Authors, ann, ben);
        transaction.Add(one, TestSchema.Similar, two);
        transaction.Add(two, TestSchema.Credits, ann, ben, ann);
        transaction.Add(two, TestSchema.Readers, ben);
        transaction.Commit();
    }

    public void Dispose() => _hub.Dispose();

    [Fact]
    public void A_transaction_does_not_see_what_another_stages()
    {
        var first = _hub.Begin(_space);
        var second = _hub.Begin(_space);
        var before = second.Full();
        ChangeEverything(first);
        Assert.Equal(before, second.Full());
        Assert.Equal(before, _hub.Begin(_space).Full());
    }

    [Fact]
    public void A_transaction_reads_as_of_its_begin_after_another_committed()
    {
        var first = _hub.Begin(_space);
        var second = _hub.Begin(_space);
        var before = second.Full();
        var fresh = ChangeEverything(first);
        var id = first.Saved(fresh).Smart.HolonId;
        first.Commit();
        Assert.Equal(before, second.Full());
        second.Send(ByKeyQuery("Three")).Refused(ErrorCode.KeyNotFound);
        second.Send(new QueryCommand { GetById = new GetByIdQuery { HolonId = id } }).Refused(ErrorCode.HolonNotFound);
        Assert.Equal("One", second.Content(second.ByKey("One")).Key);
        Assert.Equal(["Ann", "Ben"], second.Related(second.ByKey("One"), TestSchema.Authors));

        var third = _hub.Begin(_space);
        Assert.NotEqual(before, third.Full());
        Assert.Equal("New", third.Value(third.ByKey("Moved"), "Title").StringValue);
        Assert.Equal(["Ann", "Cleo"], third.Related(third.ByKey("Moved"), TestSchema.Authors));
        Assert.Equal(["Moved"], third.Related(third.ByKey("Cleo"), TestSchema.AuthorOf));
        third.Send(ByKeyQuery("One")).Refused(ErrorCode.KeyNotFound);
        third.Send(ByKeyQuery("Two")).Refused(ErrorCode.KeyNotFound);
        Assert.Equal("Three", third.Content(third.ById(id)).Key);
    }

    [Fact]
    public void What_a_transaction_stages_stands_over_the_commit_that_it_began_at()
    {
        var second = _hub.Begin(_space);
        var staged = second.StageVersion(second.ByKey("Ann"));
        second.Set(staged, "Age", Number(40));
        var first = _hub.Begin(_space);
        ChangeEverything(first);
        first.Commit();
        var cara = second.StageOf(TestSchema.Person, "Cara");
        var two = second.StageVersion(second.ByKey("Two"));
        second.Add(two, TestSchema.Readers, cara);
        Assert.Equal(["Ben", "Cara"], second.Related(two, TestSchema.Readers));
        Assert.Equal(["Two"], second.Related(cara, TestSchema.ReaderOf));
        Assert.Equal(["One"], second.Related(staged, TestSchema.AuthorOf));
        Assert.Equal(["Ann", "Ben", "Cara"], second.All(new GetAllQuery { Type = second.ByKey(TestSchema.Person) }));
    }

    [Fact]
    public void A_type_says_what_it_said_when_the_transaction_began()
    {
        var before = _hub.Begin(_space);
        var first = _hub.Begin(_space);
        var relationship = first.StageVersion(first.ByKey("(Item.HolonType)-[Similar]->(Item.HolonType)"));
        first.Set(relationship, "TypeName", Text("Resembles"));
        first.Commit();
        Assert.Equal(["Two"], before.Related(before.ByKey("One"), TestSchema.Similar));
        Assert.Equal(["One"], before.Related(before.ByKey("Two"), TestSchema.SimilarFrom));
        var after = _hub.Begin(_space);
        Assert.Equal(["Two"], after.Related(after.ByKey("One"), "Resembles"));
        Assert.Empty(after.Related(after.ByKey("One"), TestSchema.Similar));
    }

    [Fact]
    public void A_saved_holon_is_the_same_in_two_transactions_but_its_references_are_not()
    {
        var first = _hub.Begin(_space);
        var second = _hub.Begin(_space);
        Assert.NotEqual(first.ByKey("One"), second.ByKey("One"));
        Assert.Equal(first.ByKey("One").Smart, second.ByKey("One").Smart);
    }

    [Fact]
    public void A_rollback_leaves_nothing_behind()
    {
        var first = _hub.Begin(_space);
        var before = _hub.Begin(_space).Full();
        var figures = _space.Figures;
        ChangeEverything(first);
        first.Rollback();
        Assert.Equal(before, _hub.Begin(_space).Full());
        Assert.Equal(figures, _space.Figures);
    }

    /// <summary>Changes, moves, links, deletes and makes holons.</summary>
    /// <returns>The one made.</returns>
    private static HolonReference ChangeEverything(TestTransaction transaction)
    {
        var one = transaction.StageVersion(transaction.ByKey("One"));
        transaction.Set(one, "Title", Text("New"));
        transaction.Set(one, "Key", Text("Moved"));
        transaction.RemoveRelated(one, TestSchema.Authors, transaction.ByKey("Ben"));
        transaction.Add(one, TestSchema.Authors, transaction.StageOf(TestSchema.Person, "Cleo"));
        transaction.Delete(transaction.ByKey("Two"));
        return transaction.StageOf(TestSchema.Book, "Three");
    }
}
