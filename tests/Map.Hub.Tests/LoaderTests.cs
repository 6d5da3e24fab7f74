using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Map.Core.Errors;
using Map.Core.Loading;
using Map.Fixtures;
using Map.Hub.Binding;
using Map.Hub.Spaces;
using Map.V1;
using static Map.Hub.Tests.TestSchema;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests;

/// <summary>What loads bring: references in all their forms, uploaded content, samples, and many holons at once.</summary>
public sealed class LoaderTests : IDisposable
{
    private readonly TestHub _hub = new();
    private readonly HolonSpaceManager _space;

    public LoaderTests()
    {
        _space = _hub.NewLibrary();
        var transaction = _hub.Begin(_space);
        transaction.StageOf(Person, "Ann");
        transaction.Commit();
    }

    public void Dispose() => _hub.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Files_refer_to_one_another_forward_and_in_circles_in_any_order(bool isReversed)
    {
        ImportSource[] files =
        [
            File("a.json", Holon("A", "Poem.HolonType", null, (Similar, new[] { "B", "C" }))),
            File("b.json", Holon("B", Book, null, (Similar, "C"), (Authors, new[] { "Dora", "Ann" })), Holon("C", Novel, null, (Similar, "A"))),
            File("c.json", Holon("Dora", Person), Holon("Poem.HolonType", TestSchema.Meta, TestSchema.Named("Poem"), ("Extends", Item), ("ComponentOf", TestSchema.Schema))),
        ];
        if (isReversed) Array.Reverse(files);
        var transaction = _hub.Begin(_space);
        var result = transaction.Load(files);
        Assert.Equal((5UL, 8UL), (result.Holons, result.Targets));
        AssertRead(transaction);
        transaction.Commit();
        AssertRead(_hub.Begin(_space));

        static void AssertRead(TestTransaction transaction)
        {
            Assert.Equal(["B", "C"], transaction.Related(transaction.ByKey("A"), Similar).Order());
            Assert.Equal(["C"], transaction.Related(transaction.ByKey("A"), SimilarFrom));
            Assert.Equal(["A", "B"], transaction.Related(transaction.ByKey("C"), SimilarFrom).Order());
            Assert.Equal(["Dora", "Ann"], transaction.Related(transaction.ByKey("B"), Authors));
        }
    }

    [Fact]
    public void Embedded_holons_are_holons_like_others_however_deep_they_stand()
    {
        var transaction = _hub.Begin(_space);
        var result = transaction.Load(File("a.json", Holon(
            "A", Book, null,
            (Authors, new object[] { Holon("Dora", Person), "Ella", new Dictionary<string, string> { ["$ref"] = "Ann" } }),
            (Similar, Holon(null, Book, new { Title = "Inner" }, (Similar, Holon("B", Book)), (Authors, Holon("Ella", Person)))))));
        Assert.Equal((5UL, 6UL), (result.Holons, result.Targets));
        Assert.Equal(["Dora", "Ella", "Ann"], transaction.Related(transaction.ByKey("A"), Authors));
        Assert.Equal([""], transaction.Related(transaction.ByKey("A"), Similar));
        Assert.Equal([""], transaction.Related(transaction.ByKey("B"), SimilarFrom));
        Assert.Equal(["A", ""], transaction.Related(transaction.ByKey("Ella"), AuthorOf));
        transaction.Send(UndoMutation);
        Assert.Equal(0UL, transaction.StagedCount());
    }

    [Fact]
    public void A_target_is_named_by_key_or_id_saved_or_staged()
    {
        var transaction = _hub.Begin(_space);
        var ann = transaction.ByKey("Ann");
        var ben = transaction.StageOf(Person, "Ben");
        var result = transaction.Load(File("a.json", Holon("A", "#Book.HolonType", null, (Authors, new object[]
        {
            new { space = Id(ann.Smart.HolonId.SpaceId), id = Id(ann.Smart.HolonId.LocalId) }, $"id:{Id(ben.Staged.LocalId)}",
        }), (Credits, new[] { "#Ben", "Ann", "Ben" }))));
        Assert.Equal((1UL, 5UL), (result.Holons, result.Targets));
        Assert.Equal(["Ann", "Ben"], transaction.Related(transaction.ByKey("A"), Authors));
        Assert.Equal(["Ben", "Ann", "Ben"], transaction.Related(transaction.ByKey("A"), Credits));
        Assert.Equal(["A", "A"], transaction.Related(ben, CreditedIn));
    }

    [Fact]
    public void A_holon_is_named_by_its_label_before_a_key_by_references_that_say_so()
    {
        var transaction = _hub.Begin(_space);
        var result = transaction.Load(
            File("a.json", Labelled("Ann", null, Person, Ref("Ella")), Labelled("#1", "Ella", "Book.HolonType", Ref("#1"), Ref("Ann"), "Ann", Ref("Ella"))),
            File("b.json", Labelled("Ella", "Hid", Ref("type"), Ref("#Ann"), "Ella"), Labelled("type", "T.HolonType", TestSchema.Meta)));
        Assert.Equal((4UL, 7UL), (result.Holons, result.Targets));
        var (book, hid) = (transaction.ByKey("Ella"), transaction.ByKey("Hid"));
        Assert.Equal(["", "Ann", "Ella", "Hid"], transaction.Related(book, Friends).Order());
        Assert.Equal(["Ann", "Ella"], transaction.Related(hid, Friends).Order());
        Assert.Equal(["Hid"], transaction.Related(transaction.ByKey("T.HolonType"), "Instances"));

        static Dictionary<string, string> Ref(string label) => new() { ["$ref"] = label };

        static Dictionary<string, object> Labelled(string label, string? key, object type, params object[] friends)
        {
            var holon = new Dictionary<string, object>
            {
                ["$id"] = label,
                ["type"] = type,
                ["properties"] = type is TestSchema.Meta ? TestSchema.Named("T") : new object(),
                ["relationships"] = new[] { new { name = Friends, target = friends } },
            };
            if (key is not null) holon["key"] = key;
            return holon;
        }
    }

    [Fact]
    public void A_holon_staged_for_delete_is_not_found_by_key_nor_id_and_its_key_is_free()
    {
        var transaction = _hub.Begin(_space);
        var ann = transaction.ByKey("Ann");
        transaction.Delete(ann);
        var id = new { space = Id(ann.Smart.HolonId.SpaceId), id = Id(ann.Smart.HolonId.LocalId) };
        foreach (var target in (object[])["Ann", id])
            transaction.Send(LoadCommand(File("a.json", Holon("A", Book, null, (Authors, target))))).Refused(ErrorCode.UnresolvedReference);
        transaction.Load(File("a.json", Holon("Ann", Person)));
        transaction.Commit();
        var after = _hub.Begin(_space);
        Assert.NotEqual(ann.Smart, after.ByKey("Ann").Smart);
    }

    [Fact]
    public void A_key_in_the_files_is_meant_rather_than_the_same_key_in_the_space()
    {
        var transaction = _hub.Begin(_space);
        transaction.Load(File("a.json", Holon("Ann", Book), Holon("A", Book, null, (Similar, "Ann"))));
        var member = transaction.Ok(new QueryCommand
        {
            RelatedHolons = new RelatedHolonsQuery { Holon = transaction.ByKey("A"), Name = Similar },
        }).Page.Members.Single().Reference;
        Assert.Equal(transaction.ByKey("Ann", transaction.ByKey(Book)), member);
    }

    [Fact]
    public void A_load_is_one_step_and_undo_removes_all_of_it()
    {
        var transaction = _hub.Begin(_space);
        transaction.StageOf(Person, "Ben");
        var before = transaction.View();
        transaction.Load(File("a.json", Holon("A", Book, null, (Authors, "Ben"))), File("b.json", Holon("B", Book, null, (Similar, "A"))));
        var after = transaction.View();
        transaction.Undo();
        Assert.Equal(before, transaction.View());
        transaction.Redo();
        Assert.Equal(after, transaction.View());
        transaction.Undo();
        Assert.Single(transaction.Commit().Saved);
    }

    [Fact]
    public void Values_are_typed_by_how_they_are_written()
    {
        var transaction = _hub.Begin(_space);
        transaction.Load(new ImportSource("v.json", Encoding.UTF8.GetBytes("""
            {"meta": {"about": ["anything"]}, "holons": [{"type": "Book.HolonType", "key": "A", "properties": {
              "text": "\u00e4\ud83d\ude00", "flag": true, "whole": -9223372036854775808, "fraction": 1.0, "big": 1e3,
              "none": [], "mixed": [1, 2.5], "texts": ["b", "a"]}}]}
            """)));
        var book = transaction.ByKey("A");
        Assert.Equal(Text("ä😀"), transaction.Value(book, "Text"));
        Assert.Equal(new BaseValue { BoolValue = true }, transaction.Value(book, "Flag"));
        Assert.Equal(Number(long.MinValue), transaction.Value(book, "Whole"));
        Assert.Equal(new BaseValue { DoubleValue = 1 }, transaction.Value(book, "Fraction"));
        Assert.Equal(new BaseValue { DoubleValue = 1000 }, transaction.Value(book, "Big"));
        Assert.Empty(transaction.Value(book, "None").ArrayValue.Items);
        Assert.Equal([1, 2.5], transaction.Value(book, "Mixed").ArrayValue.Items.Select(item => item.DoubleValue));
        Assert.Equal(["b", "a"], transaction.Value(book, "Texts").ArrayValue.Items.Select(item => item.StringValue));
    }

    [Fact]
    public void Uploaded_content_loads_together_with_inline_files_and_again_elsewhere()
    {
        var uploaded = _hub.Content.Put(File("a.json", Holon("A", Book, null, (Similar, "B"))));
        var load = LoadCommand(File("b.json", Holon("B", Book, null, (Similar, "A"))));
        load.LoadHolons.ContentIds.Add(WireWriter.ToWire(uploaded));
        foreach (var _ in (int[])[1, 2])
        {
            var transaction = _hub.Begin(_space);
            Assert.Equal(2UL, transaction.Ok(load).Load.Holons);
            Assert.Equal(2UL, transaction.StagedCount());
            transaction.Rollback();
        }
    }

    [Fact]
    public void Uploaded_content_expires_when_it_is_not_used_and_makes_room()
    {
        var time = new ManualTime();
        using var hub = new TestHub(
            TestHub.Options() with { MaxContentBytes = 1_000, ContentLifetime = TimeSpan.FromMinutes(15) }, time: time);
        var transaction = hub.Begin(hub.NewSpace("empty", []));
        var file = File("a.json", Holon("A", Book, new { Title = new string('a', 500) }));
        var id = hub.Content.Put(file);
        var full = Assert.Throws<HolonException>(() => hub.Content.Put(file)).Errors[0];
        Assert.Equal((HolonErrorCode.TooMuchContent, 1_000, true), (full.Code, full.Limit, full.IsRetryable));

        // A load is a use, also one that is refused, here for a type that the space lacks.
        time.Advance(TimeSpan.FromMinutes(14));
        Load().Refused(ErrorCode.UnresolvedReference);
        time.Advance(TimeSpan.FromMinutes(14));
        Load().Refused(ErrorCode.UnresolvedReference);
        time.Advance(TimeSpan.FromMinutes(16));
        Load().Refused(ErrorCode.ContentNotFound);
        hub.Content.Put(file);

        MapResponse Load() => transaction.Send(new MutationCommand
        {
            LoadHolons = new LoadHolonsCommand { ContentIds = { WireWriter.ToWire(id) } },
        });
    }

    [Fact]
    public void The_sample_library_loads_over_the_core_schema_with_the_counts_of_its_files()
    {
        var space = _hub.NewSpace("samples");
        var files = TestHub.Files(RepositoryFiles.Library);
        var (holons, targets) = Count(files);
        var transaction = _hub.Begin(space);
        var result = transaction.Load([.. files]);
        Assert.Equal((holons, targets), (result.Holons, result.Targets));
        AssertRead(transaction);
        Assert.Equal((int)holons, transaction.Commit().Saved.Count);
        AssertRead(_hub.Begin(space));

        static void AssertRead(TestTransaction transaction)
        {
            (string Type, int Count)[] counts =
                [("Book", 291), ("Person", 157), ("Place", 136), ("Publisher", 76), ("Subject", 73), ("Member", 6), ("Loan", 8)];
            foreach (var (type, count) in counts)
                Assert.Equal(count, transaction.All(new GetAllQuery { Type = transaction.ByKey($"{type}.HolonType") }, 1_000).Count);
            Assert.Contains("Buddenbrooks", transaction.Related(transaction.ByKey("Mann, Thomas"), "AuthorOf"));
        }
    }

    private static string Id(ByteString id) => new Guid(id.Span, bigEndian: true).ToString();

    /// <summary>Holons and relationship targets of files, embedded ones too.</summary>
    private static (ulong Holons, ulong Targets) Count(IEnumerable<ImportSource> files)
    {
        ulong holons = 0, targets = 0;
        foreach (var file in files)
        {
            using var json = JsonDocument.Parse(file.Content);
            foreach (var holon in json.RootElement.GetProperty("holons").EnumerateArray()) Visit(holon);
        }

        return (holons, targets);

        void Visit(JsonElement holon)
        {
            holons++;
            if (!holon.TryGetProperty("relationships", out var relationships)) return;
            foreach (var relationship in relationships.EnumerateArray())
            {
                var target = relationship.GetProperty("target");
                foreach (var each in target.ValueKind == JsonValueKind.Array ? [.. target.EnumerateArray()] : (JsonElement[])[target])
                {
                    targets++;
                    if (each.ValueKind == JsonValueKind.Object && each.TryGetProperty("type", out var _)) Visit(each);
                }
            }
        }
    }
}
