using Map.Core.Loading;
using Map.Hub.Spaces;
using Map.V1;

namespace Map.Hub.Tests;

/// <summary>Members of an ordered relationship stand where they were placed, staged and saved.</summary>
public sealed class PositionTests : IDisposable
{
    private const string Schema = """
        { "holons": [
          { "key": "List.HolonType", "type": "MetaHolonType.MetaTypeDescriptor", "properties": { "TypeName": "List" },
            "relationships": [
              { "name": "Extends", "target": "HolonType.TypeDescriptor" },
              { "name": "InstanceRelationships", "target": ["(List.HolonType)-[Entries]->(List.HolonType)", "(List.HolonType)-[Friends]->(List.HolonType)"] } ] },
          { "key": "(List.HolonType)-[Entries]->(List.HolonType)", "type": "MetaDeclaredRelationshipType.MetaRelationshipType",
            "properties": { "TypeName": "Entries", "IsOrdered": true },
            "relationships": [ { "name": "TargetType", "target": "List.HolonType" } ] },
          { "key": "(List.HolonType)-[Friends]->(List.HolonType)", "type": "MetaDeclaredRelationshipType.MetaRelationshipType",
            "properties": { "TypeName": "Friends" },
            "relationships": [ { "name": "TargetType", "target": "List.HolonType" } ] } ] }
        """;

    private readonly TestHub _hub = new();
    private readonly HolonSpaceManager _space;

    public PositionTests()
    {
        // Types are sketched here, more shortly than the core schema has it.
        _space = _hub.NewSpace("lists", enforces: false);
        var transaction = _hub.Begin(_space);
        transaction.Load(new ImportSource("lists.json", System.Text.Encoding.UTF8.GetBytes(Schema)));
        var type = transaction.ByKey("List.HolonType");
        for (var i = 0; i < 40; i++) transaction.Stage($"e{i:00}", type);
        transaction.Stage("list", type);
        transaction.Commit();
    }

    public void Dispose() => _hub.Dispose();

    [Fact]
    public void Random_placing_agrees_with_a_list()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var expected = new List<string>();
        for (var round = 0; round < 12; round++)
        {
            var transaction = _hub.Begin(_space);
            var list = transaction.StageVersion(transaction.ByKey("list"));
            for (var step = 0; step < 12; step++)
            {
                var entry = $"e{random.Next(40):00}";
                if (expected.Remove(entry)) transaction.RemoveRelated(list, "Entries", transaction.ByKey(entry));
                else Place(transaction, list, expected, entry, random);
                Assert.True(expected.SequenceEqual(transaction.Related(list, "Entries", 5)), $"seed {seed}, round {round}, step {step}");
            }

            transaction.Commit();
            Assert.Equal(expected, _hub.Begin(_space) is var later ? later.Related(later.ByKey("list"), "Entries", 7) : []);
        }
    }

    [Fact]
    public void Several_members_are_placed_together_in_the_order_given()
    {
        var transaction = _hub.Begin(_space);
        var list = transaction.StageVersion(transaction.ByKey("list"));
        transaction.Add(list, "Entries", transaction.ByKey("e01"), transaction.ByKey("e02"));
        transaction.Ok(At(list, new Position { First = new Edge() }, transaction.ByKey("e03"), transaction.ByKey("e04")));
        transaction.Ok(At(list, new Position { After = transaction.ByKey("e01") }, transaction.ByKey("e05"), transaction.ByKey("e06")));
        Assert.Equal(["e03", "e04", "e01", "e05", "e06", "e02"], transaction.Related(list, "Entries"));
    }

    [Fact]
    public void Of_equal_members_the_first_is_the_one_that_stands_first_also_when_it_was_placed_before_saved_ones()
    {
        var space = _hub.NewLibrary();
        var transaction = _hub.Begin(space);
        var book = transaction.StageOf(TestSchema.Book, "One");
        foreach (var key in (string[])["Ann", "Ben", "Cleo"]) transaction.StageOf(TestSchema.Person, key);
        transaction.Add(book, TestSchema.Credits, transaction.ByKey("Ben"), transaction.ByKey("Ann"));
        transaction.Commit();

        transaction = _hub.Begin(space);
        book = transaction.StageVersion(transaction.ByKey("One"));
        var (ann, cleo) = (transaction.ByKey("Ann"), transaction.ByKey("Cleo"));
        transaction.Ok(AtCredits(new Position { First = new Edge() }, ann));
        Assert.Equal(["Ann", "Ben", "Ann"], transaction.Related(book, TestSchema.Credits));
        transaction.Ok(AtCredits(new Position { After = ann }, cleo));
        Assert.Equal(["Ann", "Cleo", "Ben", "Ann"], transaction.Related(book, TestSchema.Credits));
        var remove = TestTransaction.RemoveCommand(book, TestSchema.Credits, ann);
        remove.RemoveRelatedHolons.Occurrence = 0;
        transaction.Ok(remove);
        Assert.Equal(["Cleo", "Ben", "Ann"], transaction.Related(book, TestSchema.Credits));

        MutationCommand AtCredits(Position position, HolonReference member)
        {
            var add = TestTransaction.AddCommand(book, TestSchema.Credits, member);
            add.AddRelatedHolons.Position = position;
            return add;
        }
    }

    [Fact]
    public void A_position_is_refused_where_it_means_nothing()
    {
        var transaction = _hub.Begin(_space);
        var list = transaction.StageVersion(transaction.ByKey("list"));
        var entry = transaction.ByKey("e01");
        transaction.Send(At(list, new Position { Before = transaction.ByKey("e02") }, entry)).Refused(ErrorCode.MemberNotFound);
        transaction.Send(At(list, new Position(), entry)).Refused(ErrorCode.InvalidRequest);
        var unordered = At(list, new Position { First = new Edge() }, entry);
        unordered.AddRelatedHolons.Name = "Friends";
        transaction.Send(unordered).Refused(ErrorCode.InvalidRequest);
        Assert.Empty(transaction.Related(list, "Entries"));
    }

    [Fact]
    public void A_member_goes_before_the_last_one_as_often_as_wanted_staged_or_saved()
    {
        var expected = new List<string> { "e00", "e39" };
        var transaction = _hub.Begin(_space);
        var list = transaction.StageVersion(transaction.ByKey("list"));
        transaction.Add(list, "Entries", transaction.ByKey("e00"), transaction.ByKey("e39"));
        for (var i = 0; i < 150; i++)
        {
            // Every third insertion is a commit of its own, so that it stands among saved members.
            if (i % 3 == 0)
            {
                transaction.Commit();
                transaction = _hub.Begin(_space);
                list = transaction.StageVersion(transaction.ByKey("list"));
            }

            var entry = $"e{1 + i % 38:00}";
            if (expected.Remove(entry)) transaction.RemoveRelated(list, "Entries", transaction.ByKey(entry));
            transaction.Ok(At(list, new Position { Before = transaction.ByKey("e39") }, transaction.ByKey(entry)));
            expected.Insert(expected.Count - 1, entry);
            Assert.Equal(expected, transaction.Related(list, "Entries"));
        }
    }

    [Fact]
    public void A_removal_takes_the_link_it_names_and_no_other_of_that_name()
    {
        var transaction = _hub.Begin(_space);
        var type = transaction.ByKey("List.HolonType");
        // A link by the bare name, made while the holon has no type, and one that the type declares.
        var list = transaction.Stage("typed later");
        transaction.Add(list, "Entries", transaction.ByKey("e01"));
        transaction.Ok(new MutationCommand { WithDescriptor = new WithDescriptorCommand { Holon = list, Descriptor_ = type } });
        transaction.Add(list, "Entries", transaction.ByKey("e02"));
        Assert.Equal(["e01", "e02"], transaction.Related(list, "Entries"));
        transaction.Commit();
        transaction = _hub.Begin(_space);
        list = transaction.StageVersion(transaction.ByKey("typed later"));
        transaction.RemoveRelated(list, "Entries", transaction.ByKey("e01"));
        Assert.Equal(["e02"], transaction.Related(list, "Entries"));
        transaction.Commit();
        transaction = _hub.Begin(_space);
        Assert.Equal(["e02"], transaction.Related(transaction.ByKey("typed later"), "Entries"));
    }

    private static void Place(TestTransaction transaction, HolonReference list, List<string> expected, string entry, Random random)
    {
        var at = expected.Count == 0 ? -1 : random.Next(expected.Count);
        var (position, index) = random.Next(4) switch
        {
            0 => (new Position { First = new Edge() }, 0),
            1 when at >= 0 => (new Position { Before = transaction.ByKey(expected[at]) }, at),
            2 when at >= 0 => (new Position { After = transaction.ByKey(expected[at]) }, at + 1),
            _ => (new Position { Last = new Edge() }, expected.Count),
        };
        transaction.Ok(At(list, position, transaction.ByKey(entry)));
        expected.Insert(index, entry);
    }

    private static MutationCommand At(HolonReference holon, Position position, params HolonReference[] targets)
    {
        var command = TestTransaction.AddCommand(holon, "Entries", targets);
        command.AddRelatedHolons.Position = position;
        return command;
    }
}
