using Map.Hub.Spaces;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests;

/// <summary>Members of relationships: order, duplicates, both directions, staged over saved.</summary>
public sealed class RelationshipTests : IDisposable
{
    private readonly TestHub _hub = new();
    private readonly HolonSpaceManager _space;

    public RelationshipTests()
    {
        _space = _hub.NewLibrary();
        var transaction = _hub.Begin(_space);
        foreach (var key in (string[])["Ann", "Ben", "Cleo", "Dora"]) transaction.StageOf(TestSchema.Person, key);
        foreach (var key in (string[])["One", "Two", "Three"]) transaction.StageOf(TestSchema.Book, key);
        transaction.Commit();
    }

    public void Dispose() => _hub.Dispose();

    [Theory]
    [InlineData(TestSchema.Authors)]
    [InlineData(TestSchema.Credits)]
    public void Members_of_an_ordered_relationship_stay_in_the_order_in_which_they_were_added(string name)
    {
        var transaction = _hub.Begin(_space);
        var one = transaction.StageVersion(transaction.ByKey("One"));
        AddPeople(transaction, one, name, "Dora", "Ann");
        AddPeople(transaction, one, name, "Cleo");
        AssertStagedAndSaved(transaction, "One", name, "Dora", "Ann", "Cleo");

        // Behind the saved ones, and one taken out and put in again behind all.
        transaction = _hub.Begin(_space);
        one = transaction.StageVersion(transaction.ByKey("One"));
        AddPeople(transaction, one, name, "Ben");
        RemovePeople(transaction, one, name, "Ann");
        Assert.Equal(["Dora", "Cleo", "Ben"], transaction.Related(one, name));
        AddPeople(transaction, one, name, "Ann");
        AssertStagedAndSaved(transaction, "One", name, "Dora", "Cleo", "Ben", "Ann");
    }

    [Theory]
    [InlineData(TestSchema.Readers)]
    [InlineData("Unknown")]
    public void Members_of_an_unordered_relationship_stand_in_order_of_creation(string name)
    {
        var transaction = _hub.Begin(_space);
        var one = transaction.StageVersion(transaction.ByKey("One"));
        AddPeople(transaction, one, name, "Dora", "Ann");
        AssertStagedAndSaved(transaction, "One", name, "Ann", "Dora");

        transaction = _hub.Begin(_space);
        one = transaction.StageVersion(transaction.ByKey("One"));
        AddPeople(transaction, one, name, "Ben");
        RemovePeople(transaction, one, name, "Ann");
        AddPeople(transaction, one, name, "Ann");
        transaction.Add(one, name, transaction.StageOf(TestSchema.Person, "Ella"));
        AssertStagedAndSaved(transaction, "One", name, "Ann", "Ben", "Dora", "Ella");
    }

    [Theory]
    [InlineData(TestSchema.Authors)]
    [InlineData("Unknown")]
    public void A_member_that_is_there_stays_as_it_is_where_duplicates_are_not_allowed(string name)
    {
        var transaction = _hub.Begin(_space);
        var one = transaction.StageVersion(transaction.ByKey("One"));
        AddPeople(transaction, one, name, "Ann", "Ben", "Ann");
        AddPeople(transaction, one, name, "Ann");
        AssertStagedAndSaved(transaction, "One", name, "Ann", "Ben");
        transaction = _hub.Begin(_space);
        AddPeople(transaction, transaction.StageVersion(transaction.ByKey("One")), name, "Ann");
        AssertStagedAndSaved(transaction, "One", name, "Ann", "Ben");
    }

    [Fact]
    public void A_member_stands_as_often_as_it_was_added_where_duplicates_are_allowed()
    {
        var transaction = _hub.Begin(_space);
        var one = transaction.StageVersion(transaction.ByKey("One"));
        AddPeople(transaction, one, TestSchema.Credits, "Ann", "Ben", "Ann");
        AddPeople(transaction, one, TestSchema.Readers, "Ben", "Ann", "Ben");
        AssertStagedAndSaved(transaction, "One", TestSchema.Credits, "Ann", "Ben", "Ann");
        transaction = _hub.Begin(_space);
        Assert.Equal(["Ann", "Ben", "Ben"], transaction.Related(transaction.ByKey("One"), TestSchema.Readers));
        Assert.Equal(["One", "One"], transaction.Related(transaction.ByKey("Ben"), TestSchema.ReaderOf));

        one = transaction.StageVersion(transaction.ByKey("One"));
        AddPeople(transaction, one, TestSchema.Credits, "Ann");
        AddPeople(transaction, one, TestSchema.Readers, "Ben");
        Assert.Equal(["Ann", "Ben", "Ben", "Ben"], transaction.Related(one, TestSchema.Readers));
        Assert.Equal(["One", "One", "One"], transaction.Related(transaction.ByKey("Ben"), TestSchema.ReaderOf));
        AssertStagedAndSaved(transaction, "One", TestSchema.Credits, "Ann", "Ben", "Ann", "Ann");
    }

    [Theory]
    [InlineData(null, "Ben")]
    [InlineData(0U, "Ben,Ann,Ann")]
    [InlineData(1U, "Ann,Ben,Ann")]
    [InlineData(2U, "Ann,Ben,Ann")]
    public void Of_equal_members_the_one_asked_for_is_removed_or_all(uint? occurrence, string left)
    {
        // Two are saved and one is staged.
        var transaction = _hub.Begin(_space);
        AddPeople(transaction, transaction.StageVersion(transaction.ByKey("One")), TestSchema.Credits, "Ann", "Ben", "Ann");
        transaction.Commit();
        transaction = _hub.Begin(_space);
        var one = transaction.StageVersion(transaction.ByKey("One"));
        AddPeople(transaction, one, TestSchema.Credits, "Ann");
        var remove = RemoveCommand(one, TestSchema.Credits, transaction.ByKey("Ann"));
        if (occurrence is { } which) remove.RemoveRelatedHolons.Occurrence = which;
        transaction.Ok(remove);
        AssertStagedAndSaved(transaction, "One", TestSchema.Credits, left.Split(','));
        var after = _hub.Begin(_space);
        Assert.Equal(left.Split(',').Count(key => key == "Ann"), after.Related(after.ByKey("Ann"), TestSchema.CreditedIn).Count);
    }

    [Fact]
    public void A_saved_link_removed_and_added_again_is_as_it_was_and_saves_nothing()
    {
        var transaction = _hub.Begin(_space);
        var one = transaction.StageVersion(transaction.ByKey("One"));
        transaction.Add(one, "Unknown", transaction.ByKey("Ann"));
        transaction.Commit();
        transaction = _hub.Begin(_space);
        one = transaction.StageVersion(transaction.ByKey("One"));
        transaction.RemoveRelated(one, "Unknown", transaction.ByKey("Ann"));
        Assert.Empty(transaction.Related(one, "Unknown"));
        transaction.Add(one, "Unknown", transaction.ByKey("Ann"));
        Assert.Equal(["Ann"], transaction.Related(one, "Unknown"));
        Assert.Empty(transaction.Commit().Saved);
    }

    [Fact]
    public void The_inverse_shows_staged_over_saved_links_whatever_is_staged_at_either_end()
    {
        var setup = _hub.Begin(_space);
        setup.Add(setup.StageVersion(setup.ByKey("One")), TestSchema.Similar, setup.ByKey("Two"), setup.ByKey("Three"));
        setup.Add(setup.StageVersion(setup.ByKey("Two")), TestSchema.Similar, setup.ByKey("Three"));
        setup.Commit();

        var transaction = _hub.Begin(_space);
        var three = transaction.ByKey("Three");
        Assert.Equal(["One", "Two"], transaction.Related(three, TestSchema.SimilarFrom));

        // A source that is staged, with the link as saved, removed, added again.
        var one = transaction.StageVersion(transaction.ByKey("One"));
        AssertSources("One", "Two");
        transaction.RemoveRelated(one, TestSchema.Similar, three);
        AssertSources("Two");
        transaction.Add(one, TestSchema.Similar, three);
        AssertSources("One", "Two");

        // A source that is new, and one that is deleted.
        var four = transaction.StageOf(TestSchema.Book, "Four");
        transaction.Add(four, TestSchema.Similar, three);
        AssertSources("One", "Two", "Four");
        transaction.Delete(transaction.ByKey("Two"));
        AssertSources("One", "Four");

        // The target staged: links belong to their sources and are the same from it.
        var staged = transaction.StageVersion(three);
        AssertSources("One", "Four");
        Assert.Equal(["One", "Four"], transaction.Related(staged, TestSchema.SimilarFrom));
        transaction.Delete(four);
        Assert.Equal(["One"], transaction.Related(staged, TestSchema.SimilarFrom));
        transaction.Undo();

        // A new target.
        var five = transaction.StageOf(TestSchema.Item, "Five");
        transaction.Add(one, TestSchema.Similar, five);
        Assert.Equal(["One"], transaction.Related(five, TestSchema.SimilarFrom));
        transaction.Commit();
        var after = _hub.Begin(_space);
        Assert.Equal(["One", "Four"], after.Related(after.ByKey("Three"), TestSchema.SimilarFrom));
        Assert.Equal(["One"], after.Related(after.ByKey("Five"), TestSchema.SimilarFrom));

        void AssertSources(params string[] keys) => Assert.Equal(keys, transaction.Related(three, TestSchema.SimilarFrom));
    }

    [Theory]
    [InlineData(TestSchema.Authors, TestSchema.AuthorOf)]
    [InlineData(TestSchema.Credits, TestSchema.CreditedIn)]
    [InlineData(TestSchema.Readers, TestSchema.ReaderOf)]
    public void The_inverse_follows_removals_and_additions_of_each_kind_of_relationship(string name, string inverse)
    {
        var transaction = _hub.Begin(_space);
        foreach (var book in (string[])["One", "Two"])
            AddPeople(transaction, transaction.StageVersion(transaction.ByKey(book)), name, "Ann", "Ben");
        Assert.Equal(["One", "Two"], transaction.Related(transaction.ByKey("Ann"), inverse));
        transaction.Commit();
        transaction = _hub.Begin(_space);
        var one = transaction.StageVersion(transaction.ByKey("One"));
        RemovePeople(transaction, one, name, "Ann");
        Assert.Equal(["Two"], transaction.Related(transaction.ByKey("Ann"), inverse));
        Assert.Equal(["One", "Two"], transaction.Related(transaction.ByKey("Ben"), inverse));
        AddPeople(transaction, one, name, "Ann", "Cleo");
        Assert.Equal(["One", "Two"], transaction.Related(transaction.ByKey("Ann"), inverse));
        Assert.Equal(["One"], transaction.Related(transaction.ByKey("Cleo"), inverse));
        transaction.Commit();
        transaction = _hub.Begin(_space);
        Assert.Equal(["One", "Two"], transaction.Related(transaction.ByKey("Ann"), inverse));
        Assert.Equal(["Ben", "Ann", "Cleo"], transaction.Related(transaction.ByKey("One"), name).OrderBy(key => key == "Ben" ? 0 : 1));
    }

    [Fact]
    public void Members_are_given_by_their_staged_references_where_they_are_staged()
    {
        var transaction = _hub.Begin(_space);
        var one = transaction.StageVersion(transaction.ByKey("One"));
        AddPeople(transaction, one, TestSchema.Authors, "Ann", "Ben");
        var ben = transaction.StageVersion(transaction.ByKey("Ben"));
        transaction.Set(ben, "Key", Text("Benjamin"));
        var members = transaction.Ok(new QueryCommand
        {
            RelatedHolons = new RelatedHolonsQuery { Holon = one, Name = TestSchema.Authors },
        }).Page.Members;
        Assert.Equal([transaction.ByKey("Ann"), ben], members.Select(member => member.Reference));
        Assert.Equal(["Ann", "Benjamin"], members.Select(member => member.Key));
    }

    [Fact]
    public void Deleting_a_holon_removes_its_links_in_both_directions()
    {
        var transaction = _hub.Begin(_space);
        var two = transaction.StageVersion(transaction.ByKey("Two"));
        AddPeople(transaction, two, TestSchema.Authors, "Ann");
        transaction.Add(transaction.StageVersion(transaction.ByKey("One")), TestSchema.Similar, two);
        transaction.Add(two, TestSchema.Similar, transaction.ByKey("Three"));
        transaction.Commit();
        transaction = _hub.Begin(_space);
        transaction.Delete(transaction.ByKey("Two"));
        AssertAlone(transaction);
        transaction.Commit();
        AssertAlone(_hub.Begin(_space));

        static void AssertAlone(TestTransaction transaction)
        {
            Assert.Empty(transaction.Related(transaction.ByKey("One"), TestSchema.Similar));
            Assert.Empty(transaction.Related(transaction.ByKey("Three"), TestSchema.SimilarFrom));
            Assert.Empty(transaction.Related(transaction.ByKey("Ann"), TestSchema.AuthorOf));
        }
    }

    [Fact]
    public void A_holon_linked_to_itself_is_its_own_member_and_source()
    {
        var transaction = _hub.Begin(_space);
        var one = transaction.StageVersion(transaction.ByKey("One"));
        transaction.Add(one, TestSchema.Similar, one);
        AssertStagedAndSaved(transaction, "One", TestSchema.Similar, "One");
        transaction = _hub.Begin(_space);
        Assert.Equal(["One"], transaction.Related(transaction.ByKey("One"), TestSchema.SimilarFrom));
        transaction.Delete(transaction.ByKey("One"));
        transaction.Commit();
    }

    [Fact]
    public void Relationships_that_the_system_keeps_are_read_by_name()
    {
        var transaction = _hub.Begin(_space);
        var book = transaction.StageOf(TestSchema.Book, "Four");
        Assert.Equal([TestSchema.Book], transaction.Related(book, "DescribedBy"));
        Assert.Equal(["One", "Two", "Three", "Four"], transaction.Related(transaction.ByKey(TestSchema.Book), "Instances", 1));
        var owner = transaction.Ok(new QueryCommand { RelatedHolons = new RelatedHolonsQuery { Holon = book, Name = "OwnedBy" } })
            .Page.Members.Single().Reference;
        Assert.Contains("Four", transaction.Related(owner, "Owns", 50));
        Assert.Equal(transaction.All(new GetAllQuery()).Count - 1, transaction.Related(owner, "Owns", 50).Count);
        Assert.Empty(transaction.Related(owner, "OwnedBy"));
        Assert.Empty(transaction.Related(book, "Predecessor"));
    }

    private static void AddPeople(TestTransaction transaction, HolonReference holon, string name, params string[] keys) =>
        transaction.Add(holon, name, [.. keys.Select(key => transaction.ByKey(key))]);

    private static void RemovePeople(TestTransaction transaction, HolonReference holon, string name, params string[] keys) =>
        transaction.RemoveRelated(holon, name, [.. keys.Select(key => transaction.ByKey(key))]);

    /// <summary>The members, page by page, now and after a commit.</summary>
    private void AssertStagedAndSaved(TestTransaction transaction, string holon, string name, params string[] keys)
    {
        foreach (var size in (uint[])[0, 1, 2]) Assert.Equal(keys, transaction.Related(transaction.ByKey(holon), name, size));
        transaction.Commit();
        var after = _hub.Begin(_space);
        foreach (var size in (uint[])[0, 1, 2]) Assert.Equal(keys, after.Related(after.ByKey(holon), name, size));
    }
}
