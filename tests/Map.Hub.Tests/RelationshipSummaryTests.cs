using Map.Hub.Spaces;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests;

/// <summary>AllRelatedHolons and Summarize: every relationship that has members, with exact counts and first members.</summary>
public sealed class RelationshipSummaryTests : IDisposable
{
    private static readonly int Rounds = Environment.GetEnvironmentVariable("MAP_TEST_LONG") == "1" ? 300 : 12;

    private static readonly string[] Names =
        [.. TestSchema.RelationshipNames, "DescribedBy", "Instances", "OwnedBy", "Owns", "Extends", "TargetType", "HasInverse", "SourceType", "InstanceRelationships"];

    private readonly TestHub _hub = new();
    private readonly HolonSpaceManager _space;

    public RelationshipSummaryTests() => _space = _hub.NewSpace("library", [TestSchema.Alone]);

    public void Dispose() => _hub.Dispose();

    [Fact]
    public void Relationships_of_both_directions_come_by_name_with_their_first_members()
    {
        var transaction = _hub.Begin(_space);
        var book = transaction.StageOf(TestSchema.Novel, "One");
        foreach (var key in (string[])["Ann", "Ben", "Cleo"]) transaction.StageOf(TestSchema.Person, key);
        transaction.Add(book, TestSchema.Credits, transaction.ByKey("Cleo"), transaction.ByKey("Ann"), transaction.ByKey("Cleo"));
        transaction.Add(book, "Unknown", transaction.ByKey("Ben"));
        transaction.Add(transaction.StageOf(TestSchema.Book, "Two"), TestSchema.Similar, book);
        AssertOne(transaction);
        transaction.Commit();
        AssertOne(_hub.Begin(_space));

        static void AssertOne(TestTransaction transaction)
        {
            string[] expected =
            [
                "Credits 3: Cleo Ann", "DescribedBy 1: Novel.HolonType", "OwnedBy 1: ", "inverse SimilarFrom 1: Two", "Unknown 1: Ben",
            ];
            Assert.Equal(expected, All(transaction, transaction.ByKey("One"), 2));
            Assert.Equal(
                ["inverse CreditedIn 2: ", "DescribedBy 1: ", "OwnedBy 1: "], All(transaction, transaction.ByKey("Cleo"), 0));
        }
    }

    [Fact]
    public void Counts_and_members_are_those_of_RelatedHolons_whatever_is_staged()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        RandomEdits.Save(_hub.Begin(_space), random);
        for (var round = 0; round < Rounds; round++)
        {
            var transaction = _hub.Begin(_space);
            var edits = new RandomEdits(transaction, random).Begin();
            AssertAll($"seed {seed}, round {round}, at first");
            for (var step = 0; step < 25; step++)
            {
                edits.Step();
                AssertAll($"seed {seed}, round {round}, step {step}");
            }

            if (random.Next(3) > 0) transaction.Rollback();
            else Assert.NotEqual(ErrorCode.Internal, transaction.Send(CommitMutation).Errors.FirstOrDefault()?.Code);

            void AssertAll(string where)
            {
                var clone = transaction.Send(new MutationCommand { CloneHolon = new CloneHolonCommand { Holon = edits.Hub } });
                foreach (var holon in (HolonReference[])
                    [
                        edits.Hub, transaction.Saved(edits.Hub), transaction.Saved(edits.Hub, version: 1), edits.Star, clone.Body.Reference,
                        transaction.ByKey(TestSchema.Person), transaction.ByKey(TestSchema.Item), SpaceHolon(transaction),
                    ])
                {
                    var expected = Names.Order(StringComparer.Ordinal).Select(name => (name, transaction.Related(holon, name, 100)))
                        .Where(each => each.Item2.Count > 0).Select(each => $"{each.name} {each.Item2.Count}: {string.Join(' ', each.Item2.Take(3))}");
                    var got = All(transaction, holon, 3).Select(text => text.Replace("inverse ", ""));
                    Assert.True(expected.SequenceEqual(got), $"{where}: {holon}\n{string.Join('\n', expected)}\nbut\n{string.Join('\n', got)}");
                }

                transaction.Undo();
            }
        }
    }

    [Fact]
    public void More_members_of_each_than_the_limit_are_refused()
    {
        var transaction = _hub.Begin(_space);
        var book = transaction.StageOf(TestSchema.Book, "One");
        Assert.Equal(2, All(transaction, book, 100).Count);
        var error = transaction.Send(Query(book, 101)).Refused(ErrorCode.TooLarge);
        Assert.Equal(("members_each", 100UL), (error.Field, error.Details.Limit));
    }

    [Fact]
    public void Where_there_are_very_many_relationships_fewer_members_are_told_and_at_last_none()
    {
        using var hub = new TestHub(TestHub.Options() with { MaxRelatedMembers = 10 });
        var transaction = hub.Begin(hub.NewSpace("library", [TestSchema.Alone]));
        var book = transaction.StageOf(TestSchema.Book, "One");
        for (var i = 0; i < 3; i++) transaction.Add(book, $"Bare{i}", book);
        Assert.Equal(5, All(transaction, book, 2).Count);
        Assert.Equal(2UL, transaction.Send(Query(book, 3)).Refused(ErrorCode.TooLarge).Details.Limit);
        for (var i = 3; i < 9; i++) transaction.Add(book, $"Bare{i}", book);
        var error = transaction.Send(Query(book, 0)).Refused(ErrorCode.TooLarge);
        Assert.Equal((0UL, book), (error.Details.Limit, error.Reference));
        Assert.Equal(["One"], transaction.Related(book, "Bare8"));
    }

    [Fact]
    public void Links_that_an_abandoned_draft_removed_are_not_counted()
    {
        var first = _hub.Begin(_space);
        var one = first.StageOf(TestSchema.Book, "One");
        first.Add(one, TestSchema.Similar, first.StageOf(TestSchema.Book, "Two"), first.StageOf(TestSchema.Book, "Three"));
        first.Commit();
        var transaction = _hub.Begin(_space);
        var draft = transaction.StageVersion(transaction.ByKey("One"));
        transaction.RemoveRelated(draft, TestSchema.Similar, transaction.ByKey("Two"));
        transaction.Abandon(draft);
        Assert.Contains("Similar 1: Three", All(transaction, draft, 5));
        Assert.Contains("Similar 2: Two Three", All(transaction, transaction.ByKey("One"), 5));
    }

    [Fact]
    public void A_holon_is_told_in_a_sentence_in_every_phase()
    {
        using var world = new TestWorld();
        var transaction = world.Transaction;
        Assert.Equal(
            "The holon \"One\" of type \"Book.HolonType\" is saved as version 1, with 2 properties and 3 relationships.", Tell(world.Saved));
        Assert.Equal(
            "The holon \"Two\" of type \"Book.HolonType\" is staged for update of version 1, with 2 properties and 3 relationships.",
            Tell(world.Updated));
        Assert.Equal(
            "The holon \"Gone\" of type \"Book.HolonType\" is staged for delete of version 1, with 2 properties and 3 relationships.",
            Tell(world.Deleted));
        Assert.Equal(
            "The holon \"Three\" of type \"Book.HolonType\" is staged for create, with 2 properties and 2 relationships.", Tell(world.Staged));
        Assert.Equal(
            "The holon \"Four\" of type \"Book.HolonType\" is abandoned, so that commit passes it over, with 1 property and 2 relationships.",
            Tell(world.Abandoned));
        Assert.Equal(
            "The holon \"Scratch\" of type \"Book.HolonType\" is transient, with 2 properties and 2 relationships.", Tell(world.Transient));
        var bare = transaction.New(null);
        Assert.Matches("^The holon [0-9a-f-]{36} without a type is transient, with 0 properties and 1 relationship\\.$", Tell(bare));
        Assert.Equal(Tell(world.Saved), Tell(transaction.Saved(world.Saved, version: 1)));

        string Tell(HolonReference holon) => transaction.Ok(new QueryCommand { Summarize = new SummarizeQuery { Holon = holon } }).Text;
    }

    private static HolonReference SpaceHolon(TestTransaction transaction) => transaction.Ok(new QueryCommand
    {
        RelatedHolons = new RelatedHolonsQuery { Holon = transaction.ByKey(TestSchema.Item), Name = "OwnedBy" },
    }).Page.Members.Single().Reference;

    private static List<string> All(TestTransaction transaction, HolonReference holon, uint membersEach) =>
    [
        .. transaction.Ok(Query(holon, membersEach)).Relationships.Relationships.Select(each =>
            $"{(each.Inverse ? "inverse " : "")}{each.Name} {each.Count}: {string.Join(' ', each.Members.Select(member => member.Key))}"),
    ];

    private static QueryCommand Query(HolonReference holon, uint membersEach) =>
        new() { AllRelatedHolons = new AllRelatedHolonsQuery { Holon = holon, MembersEach = membersEach } };
}
