using Map.Core.Transactions;
using Map.Hub.Spaces;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests;

/// <summary>Holons that get another type: their links follow their names.</summary>
public sealed class RetypeTests : IDisposable
{
    private const string Type = nameof(Type);
    private const string Authors = nameof(Authors);
    private const string Readers = nameof(Readers);

    /// <summary>A book, a film and a play have authors and readers, each by relationships of its own; a novel is a book, and a person has none.</summary>
    private static readonly object[] Schema =
    [
        TestSchema.Holon(Type, Type, TestSchema.Open(Type, isBare: true)),
        .. ((string[])["Book", "Film", "Play"]).Select(type => TestSchema.Holon(
            type, Type, TestSchema.Open(type, isBare: true),
            ("InstanceRelationships", (string[])[TestSchema.Key(type, Authors, "Person"), TestSchema.Key(type, Readers, "Person")]))),
        TestSchema.Holon("Novel", Type, TestSchema.Open("Novel", isBare: true), ("Extends", "Book")),
        TestSchema.Holon("Person", Type, TestSchema.Open("Person", isBare: true)),
        .. Relationship("Book", Authors, ordered: true, duplicates: false),
        .. Relationship("Book", Readers, ordered: false, duplicates: true),
        .. Relationship("Film", Authors, ordered: false, duplicates: false),
        .. Relationship("Film", Readers, ordered: true, duplicates: false),
        .. Relationship("Play", Authors, ordered: true, duplicates: true),
        .. Relationship("Play", Readers, ordered: false, duplicates: true),
    ];

    private readonly TestHub _hub = new();
    private readonly HolonSpaceManager _space;

    public RetypeTests() => _space = Save(_hub);

    public void Dispose() => _hub.Dispose();

    /// <param name="type">The new type.</param>
    /// <param name="authors">What the authors Cleo, Ann, Ben become.</param>
    /// <param name="readers">What the readers Ann, Ann, Ben become.</param>
    /// <param name="inverses">The types whose inverses tell of the book by then; the bare name is told by all.</param>
    [Theory]
    [InlineData("Novel", "Cleo Ann Ben", "Ann Ann Ben", "Book")]
    [InlineData("Film", "Ann Ben Cleo", "Ann Ben", "Film")]
    [InlineData("Play", "Cleo Ann Ben", "Ann Ann Ben", "Play")]
    [InlineData("Person", "Ann Ben Cleo", "Ann Ben", "Book Film Play")]
    public void Saved_links_follow_their_name_and_come_back_with_undo(string type, string authors, string readers, string inverses)
    {
        var transaction = _hub.Begin(_space);
        var one = transaction.StageVersion(transaction.ByKey("One"));
        AssertIs(transaction, "Cleo Ann Ben", "Ann Ann Ben", "Book");
        transaction.Describe(one, transaction.ByKey(type));
        AssertIs(transaction, authors, readers, inverses);
        transaction.Undo();
        AssertIs(transaction, "Cleo Ann Ben", "Ann Ann Ben", "Book");
        transaction.Redo();
        _hub.Restart();
        transaction = transaction.On(_hub.Dispatcher);
        AssertIs(transaction, authors, readers, inverses);
        transaction.Commit();
        var later = _hub.Begin(_hub.Spaces.Get("library"));
        AssertIs(later, authors, readers, inverses);
        // The version before is as it was.
        Assert.Equal("Cleo Ann Ben".Split(' '), later.Related(later.Saved(later.ByKey("One"), 1), Authors));
        Assert.Equal(0, _hub.Verify(_hub.Spaces.Get("library").Space.Id).Count);
    }

    [Fact]
    public void Links_of_the_transaction_follow_beside_the_saved_ones()
    {
        var transaction = _hub.Begin(_space);
        var one = transaction.StageVersion(transaction.ByKey("One"));
        transaction.RemoveRelated(one, Authors, transaction.ByKey("Cleo"));
        var add = AddCommand(one, Authors, transaction.ByKey("Dan"));
        add.AddRelatedHolons.Position = new Position { Before = transaction.ByKey("Ben") };
        transaction.Ok(add);
        foreach (var (type, authors) in (ReadOnlySpan<(string, string)>)
            [("Play", "Ann Dan Ben"), ("Novel", "Ann Dan Ben"), ("Film", "Ann Ben Dan"), ("Person", "Ann Ben Dan"), ("Book", "Ann Ben Dan")])
        {
            transaction.Describe(one, transaction.ByKey(type));
            Assert.Equal(authors.Split(' '), transaction.Related(one, Authors));
        }

        for (var i = 0; i < 4; i++) transaction.Undo();
        transaction.Commit();
        var later = _hub.Begin(_space);
        AssertIs(later, "Ann Dan Ben", "Ann Ann Ben", "Play");
    }

    [Fact]
    public void A_holon_that_gets_its_type_back_has_its_saved_links_as_they_were_where_they_have_no_order()
    {
        var setup = _hub.Begin(_space);
        setup.Add(setup.StageOf("Book", "Two"), Readers, setup.ByKey("Dan"));
        setup.Commit();
        var deletion = _hub.Begin(_space);
        deletion.Delete(deletion.ByKey("Dan"));
        var transaction = _hub.Begin(_space);
        var two = transaction.StageVersion(transaction.ByKey("Two"));
        foreach (var type in (string[])["Play", "Person", "Book"]) transaction.Describe(two, transaction.ByKey(type));
        Assert.Equal(["Dan"], transaction.Related(two, Readers));
        transaction.Commit();
        // A link made anew would be in the way.
        deletion.Commit();
    }

    [Fact]
    public void Links_under_a_name_that_the_type_declares_no_more_are_read_removed_and_copied()
    {
        var transaction = _hub.Begin(_space);
        transaction.RemoveRelated(
            transaction.StageVersion(transaction.ByKey("Book")), "InstanceRelationships", transaction.ByKey(TestSchema.Key("Book", Authors, "Person")));
        AssertIs(transaction, "Cleo Ann Ben", "Ann Ann Ben", "Book");
        transaction.Commit();

        transaction = _hub.Begin(_space);
        AssertIs(transaction, "Cleo Ann Ben", "Ann Ann Ben", "Book");
        var copy = transaction.Ok(new MutationCommand
        {
            StageNewFromClone = new StageNewFromCloneCommand { Holon = transaction.ByKey("One"), Key = "Copy" },
        }).Reference;
        Assert.Equal(["Ann", "Ben", "Cleo"], transaction.Related(copy, Authors));
        var one = transaction.StageVersion(transaction.ByKey("One"));
        transaction.RemoveRelated(one, Authors, transaction.ByKey("Ann"));
        // It is there already, be it by another relationship.
        transaction.Add(one, Authors, transaction.ByKey("Ben"));
        AssertIs(transaction, "Cleo Ben", "Ann Ann Ben", "Book");
        Assert.Empty(transaction.Related(transaction.ByKey("Ann"), "BookAuthors").Except(["Copy"]));
        transaction.Commit();
        AssertIs(_hub.Begin(_space), "Cleo Ben", "Ann Ann Ben", "Book");
    }

    [Fact]
    public void Links_of_a_relationship_that_was_deleted_are_still_called_as_it_was()
    {
        var transaction = _hub.Begin(_space);
        transaction.Delete(transaction.ByKey(TestSchema.Key("Book", Authors, "Person")));
        var one = transaction.ByKey("One");
        Assert.Equal(["Cleo", "Ann", "Ben"], transaction.Related(one, Authors));
        transaction.Commit();
        transaction = _hub.Begin(_space);
        one = transaction.StageVersion(transaction.ByKey("One"));
        Assert.Equal(["Cleo", "Ann", "Ben"], transaction.Related(one, Authors));
        Assert.Equal(3, Count(transaction, one, Authors));
        transaction.RemoveRelated(one, Authors, transaction.ByKey("Ann"));
        Assert.Equal(["Cleo", "Ben"], transaction.Related(one, Authors));
        transaction.Commit();
    }

    [Theory]
    [InlineData("Play", "Ann Ann Ben Dan")]
    [InlineData("Film", "Ann Ben Dan")]
    public void Links_that_others_add_meanwhile_follow_at_the_commit(string type, string readers)
    {
        var mine = _hub.Begin(_space);
        mine.Describe(mine.StageVersion(mine.ByKey("One")), mine.ByKey(type));
        AddReader(_hub.Begin(_space), "Dan");
        mine.Commit();
        var later = _hub.Begin(_space);
        Assert.Equal(readers.Split(' '), later.Related(later.ByKey("One"), Readers));
        Assert.Equal(["One"], later.Related(later.ByKey("Dan"), $"{type}Readers"));
        Assert.Empty(later.Related(later.ByKey("Dan"), "BookReaders"));
    }

    [Fact]
    public void After_a_refresh_links_are_those_of_the_type_that_stays()
    {
        // Mine is another type; theirs is a further link.
        var mine = _hub.Begin(_space);
        mine.Describe(mine.StageVersion(mine.ByKey("One")), mine.ByKey("Play"));
        AddReader(_hub.Begin(_space), "Dan");
        mine.Ok(new MutationCommand { Refresh = new RefreshCommand() });
        AssertIs(mine, "Cleo Ann Ben", "Ann Ann Ben Dan", "Play");

        // Mine are links; theirs is another type, and where mine is kept the type is mine too.
        var (links, whole) = (_hub.Begin(_space), _hub.Begin(_space));
        AddReader(links, "Cleo", commits: false);
        links.RemoveRelated(links.ByKey("One"), Readers, links.ByKey("Ben"));
        AddReader(whole, "Cleo", commits: false);
        whole.RemoveRelated(whole.ByKey("One"), Authors, whole.ByKey("Ann"));
        mine.Commit();
        links.Ok(new MutationCommand { Refresh = new RefreshCommand() });
        AssertIs(links, "Cleo Ann Ben", "Ann Ann Cleo Dan", "Play");
        whole.Send(new MutationCommand { Refresh = new RefreshCommand() }).Refused(ErrorCode.Conflict);
        var choice = new RefreshChoice { Holon = whole.ByKey("One"), Keep = RefreshChoice.Types.Keep.Mine };
        whole.Ok(new MutationCommand { Refresh = new RefreshCommand { Choices = { choice } } });
        AssertIs(whole, "Cleo Ben", "Ann Ann Ben Cleo Dan", "Book");
        whole.Commit();
        AssertIs(_hub.Begin(_space), "Cleo Ben", "Ann Ann Ben Cleo Dan", "Book");
    }

    [Fact]
    public void More_links_than_one_command_may_move_are_refused_without_a_trace()
    {
        using var hub = new TestHub(TestHub.Options(new TransactionLimits { MaxTargets = 5 }));
        var transaction = hub.Begin(Save(hub));
        var one = transaction.StageVersion(transaction.ByKey("One"));
        var before = transaction.Full();
        var error = transaction.Send(DescribeCommand(one, transaction.ByKey("Play"))).Refused(ErrorCode.TooLarge);
        Assert.Equal((one, 5UL), (error.Reference, error.Details.Limit));
        Assert.Equal(before, transaction.Full());
        transaction.RemoveRelated(one, Authors, transaction.ByKey("Ann"));
        transaction.Describe(one, transaction.ByKey("Play"));
        Assert.Equal(["Cleo", "Ben"], transaction.Related(one, Authors));
    }

    private static object[] Relationship(string source, string name, bool ordered, bool duplicates) => TestSchema.Relationship(
        (Type, Type), source, name, "Person", source + name, ordered, duplicates, definitional: name == Authors);

    private static HolonSpaceManager Save(TestHub hub)
    {
        var space = hub.NewSpace("library", [TestSchema.File("types.json", Schema)]);
        var first = hub.Begin(space);
        var people = ((string[])["Ann", "Ben", "Cleo", "Dan"]).ToDictionary(key => key, key => first.StageOf("Person", key));
        var one = first.StageOf("Book", "One");
        first.Add(one, Authors, people["Cleo"], people["Ann"], people["Ben"]);
        first.Add(one, Readers, people["Ann"], people["Ann"], people["Ben"]);
        first.Commit();
        return space;
    }

    private static void AddReader(TestTransaction transaction, string reader, bool commits = true)
    {
        transaction.Add(transaction.StageVersion(transaction.ByKey("One")), Readers, transaction.ByKey(reader));
        if (commits) transaction.Commit();
    }

    /// <summary>Both directions say the same, and counts say as many.</summary>
    private static void AssertIs(TestTransaction transaction, string authors, string readers, string inverses)
    {
        var one = transaction.ByKey("One");
        foreach (var (name, members) in ((string, string[])[])[(Authors, authors.Split(' ')), (Readers, readers.Split(' '))])
        {
            Assert.Equal(members, transaction.Related(one, name));
            Assert.Equal(members.Length, Count(transaction, one, name));
            foreach (var person in (string[])["Ann", "Ben", "Cleo", "Dan"])
            {
                foreach (var type in (string[])["Book", "Film", "Play"])
                {
                    var times = inverses.Split(' ').Contains(type) ? members.Count(member => member == person) : 0;
                    var seen = transaction.Related(transaction.ByKey(person), type + name).Where(key => key == "One");
                    Assert.Equal(Enumerable.Repeat("One", times), seen);
                }
            }
        }
    }

    private static int Count(TestTransaction transaction, HolonReference holon, string name) => (int)transaction
        .Ok(new QueryCommand { AllRelatedHolons = new AllRelatedHolonsQuery { Holon = holon } })
        .Relationships.Relationships.Where(each => each.Name == name).Sum(each => (long)each.Count);
}
