using Map.Hub.Spaces;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests;

/// <summary>How types, staged and saved, say what the names of relationships mean.</summary>
public sealed class TypeTests : IDisposable
{
    private const string Declared = "(Person.HolonType)-[Likes]->(Book.HolonType)";

    private readonly TestHub _hub = new();
    private readonly HolonSpaceManager _space;

    public TypeTests()
    {
        // Types are sketched here, more shortly than the core schema has it.
        _space = _hub.NewLibrary(enforces: false);
        var transaction = _hub.Begin(_space);
        transaction.StageOf(TestSchema.Person, "Ann");
        foreach (var key in (string[])["One", "Two"]) transaction.StageOf(TestSchema.Book, key);
        transaction.Commit();
    }

    public void Dispose() => _hub.Dispose();

    [Fact]
    public void A_relationship_declared_in_the_same_transaction_governs_its_links()
    {
        var transaction = _hub.Begin(_space);
        DeclareLikes(transaction, "\"IsOrdered\": true, \"AllowsDuplicates\": true");
        AddLikes(transaction, "Two", "One", "Two");
        AssertLikes(transaction, "Two", "One", "Two");
        transaction.Commit();
        AssertLikes(_hub.Begin(_space), "Two", "One", "Two");

        static void AssertLikes(TestTransaction transaction, params string[] keys)
        {
            Assert.Equal(keys, transaction.Related(transaction.ByKey("Ann"), "Likes"));
            Assert.Equal(["Ann", "Ann"], transaction.Related(transaction.ByKey("Two"), "LikedBy"));
            Assert.Equal(["Ann"], transaction.Related(transaction.ByKey("One"), "LikedBy"));
        }
    }

    [Fact]
    public void Undoing_the_declaration_makes_the_name_a_bare_one_and_redoing_it_a_declared_one()
    {
        var transaction = _hub.Begin(_space);
        AddLikes(transaction, "One");
        DeclareLikes(transaction, "\"AllowsDuplicates\": true");
        transaction.Undo();
        AddLikes(transaction, "One");
        Assert.Equal(["One"], transaction.Related(transaction.ByKey("Ann"), "Likes"));
        transaction.Rollback();

        transaction = _hub.Begin(_space);
        AddLikes(transaction, "One");
        DeclareLikes(transaction, "\"AllowsDuplicates\": true");
        transaction.Undo();
        transaction.Redo();
        AddLikes(transaction, "One");
        Assert.Equal(["One", "One"], transaction.Related(transaction.ByKey("Ann"), "Likes"));
        transaction.Commit();
        var after = _hub.Begin(_space);
        Assert.Equal(["One", "One"], after.Related(after.ByKey("Ann"), "Likes"));
        Assert.Equal(["Ann", "Ann"], after.Related(after.ByKey("One"), "LikedBy"));
    }

    [Fact]
    public void A_link_made_before_its_type_is_read_removed_and_not_doubled_after_the_type_declares_it()
    {
        var transaction = _hub.Begin(_space);
        AddLikes(transaction, "One", "Two");
        transaction.Commit();
        transaction = _hub.Begin(_space);
        DeclareLikes(transaction, "\"IsDefinitional\": false");
        transaction.Commit();

        transaction = _hub.Begin(_space);
        var ann = transaction.ByKey("Ann");
        Assert.Equal(["One", "Two"], transaction.Related(ann, "Likes", 1));
        Assert.Equal(["Ann"], transaction.Related(transaction.ByKey("One"), "LikedBy"));
        ann = transaction.StageVersion(ann);
        transaction.Add(ann, "Likes", transaction.ByKey("One"));
        Assert.Equal(["One", "Two"], transaction.Related(ann, "Likes"));
        transaction.RemoveRelated(ann, "Likes", transaction.ByKey("Two"));
        Assert.Equal(["One"], transaction.Related(ann, "Likes"));
        Assert.Empty(transaction.Related(transaction.ByKey("Two"), "LikedBy"));
        Assert.Empty(transaction.Commit().Saved);
        var after = _hub.Begin(_space);
        Assert.Equal(["One"], after.Related(after.ByKey("Ann"), "Likes"));
        Assert.Equal(["Ann"], after.Related(after.ByKey("One"), "LikedBy"));
        Assert.Empty(after.Related(after.ByKey("Two"), "LikedBy"));
    }

    [Fact]
    public void A_link_staged_before_its_type_is_saved_under_the_type()
    {
        var transaction = _hub.Begin(_space);
        AddLikes(transaction, "One");
        Assert.Empty(transaction.Related(transaction.ByKey("One"), "LikedBy"));
        DeclareLikes(transaction, "\"IsDefinitional\": false");
        Assert.Equal(["One"], transaction.Related(transaction.ByKey("Ann"), "Likes"));
        Assert.Equal(["Ann"], transaction.Related(transaction.ByKey("One"), "LikedBy"));
        transaction.Commit();
        var after = _hub.Begin(_space);
        Assert.Equal(["One"], after.Related(after.ByKey("Ann"), "Likes"));
        Assert.Equal(["Ann"], after.Related(after.ByKey("One"), "LikedBy"));
    }

    [Fact]
    public void A_relationship_keeps_its_links_when_its_type_gets_another_name()
    {
        var setup = _hub.Begin(_space);
        setup.Add(setup.StageVersion(setup.ByKey("One")), TestSchema.Similar, setup.ByKey("Two"));
        setup.Commit();
        var transaction = _hub.Begin(_space);
        var type = transaction.StageVersion(transaction.ByKey("(Item.HolonType)-[Similar]->(Item.HolonType)"));
        transaction.Set(type, "TypeName", Text("Resembles"));
        AssertRenamed(transaction);
        transaction.Commit();
        AssertRenamed(_hub.Begin(_space));

        static void AssertRenamed(TestTransaction transaction)
        {
            Assert.Equal(["Two"], transaction.Related(transaction.ByKey("One"), "Resembles"));
            Assert.Empty(transaction.Related(transaction.ByKey("One"), TestSchema.Similar));
            Assert.Equal(["One"], transaction.Related(transaction.ByKey("Two"), TestSchema.SimilarFrom));
        }
    }

    [Fact]
    public void A_subtype_has_the_relationships_of_what_it_extends_in_both_directions()
    {
        var transaction = _hub.Begin(_space);
        var novel = transaction.StageOf(TestSchema.Novel, "Saga");
        transaction.Add(novel, TestSchema.Credits, transaction.ByKey("Ann"), transaction.ByKey("Ann"));
        transaction.Add(novel, TestSchema.Similar, novel, transaction.ByKey("One"));
        transaction.Commit();
        var after = _hub.Begin(_space);
        Assert.Equal(["Ann", "Ann"], after.Related(after.ByKey("Saga"), TestSchema.Credits));
        Assert.Equal(["Saga", "Saga"], after.Related(after.ByKey("Ann"), TestSchema.CreditedIn));
        Assert.Equal(["Saga"], after.Related(after.ByKey("Saga"), TestSchema.SimilarFrom));
        Assert.Equal(["Saga"], after.Related(after.ByKey("One"), TestSchema.SimilarFrom));
    }

    [Fact]
    public void A_type_staged_to_extend_another_gives_its_instances_the_relationships_of_that_one()
    {
        var transaction = _hub.Begin(_space);
        transaction.Load(TestSchema.File("t.json", TestSchema.Holon(
            "Poem.HolonType", "MetaHolonType.MetaTypeDescriptor", new { TypeName = "Poem" }, ("Extends", TestSchema.Person))));
        var poem = transaction.StageOf("Poem.HolonType", "Ode");
        transaction.Add(poem, TestSchema.Readers, transaction.ByKey("Ann"), transaction.ByKey("Ann"));
        Assert.Equal(["Ann"], transaction.Related(poem, TestSchema.Readers));
        var type = transaction.ByKey("Poem.HolonType");
        transaction.RemoveRelated(type, "Extends", transaction.ByKey(TestSchema.Person));
        transaction.Add(type, "Extends", transaction.ByKey(TestSchema.Book));
        transaction.Add(poem, TestSchema.Readers, transaction.ByKey("Ann"));
        Assert.Equal(["Ode", "Ode"], transaction.Related(transaction.ByKey("Ann"), TestSchema.ReaderOf));
        transaction.Commit();
        var after = _hub.Begin(_space);
        Assert.Equal(["Ode", "Ode"], after.Related(after.ByKey("Ann"), TestSchema.ReaderOf));
        Assert.Equal(["Ode"], after.All(new GetAllQuery { Type = after.ByKey(TestSchema.Book), WithSubtypes = true }).Except(["One", "Two"]));
    }

    [Fact]
    public void A_type_goes_only_when_no_holon_has_it_any_more()
    {
        var setup = _hub.Begin(_space);
        setup.StageOf(TestSchema.Novel, "Saga");
        setup.Commit();
        var transaction = _hub.Begin(_space);
        transaction.Delete(transaction.ByKey(TestSchema.Novel));
        Assert.Empty(transaction.Related(transaction.ByKey("Saga"), "DescribedBy"));
        Assert.Equal("Saga", transaction.Content(transaction.ByKey("Saga")).Key);
        transaction.Send(TestTransaction.CommitMutation).Invalid(ErrorCode.DeletionBlocked);
        transaction.Describe(transaction.StageVersion(transaction.ByKey("Saga")), transaction.ByKey(TestSchema.Book));
        transaction.Commit();
        var after = _hub.Begin(_space);
        Assert.Equal([TestSchema.Book], after.Related(after.ByKey("Saga"), "DescribedBy"));
    }

    private static void AddLikes(TestTransaction transaction, params string[] books)
    {
        var ann = transaction.ByKey("Ann");
        if (ann.Staged is null) ann = transaction.StageVersion(ann);
        transaction.Add(ann, "Likes", [.. books.Select(key => transaction.ByKey(key))]);
    }

    /// <summary>Loads the type of Likes with its inverse, and declares it for persons as the last step.</summary>
    private static void DeclareLikes(TestTransaction transaction, string rules)
    {
        var file = $$"""
            {"holons": [
              {"key": "{{Declared}}", "type": "MetaDeclaredRelationshipType.MetaRelationshipType",
               "properties": {"TypeName": "Likes", {{rules}} },
               "relationships": [
                 {"name": "TargetType", "target": "Book.HolonType"},
                 {"name": "HasInverse", "target": {
                   "key": "(Book.HolonType)-[LikedBy]->(Person.HolonType)", "type": "MetaInverseRelationshipType.MetaRelationshipType",
                   "properties": {"TypeName": "LikedBy"} } }]}
            ]}
            """;
        transaction.Load(new Core.Loading.ImportSource("likes.json", System.Text.Encoding.UTF8.GetBytes(file)));
        var person = transaction.ByKey(TestSchema.Person);
        if (person.Staged is null) person = transaction.StageVersion(person);
        transaction.Add(person, "InstanceRelationships", transaction.ByKey(Declared));
    }
}
