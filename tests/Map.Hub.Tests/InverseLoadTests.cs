using Map.Core.Identity;
using Map.Core.Loading;
using Map.Core.Transactions;
using Map.Hub.Spaces;
using Map.V1;
using static Map.Hub.Tests.TestSchema;

namespace Map.Hub.Tests;

/// <summary>Files give links from either side: those by an inverse name become links of the holon that they name.</summary>
public sealed class InverseLoadTests : IDisposable
{
    private readonly TestHub _hub = new();
    private readonly HolonSpaceManager _space;

    public InverseLoadTests()
    {
        // Types are sketched here, more shortly than the core schema has it.
        _space = _hub.NewLibrary(enforces: false);
        var transaction = _hub.Begin(_space);
        var people = new[] { "Ann", "Ben" }.Select(name => transaction.StageOf(Person, name)).ToArray();
        var one = transaction.StageOf(Book, "One");
        transaction.Add(one, Authors, people);
        transaction.Add(one, Credits, people[1]);
        transaction.StageOf(Book, "Two");
        transaction.Commit();
    }

    public void Dispose() => _hub.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Within_a_load_they_stand_behind_those_of_the_holon_itself_in_the_order_of_the_files(bool isBookFirst)
    {
        object[] book = [Holon("A", Book, null, (Authors, "Cora"))];
        object[] people =
        [
            Holon("Zoe", Person, null, (AuthorOf, new[] { "B", "A" }), (ReaderOf, "A")),
            Holon("Cora", Person),
            Holon("Dora", Person, null, (AuthorOf, "A"), (ReaderOf, new[] { "A", "A" })),
        ];
        var transaction = _hub.Begin(_space);
        var result = transaction.Load(File("a.json", [.. isBookFirst ? book : people, .. isBookFirst ? people : book, Holon("B", Novel)]));
        Assert.Equal((5UL, 7UL, 0UL), (result.Holons, result.Targets, result.Updated));
        AssertRead(transaction);
        transaction.Commit();
        _hub.Restart();
        AssertRead(_hub.Begin(_hub.Spaces.Get("library")));

        static void AssertRead(TestTransaction transaction)
        {
            Assert.Equal(["Cora", "Zoe", "Dora"], transaction.Related(transaction.ByKey("A"), Authors));
            Assert.Equal(["Zoe"], transaction.Related(transaction.ByKey("B"), Authors));
            Assert.Equal(["Dora", "Dora", "Zoe"], transaction.Related(transaction.ByKey("A"), Readers).Order());
            Assert.Equal(["A", "B"], transaction.Related(transaction.ByKey("Zoe"), AuthorOf).Order());
            Assert.Equal(["A", "A"], transaction.Related(transaction.ByKey("Dora"), ReaderOf));
        }
    }

    [Theory]
    [InlineData(Authors, AuthorOf, Person, 1)]
    [InlineData(Similar, SimilarFrom, Book, 1)]
    [InlineData(Credits, CreditedIn, Person, 2)]
    [InlineData(Readers, ReaderOf, Person, 2)]
    public void Given_from_both_sides_they_are_one_unless_duplicates_are_allowed(string name, string inverse, string type, int count)
    {
        var transaction = _hub.Begin(_space);
        transaction.Load(File("a.json", Holon("A", Book, null, (name, "X")), Holon("X", type, null, (inverse, "A"))));
        Assert.Equal(Enumerable.Repeat("X", count), transaction.Related(transaction.ByKey("A"), name));
        Assert.Equal(Enumerable.Repeat("A", count), transaction.Related(transaction.ByKey("X"), inverse));
        transaction.Commit();
        var after = _hub.Begin(_space);
        Assert.Equal(Enumerable.Repeat("X", count), after.Related(after.ByKey("A"), name));
    }

    [Fact]
    public void A_holon_may_be_at_both_ends_or_stand_within_the_one_that_it_is_linked_from()
    {
        var transaction = _hub.Begin(_space);
        transaction.Load(File(
            "a.json",
            Holon("A", Book, null, (SimilarFrom, "A")),
            Holon("X", Person, null, (AuthorOf, Holon("B", Book, null, (Authors, Holon("Y", Person)))))));
        Assert.Equal(["A"], transaction.Related(transaction.ByKey("A"), Similar));
        Assert.Equal(["Y", "X"], transaction.Related(transaction.ByKey("B"), Authors));
    }

    [Fact]
    public void A_saved_holon_is_staged_for_update_with_them_behind_its_saved_ones_in_one_step()
    {
        var transaction = _hub.Begin(_space);
        var before = transaction.View();
        var result = transaction.Load(File(
            "a.json",
            Holon("Zoe", Person, null, (AuthorOf, new[] { "One", "A" }), (CreditedIn, new[] { "One", "One" })),
            Holon("Dora", Person, null, (AuthorOf, "One"), (ReaderOf, "Two")),
            Holon("A", Book)));
        Assert.Equal((3UL, 6UL, 2UL), (result.Holons, result.Targets, result.Updated));
        Assert.Equal(5UL, transaction.StagedCount());
        AssertRead(transaction);
        var after = transaction.View();

        transaction.Undo();
        Assert.Equal((before, 0UL, (false, true)), (transaction.View(), transaction.StagedCount(), transaction.EditStatus()));
        transaction.Redo();
        Assert.Equal(after, transaction.View());
        _hub.Restart();
        transaction = transaction.On(_hub.Dispatcher);
        Assert.Equal(after, transaction.View());
        transaction.Undo();
        Assert.Equal(before, transaction.View());
        transaction.Redo();
        transaction.Commit();
        AssertRead(_hub.Begin(_hub.Spaces.Get("library")));

        static void AssertRead(TestTransaction transaction)
        {
            Assert.Equal(["Ann", "Ben", "Zoe", "Dora"], transaction.Related(transaction.ByKey("One"), Authors));
            Assert.Equal(["Ben", "Zoe", "Zoe"], transaction.Related(transaction.ByKey("One"), Credits));
            Assert.Equal(["Dora"], transaction.Related(transaction.ByKey("Two"), Readers));
            Assert.Equal(["A", "One"], transaction.Related(transaction.ByKey("Zoe"), AuthorOf).Order());
        }
    }

    [Fact]
    public void A_staged_holon_gets_them_behind_all_that_it_has()
    {
        var transaction = _hub.Begin(_space);
        var one = transaction.StageVersion(transaction.ByKey("One"));
        transaction.RemoveRelated(one, Authors, transaction.ByKey("Ann"));
        transaction.Add(one, Authors, transaction.StageOf(Person, "Eve"));
        transaction.Add(transaction.StageOf(Book, "Three"), Authors, transaction.ByKey("Ann"));
        var before = transaction.View();
        var result = transaction.Load(File("a.json", Holon("Zoe", Person, null, (AuthorOf, new[] { "One", "Three" }))));
        Assert.Equal(0UL, result.Updated);
        AssertRead(transaction);
        transaction.Undo();
        Assert.Equal(before, transaction.View());
        transaction.Redo();
        transaction.Add(transaction.ByKey("One"), Authors, transaction.ByKey("Ann"));
        transaction.RemoveRelated(transaction.ByKey("One"), Authors, transaction.ByKey("Ann"));
        transaction.Commit();
        AssertRead(_hub.Begin(_space));

        static void AssertRead(TestTransaction transaction)
        {
            Assert.Equal(["Ben", "Eve", "Zoe"], transaction.Related(transaction.ByKey("One"), Authors));
            Assert.Equal(["Ann", "Zoe"], transaction.Related(transaction.ByKey("Three"), Authors));
        }
    }

    [Fact]
    public void An_abandoned_update_is_staged_anew_and_a_deleted_holon_is_refused()
    {
        var transaction = _hub.Begin(_space);
        var one = transaction.StageVersion(transaction.ByKey("One"));
        transaction.Set(one, "Title", TestTransaction.Text("dropped"));
        transaction.Abandon(one);
        var two = transaction.ByKey("Two");
        transaction.Delete(two);
        var load = transaction.Load(File("a.json", Holon("Zoe", Person, null, (AuthorOf, "One"))));
        Assert.Equal(1UL, load.Updated);
        Assert.Equal(["Ann", "Ben", "Zoe"], transaction.Related(transaction.ByKey("One"), Authors));
        Assert.DoesNotContain(transaction.Content(transaction.ByKey("One")).Properties, property => property.Name == "Title");

        var before = transaction.View();
        var id = $"id:{new Guid(two.Smart.HolonId.LocalId.Span, bigEndian: true)}";
        var refused = transaction.Send(TestTransaction.LoadCommand(File("b.json", Holon("Eve", Person, null, (AuthorOf, id)))));
        Assert.Contains("staged for delete", refused.Refused(ErrorCode.UnresolvedReference).Message, StringComparison.Ordinal);
        Assert.Equal(before, transaction.View());
    }

    [Fact]
    public void A_link_that_makes_no_version_makes_none_from_the_other_side_either()
    {
        var transaction = _hub.Begin(_space);
        transaction.Load(File("a.json", Holon("Zoe", Person, null, (AuthorOf, "One"), (ReaderOf, "Two"))));
        transaction.Commit();
        var after = _hub.Begin(_space);
        Assert.Equal((2U, 1U), (Version("One"), Version("Two")));

        uint Version(string key) => uint.Parse(
            after.Ok(new QueryCommand { VersionedKey = new VersionedKeyQuery { Holon = after.ByKey(key) } }).Key.Key.Split("__")[1],
            System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Types_of_the_same_load_say_what_inverse_names_mean_also_those_that_types_give()
    {
        var transaction = _hub.Begin(_space);
        const string inverse = $"({Person})-[EditorOf]->({Book})";
        transaction.Load(File(
            "a.json",
            // Poem is an Item, and Book has Editors, by inverse names alone: one of a type of this load, one of a saved one.
            Holon("Work.HolonType", Meta, Named("Work"), ("ExtendedBy", "Poem.HolonType"), ("Extends", Item), ("ComponentOf", Schema)),
            Holon("Poem.HolonType", Meta, Named("Poem"), ("ComponentOf", Schema)),
            Holon(
                $"({Book})-[Editors]->({Person})", "MetaDeclaredRelationshipType.MetaRelationshipType", Named("Editors"),
                ("Extends", "DeclaredRelationshipType.RelationshipType"), ("InstanceRelationshipFor", Book), ("ComponentOf", Schema),
                ("SourceType", Book), ("TargetType", Person), ("HasInverse", inverse)),
            Holon(
                inverse, "MetaInverseRelationshipType.MetaRelationshipType", Named("EditorOf"),
                ("Extends", "InverseRelationshipType.RelationshipType"), ("ComponentOf", Schema), ("SourceType", Person), ("TargetType", Book)),
            Holon("P", "Poem.HolonType", null, (SimilarFrom, "Two")),
            Holon("Zoe", Person, null, ("EditorOf", new[] { "One", "B" })),
            Holon("Dora", Person, null, ("EditorOf", "B")),
            Holon("B", Novel)));
        AssertRead(transaction);
        transaction.Commit();
        AssertRead(_hub.Begin(_space));

        static void AssertRead(TestTransaction transaction)
        {
            Assert.Equal(["P"], transaction.Related(transaction.ByKey("Two"), Similar));
            Assert.Equal(["Zoe"], transaction.Related(transaction.ByKey("One"), "Editors"));
            Assert.Equal(["Dora", "Zoe"], transaction.Related(transaction.ByKey("B"), "Editors").Order());
            Assert.Equal(["Work.HolonType"], transaction.Related(transaction.ByKey("Poem.HolonType"), "Extends"));
            Assert.Contains($"({Book})-[Editors]->({Person})", transaction.Related(transaction.ByKey(Book), "InstanceRelationships"));
        }
    }

    [Fact]
    public void Types_and_dances_say_of_each_other_which_are_afforded_from_either_side()
    {
        var transaction = _hub.Begin(_space);
        transaction.Load(File(
            "a.json",
            Holon("Lend", "MetaDanceType.MetaHolonType", Named("Lend"), ("DanceAffordedBy", Item)),
            Holon("Sing", "MetaDanceType.MetaHolonType", Named("Sing")),
            Holon("Song.HolonType", Meta, Named("Song"), ("Extends", Item), ("AffordsDance", "Sing"), ("ComponentOf", Schema)),
            Holon("S", "Song.HolonType")));
        Assert.Equal(["Copy.DanceType", "Lend", "Outline.DanceType", "Sing"], Dances("S"));
        Assert.Equal(["Copy.DanceType", "Lend", "Outline.DanceType"], Dances("One"));
        Assert.Equal(["Song.HolonType"], transaction.Related(transaction.ByKey("Sing"), "DanceAffordedBy"));

        IEnumerable<string> Dances(string key) => transaction
            .Ok(new QueryCommand { AvailableDances = new AvailableDancesQuery { Holon = transaction.ByKey(key) } })
            .Page.Members.Select(dance => dance.Key).Order();
    }

    [Fact]
    public void Of_several_relationships_with_one_inverse_name_the_type_of_the_holon_named_tells_which_is_meant()
    {
        var transaction = _hub.Begin(_space);
        transaction.Load(File("types.json", [
            Holon("Song.HolonType", Meta, new { TypeName = "Song" }, ("InstanceRelationships", new[] { "Singers", "Writers" })),
            Holon("Film.HolonType", Meta, new { TypeName = "Film" }, ("InstanceRelationships", "Actors")),
            .. Relationship("Singers", "Song.HolonType", "WorksOn"),
            .. Relationship("Writers", "Song.HolonType", "WorksOn"),
            .. Relationship("Actors", "Film.HolonType", "WorksOn")]));
        transaction.Load(File("a.json", Holon("F", "Film.HolonType"), Holon("Zoe", Person, null, ("WorksOn", "F"))));
        Assert.Equal(["Zoe"], transaction.Related(transaction.ByKey("F"), "Actors"));

        var response = transaction.Send(TestTransaction.LoadCommand(File(
            "b.json",
            Holon("S", "Song.HolonType"),
            Holon("Dora", Person, null, ("WorksOn", new[] { "S", "F" })),
            Holon("Eve", Person, null, ("WorksOn", new[] { "F", "One" })))));
        Assert.Equal(
            [(ErrorCode.ImportInverseAmbiguous, "Dora"), (ErrorCode.ImportInverseMismatch, "Eve")],
            response.Errors.Select(error => (error.Code, error.Key)));
        Assert.Contains("\"Singers\" and of \"Writers\" of \"S\"", response.Errors[0].Message, StringComparison.Ordinal);
        Assert.Contains("type of \"One\" does not declare", response.Errors[1].Message, StringComparison.Ordinal);
        Assert.All(response.Errors, error => Assert.Equal(("b.json", "WorksOn"), (error.Details.Place.File, error.Field)));

        static object[] Relationship(string name, string source, string inverse) =>
        [
            Holon(
                name, "MetaDeclaredRelationshipType.MetaRelationshipType", new { TypeName = name },
                ("SourceType", source), ("TargetType", Person), ("HasInverse", $"{name} inverse")),
            Holon($"{name} inverse", "MetaInverseRelationshipType.MetaRelationshipType", new { TypeName = inverse }),
        ];
    }

    [Fact]
    public void Saved_holons_that_it_stages_count_for_what_a_transaction_holds()
    {
        using var hub = new TestHub(TestHub.Options(new TransactionLimits { MaxStagedHolons = 20 }));
        var space = hub.NewSpace("library", [Alone]);
        var first = hub.Begin(space);
        foreach (var key in (string[])["One", "Two"]) first.StageOf(Book, key);
        first.Commit();
        var transaction = hub.Begin(space);
        Load(19, "One", "Two").Refused(ErrorCode.TooManyHolons);
        Assert.Equal(0UL, transaction.StagedCount());
        Assert.Equal(1UL, Load(19, "One").Body.Load.Updated);
        Assert.Equal(20UL, transaction.StagedCount());

        MapResponse Load(int people, params string[] books) => transaction.Send(TestTransaction.LoadCommand(File(
            "a.json", [.. Enumerable.Range(0, people).Select(i => Holon($"P{i}", Person, null, (AuthorOf, books)))])));
    }
}
