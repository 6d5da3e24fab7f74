using Map.Core.Transactions;
using Map.Hub.Spaces;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests;

/// <summary>Deletions that take other holons along.</summary>
public sealed class CascadeTests : IDisposable
{
    private const string Cascade = nameof(Cascade);
    private const string Type = nameof(Type);

    /// <summary>A shelf takes what it holds along, a book its sequels, and a book the notes about it.</summary>
    private static readonly object[] Schema =
    [
        TestSchema.Holon(Type, Type, TestSchema.Open(Type, isBare: true)),
        TestSchema.Holon("Shelf", Type, TestSchema.Open("Shelf", isBare: true), ("InstanceRelationships", TestSchema.Key("Shelf", "Holds", "Book"))),
        TestSchema.Holon(
            "Book", Type, TestSchema.Open("Book", isBare: true),
            ("InstanceRelationships", (string[])[TestSchema.Key("Book", "Sequels", "Book"), TestSchema.Key("Book", "Cites", "Book")])),
        TestSchema.Holon("Novel", Type, TestSchema.Open("Novel", isBare: true), ("Extends", "Book")),
        TestSchema.Holon("Note", Type, TestSchema.Open("Note", isBare: true), ("InstanceRelationships", TestSchema.Key("Note", "About", "Book"))),
        .. Relationship("Shelf", "Holds", "Book", "HeldBy", ordered: true, onDelete: Cascade),
        .. Relationship("Book", "Sequels", "Book", "SequelOf", duplicates: true, onDelete: Cascade),
        .. Relationship("Book", "Cites", "Book", "CitedBy"),
        .. Relationship("Note", "About", "Book", "Notes", onDeleteInverse: Cascade),
    ];

    private static object[] Relationship(
        string source, string name, string target, string inverse,
        bool ordered = false, bool duplicates = false, string? onDelete = null, string? onDeleteInverse = null) => TestSchema.Relationship(
            (Type, Type), source, name, target, inverse, ordered, duplicates,
            onDelete: onDelete, onDeleteInverse: onDeleteInverse);

    private readonly TestHub _hub;
    private readonly HolonSpaceManager _space;

    public CascadeTests()
    {
        _hub = new TestHub(TestHub.Options(new TransactionLimits { MaxStagedHolons = 150_000 }));
        _space = _hub.NewSpace("library", [TestSchema.File("types.json", Schema)], enforces: false);
    }

    public void Dispose() => _hub.Dispose();

    /// <param name="saved">Saved holons and links; S is a shelf, B a book, V a novel, N a note.</param>
    /// <param name="staged">
    /// What the transaction does before: +h for a holon staged for create, ^h for update, !h deletes, ~h abandons, +h>Name>h
    /// and -h>Name>h for links. A holon staged for create has a small letter.
    /// </param>
    /// <param name="deleted">The holon that is deleted.</param>
    /// <param name="gone">All that are gone then.</param>
    [Theory]
    [InlineData("S1>Holds>B1 S1>Holds>B2 B3", "", "S1", "S1 B1 B2")]
    [InlineData("S1>Holds>B1 S1>Holds>B2", "", "B1", "B1")]
    [InlineData("N1>About>B1 N2>About>B1 N3>About>B2", "", "B1", "B1 N1 N2")]
    [InlineData("N1>About>B1", "", "N1", "N1")]
    [InlineData("B1>Cites>B2 B1>Likes>B3 B4>Cites>B1", "", "B1", "B1")]
    [InlineData("S1>About>B1 B2>Holds>B3", "", "B1", "B1")]
    [InlineData("S1>About>B1 B2>Holds>B3", "", "B2", "B2")]
    // Chains in both directions, circles, and several ways to one.
    [InlineData("S1>Holds>B1 B1>Sequels>B2 B2>Sequels>B3 N1>About>B3", "", "S1", "S1 B1 B2 B3 N1")]
    [InlineData("B1>Sequels>B2 B2>Sequels>B3 B3>Sequels>B1 B3>Cites>B4", "", "B2", "B1 B2 B3")]
    [InlineData("B1>Sequels>B1", "", "B1", "B1")]
    [InlineData("S1>Holds>B1 S1>Holds>B2 B1>Sequels>B3 B2>Sequels>B3 B1>Sequels>B3", "", "S1", "S1 B1 B2 B3")]
    [InlineData("S1>Holds>V1 V1>Sequels>V2 N1>About>V2", "", "S1", "S1 V1 V2 N1")]
    // Links of the transaction count, links that it removed do not.
    [InlineData("S1>Holds>B1 S1>Holds>B2", "^S1 -S1>Holds>B1", "S1", "S1 B2")]
    [InlineData("S1 B1", "^S1 +S1>Holds>B1", "S1", "S1 B1")]
    [InlineData("N1>About>B1", "^N1 -N1>About>B1", "B1", "B1")]
    [InlineData("N1 B1", "^N1 +N1>About>B1", "B1", "B1 N1")]
    [InlineData("S1>Holds>B1 B1>Sequels>B2", "^B1 ^B2", "S1", "S1 B1 B2")]
    // Staged for create: taken along by all, takes along only its like.
    [InlineData("S1", "^S1 +b1 +S1>Holds>b1", "S1", "S1 b1")]
    [InlineData("B1", "+n1 +n1>About>B1", "B1", "B1 n1")]
    [InlineData("B2 B3", "+s1 +b1 +b2 +s1>Holds>b1 +s1>Holds>B2 +b1>Sequels>b2 +b1>Sequels>B3", "s1", "s1 b1 b2")]
    [InlineData("N1", "+b1 +n1 ^N1 +n1>About>b1 +N1>About>b1", "b1", "b1 n1")]
    [InlineData("S1 B2", "^S1 +b1 +S1>Holds>b1 +b1>Sequels>B2", "S1", "S1 b1")]
    [InlineData("S1>Holds>B2", "^S1 +b1 +S1>Holds>b1 +b1>Sequels>B2", "S1", "S1 b1 B2")]
    // Deleted before, and brought back.
    [InlineData("S1>Holds>B1 B1>Sequels>B2", "!B1 ~B2", "S1", "S1 B1")]
    [InlineData("S1>Holds>B1 B1>Sequels>B2", "!S1 ~S1 ~B1", "S1", "S1 B1 B2")]
    [InlineData("S1", "^S1 +b1 +S1>Holds>b1 ~b1", "S1", "S1 b1")]
    public void A_deletion_takes_along_what_cascades_and_nothing_else(string saved, string staged, string deleted, string gone)
    {
        var setup = new Graph(_hub.Begin(_space));
        setup.Link(saved);
        setup.Transaction.Commit();
        var graph = new Graph(_hub.Begin(_space));
        graph.Do(staged);
        var (before, hadBefore) = (graph.Transaction.View(), graph.Gone(saved, staged));

        var count = graph.Transaction.Ok(DeleteCommand(graph[deleted])).Count;
        string[] expected = [.. gone.Split(' ').Order(StringComparer.Ordinal)];
        Assert.Equal(expected, graph.Gone(saved, staged));
        Assert.Equal((ulong)expected.Except(hadBefore).Count(), count);
        var after = graph.Transaction.View();

        graph.Transaction.Undo();
        Assert.Equal(before, graph.Transaction.View());
        graph.Transaction.Redo();
        Assert.Equal(after, graph.Transaction.View());
        _hub.Restart();
        var transaction = graph.Transaction.On(_hub.Dispatcher);
        Assert.Equal(after, transaction.View());
        transaction.Undo();
        Assert.Equal(before, transaction.View());
        transaction.Redo();
        transaction.Commit();
        Assert.Equal(expected, new Graph(_hub.Begin(_hub.Spaces.Get("library"))).Gone(saved, staged));
    }

    [Fact]
    public void What_went_along_is_abandoned_by_itself()
    {
        var setup = new Graph(_hub.Begin(_space));
        setup.Link("S1>Holds>B1 B1>Sequels>B2");
        setup.Transaction.Commit();
        var transaction = _hub.Begin(_space);
        var shelf = transaction.ByKey("S1");
        transaction.Delete(shelf);
        transaction.Abandon(Staged(transaction, shelf));
        Assert.Equal(HolonReference.KindOneofCase.Smart, transaction.ByKey("S1").KindCase);
        foreach (var key in (string[])["B1", "B2"]) transaction.Send(ByKeyQuery(key)).Refused(ErrorCode.KeyNotFound);
        Assert.Equal(2UL, transaction.Commit().DeletedCount);
        var later = _hub.Begin(_space);
        Assert.Empty(later.Related(later.ByKey("S1"), "Holds"));
    }

    [Fact]
    public void A_type_takes_along_by_the_relationships_to_what_it_extends()
    {
        var setup = _hub.Begin(_space);
        setup.Add(setup.StageOf("Note", "N1"), "About", setup.ByKey("Novel"));
        setup.Commit();
        var transaction = _hub.Begin(_space);
        Assert.Equal(2UL, transaction.Ok(DeleteCommand(transaction.ByKey("Novel"))).Count);
        transaction.Send(ByKeyQuery("N1")).Refused(ErrorCode.KeyNotFound);
        transaction.Commit();
    }

    [Fact]
    public void A_relationship_type_of_the_core_schema_takes_its_inverse_along()
    {
        var transaction = _hub.Begin(_hub.NewSpace("core", [.. TestHub.Options().CoreSchema, TestSchema.OverCore]));
        var declared = transaction.ByKey(TestSchema.Key(TestSchema.Item, TestSchema.Similar, TestSchema.Item));
        Assert.Equal(2UL, transaction.Ok(DeleteCommand(declared)).Count);
        transaction.Send(ByKeyQuery(TestSchema.Key(TestSchema.Item, TestSchema.SimilarFrom, TestSchema.Item))).Refused(ErrorCode.KeyNotFound);
    }

    [Fact]
    public void The_holon_of_the_space_and_holons_that_the_system_relates_stay()
    {
        // A type that says of what the system keeps that it cascades is not heard.
        var setup = _hub.Begin(_space);
        setup.Load(TestSchema.File(
            "kept.json",
            [
                TestSchema.Holon(
                    "Thing", Type, TestSchema.Open("Thing", isBare: true),
                    ("InstanceRelationships", (string[])[TestSchema.Key("Thing", "DescribedBy", Type), TestSchema.Key("Thing", "Of", Type)])),
                .. Relationship("Thing", "DescribedBy", Type, "Instances", onDelete: Cascade, onDeleteInverse: Cascade),
                .. Relationship("Thing", "Of", Type, "Has", onDelete: Cascade),
            ]));
        setup.Commit();
        var transaction = _hub.Begin(_space);
        var thing = transaction.StageOf("Thing", "T1");
        transaction.Ok(DeleteCommand(thing));
        Assert.Equal("Thing", transaction.Content(transaction.ByKey("Thing")).Key);
        thing = transaction.StageOf("Thing", "T2");
        transaction.Commit();

        transaction = _hub.Begin(_space);
        var space = transaction.Ok(new QueryCommand
        {
            RelatedHolons = new RelatedHolonsQuery { Holon = transaction.ByKey("T2"), Name = "OwnedBy" },
        }).Page.Members[0].Reference;
        transaction.Add(transaction.StageVersion(transaction.ByKey("T2")), "Of", space);
        Assert.Equal(1UL, transaction.Ok(DeleteCommand(transaction.ByKey("T2"))).Count);
        Assert.True(transaction.Send(new QueryCommand { EssentialContent = new EssentialContentQuery { Holon = space } }).Success);
        Assert.Equal(1UL, transaction.Commit().DeletedCount);
    }

    [Fact]
    public void A_hundred_thousand_members_go_in_one_step()
    {
        const int Members = 100_000;
        string[] keys = [.. Enumerable.Range(1, Members).Select(i => $"B{i}")];
        var setup = _hub.Begin(_space);
        setup.Load(TestSchema.File(
            "many.json",
            [TestSchema.Holon("S1", "Shelf", null, ("Holds", keys)), .. keys.Select(key => TestSchema.Holon(key, "Book"))]));
        setup.Commit();
        var transaction = _hub.Begin(_space);
        Assert.Equal((ulong)Members + 1, transaction.Ok(DeleteCommand(transaction.ByKey("S1"))).Count);
        Assert.Equal((ulong)Members + 1, transaction.StagedCount());
        transaction.Undo();
        Assert.Equal((0UL, (false, true)), (transaction.StagedCount(), transaction.EditStatus()));
        transaction.Redo();
        Assert.Equal((ulong)Members + 1, transaction.Commit().DeletedCount);
    }

    [Fact]
    public void A_deletion_that_takes_along_more_than_may_be_staged_is_refused_whole()
    {
        const int Limit = 15;
        using var hub = new TestHub(TestHub.Options(new TransactionLimits { MaxStagedHolons = Limit }));
        var space = hub.NewSpace("library", [TestSchema.File("types.json", Schema)], enforces: false);
        foreach (var books in (string[])[string.Join(' ', Enumerable.Range(1, Limit - 2).Select(i => $"S1>Holds>B{i}")), "B21 B22"])
        {
            var setup = new Graph(hub.Begin(space));
            setup.Link(books);
            setup.Transaction.Commit();
        }

        var graph = new Graph(hub.Begin(space));
        graph.Do("^B21 +b9 ~b9");
        var before = graph.Transaction.Full();
        var error = graph.Transaction.Send(DeleteCommand(graph["S1"])).Refused(ErrorCode.TooManyHolons);
        Assert.Equal((ulong)Limit, error.Details.Limit);
        Assert.Equal(before, graph.Transaction.Full());
        // Just as many as there may be: what is staged already takes no further place.
        graph.Transaction.Undo();
        graph.Transaction.Undo();
        graph.Do("^B1");
        Assert.Equal((ulong)Limit - 1, graph.Transaction.Ok(DeleteCommand(graph["S1"])).Count);
        graph.Transaction.Send(DeleteCommand(graph["B22"])).Refused(ErrorCode.TooManyHolons);
    }

    [Fact]
    public void A_deletion_that_is_cancelled_leaves_no_trace()
    {
        var graph = new Graph(_hub.Begin(_space));
        graph.Link("S1>Holds>B1");
        var before = graph.Transaction.Full();
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(
            () => graph.Transaction.Send(new CommandBody { Mutation = DeleteCommand(graph["S1"]) }, cancelled.Token));
        Assert.Equal(before, graph.Transaction.Full());
    }

    private static HolonReference Staged(TestTransaction transaction, HolonReference holon) => new()
    {
        TransactionId = Binding.WireWriter.ToWire(transaction.Id),
        Staged = new StagedRef { LocalId = transaction.Saved(holon).Smart.HolonId.LocalId },
    };

    /// <summary>Holons and links from short texts.</summary>
    private sealed class Graph(TestTransaction transaction)
    {
        private readonly Dictionary<string, HolonReference> _staged = [];

        public TestTransaction Transaction => transaction;

        /// <summary>A holon in view, else one that was staged.</summary>
        public HolonReference this[string key] =>
            transaction.Send(ByKeyQuery(key)) is { Success: true } found ? found.Body.Reference : _staged[key];

        /// <summary>Stages holons and links for create.</summary>
        public void Link(string graph)
        {
            foreach (var part in Parts(graph)) Link(part.Split('>'));
        }

        /// <summary>Does what a text says.</summary>
        public void Do(string steps)
        {
            foreach (var step in Parts(steps))
            {
                var words = step[1..].Split('>');
                switch (step[0])
                {
                    case '+' when words.Length == 1:
                        Create(words[0]);
                        break;
                    case '+':
                        transaction.Add(this[words[0]], words[1], this[words[2]]);
                        break;
                    case '-':
                        transaction.RemoveRelated(this[words[0]], words[1], this[words[2]]);
                        break;
                    case '^':
                        transaction.StageVersion(transaction.ByKey(words[0]));
                        break;
                    case '!':
                        DeleteWith(words[0]);
                        break;
                    default:
                        transaction.Abandon(this[words[0]]);
                        break;
                }
            }
        }

        /// <summary>The holons that texts name and that are not in view.</summary>
        public string[] Gone(params string[] texts) =>
        [
            .. texts.SelectMany(Parts).SelectMany(part => part.TrimStart('+', '-', '^', '!', '~').Split('>').Where(IsKey)).Distinct()
                .Where(key => !transaction.Send(ByKeyQuery(key)).Success).Order(StringComparer.Ordinal),
        ];

        private static string[] Parts(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        private static bool IsKey(string word) => char.IsDigit(word[^1]);

        private void Link(string[] words)
        {
            foreach (var key in words.Where(IsKey)) Create(key);
            if (words.Length > 1) transaction.Add(this[words[0]], words[1], this[words[2]]);
        }

        private void Create(string key)
        {
            var type = char.ToUpperInvariant(key[0]) switch { 'S' => "Shelf", 'B' => "Book", 'V' => "Novel", _ => "Note" };
            if (!_staged.ContainsKey(key)) _staged[key] = transaction.StageOf(type, key);
        }

        /// <summary>Deletes saved holons, of all of which the staged references are kept.</summary>
        private void DeleteWith(string key)
        {
            foreach (var other in (string[])["S1", "B1", "B2"])
                if (transaction.Send(ByKeyQuery(other)) is { Success: true } found) _staged[other] = Staged(transaction, found.Body.Reference);
            transaction.Delete(transaction.ByKey(key));
        }
    }
}
