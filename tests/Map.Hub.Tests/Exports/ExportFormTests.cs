using Google.Protobuf;
using Map.Core.Errors;
using Map.Fixtures;
using Map.Hub.Spaces;
using Map.V1;
using static Map.Hub.Tests.TestSchema;
using static Map.Hub.Tests.TestTransaction;
using HolonError = Map.Core.Errors.HolonError;

namespace Map.Hub.Tests.Exports;

/// <summary>How an export writes what it holds, what it leaves out, and what it refuses.</summary>
public sealed class ExportFormTests : IDisposable
{
    private readonly TestHub _hub = new();
    private readonly HolonSpaceManager _space;
    private readonly TestTransaction _transaction;

    public ExportFormTests()
    {
        _space = _hub.NewSpace("library", [Alone]);
        _transaction = _hub.Begin(_space);
    }

    public void Dispose() => _hub.Dispose();

    [Fact]
    public void Holons_stand_by_key_then_by_the_key_of_their_type_and_last_those_without_a_key()
    {
        var nameless = _transaction.StageOf(Book, null, ("Title", Text("ä \"b\" <c>")));
        var aloof = _transaction.StageOf(Book, null);
        var twin = _transaction.StageOf(Person, "Emma");
        var emma = _transaction.StageOf(Book, "Emma");
        var hash = _transaction.StageOf(Person, "#1");
        _transaction.Add(emma, Authors, hash, twin);
        _transaction.Add(emma, Similar, nameless);
        _transaction.Add(nameless, Similar, nameless, emma);
        _transaction.Add(aloof, Friends, hash);
        const string expected = """
            {
              "meta": {
                "generator": "map-daemon export"
              },
              "holons": [
                {
                  "key": "#1",
                  "type": "Person.HolonType",
                  "properties": {}
                },
                {
                  "$id": "#1",
                  "key": "Emma",
                  "type": "Book.HolonType",
                  "properties": {},
                  "relationships": [
                    {
                      "name": "Authors",
                      "target": [
                        "##1",
                        {
                          "$ref": "#2"
                        }
                      ]
                    },
                    {
                      "name": "Similar",
                      "target": {
                        "$ref": "#3"
                      }
                    }
                  ]
                },
                {
                  "$id": "#2",
                  "key": "Emma",
                  "type": "Person.HolonType",
                  "properties": {}
                },
                {
                  "$id": "#3",
                  "type": "Book.HolonType",
                  "properties": {
                    "Title": "ä \"b\" <c>"
                  },
                  "relationships": [
                    {
                      "name": "Similar",
                      "target": [
                        {
                          "$ref": "#1"
                        },
                        {
                          "$ref": "#3"
                        }
                      ]
                    }
                  ]
                },
                {
                  "type": "Book.HolonType",
                  "properties": {},
                  "relationships": [
                    {
                      "name": "Friends",
                      "target": "##1"
                    }
                  ]
                }
              ]
            }

            """;
        var export = Of(Query(hash, emma, twin, nameless, aloof));
        Assert.Equal(expected, export.Text);
        Assert.Equal((5UL, 6UL, 0UL), (export.Summary.Holons, export.Summary.Links, export.Summary.OutsideLinks));
        Assert.Equal(5UL, _hub.Begin(_hub.NewSpace("copy", [Alone])).Load(export.Source).Holons);
    }

    [Theory]
    [InlineData("4.0", ValueKinds.Double, 0x4010000000000000)]
    [InlineData("-0.0", ValueKinds.Double, unchecked((long)0x8000000000000000))]
    [InlineData("10000000000000000.0", ValueKinds.Double, 0x4341C37937E08000)]
    [InlineData("1E+300", ValueKinds.Double, 0x7E37E43C8800759C)]
    [InlineData("{\"$double\":\"NaN\"}", ValueKinds.Double, 0x7FF8000000000000)]
    [InlineData("{\"$double\":\"0xFFF8000000000000\"}", ValueKinds.Double, unchecked((long)0xFFF8000000000000))]
    [InlineData("{\"$double\":\"-Infinity\"}", ValueKinds.Double, unchecked((long)0xFFF0000000000000))]
    [InlineData("4", ValueKinds.Integer, 4)]
    [InlineData("{\"$timestamp\":\"2026-03-02T10:15:00Z\"}", ValueKinds.Timestamp, 1_772_446_500_000_000)]
    [InlineData("{\"$timestamp\":9223372036854775807}", ValueKinds.Timestamp, long.MaxValue)]
    [InlineData("{\"$enum\":\"4\"}", ValueKinds.Enum, 4)]
    [InlineData("{\"$bytes\":\"NA==\"}", ValueKinds.Bytes, 4)]
    [InlineData("\"4\"", ValueKinds.Text, 4)]
    public void A_value_that_no_type_tells_the_kind_of_is_written_so_that_it_is_read_as_it_was(string json, ValueKinds kind, long number)
    {
        var value = kind switch
        {
            ValueKinds.Double => new BaseValue { DoubleValue = BitConverter.Int64BitsToDouble(number) },
            ValueKinds.Timestamp => new BaseValue { TimestampValue = new Timestamp { UnixMicros = number } },
            ValueKinds.Enum => new BaseValue { EnumValue = $"{number}" },
            ValueKinds.Bytes => new BaseValue { BytesValue = ByteString.CopyFromUtf8($"{number}") },
            ValueKinds.Text => Text($"{number}"),
            _ => Number(number),
        };
        _transaction.StageOf(Book, "A", ("Value", value), ("Values", new BaseValue { ArrayValue = new ArrayValue { Items = { value, value } } }));
        var export = Of(Query(_transaction.ByKey("A")));
        var text = string.Concat(export.Text.Where(c => c is not (' ' or '\n')));
        Assert.Contains($"\"Value\":{json},\"Values\":[{json},{json}]", text, StringComparison.Ordinal);
        var copy = _hub.Begin(_hub.NewSpace("copy", [Alone]));
        copy.Load(export.Source);
        Assert.Equal(value.ToByteArray(), copy.Value(copy.ByKey("A"), "Value").ToByteArray());
        Assert.Equal([value, value], copy.Value(copy.ByKey("A"), "Values").ArrayValue.Items);
    }

    [Fact]
    public void A_selection_keeps_links_that_lead_out_of_it_and_counts_them_and_closed_leaves_them_out()
    {
        var one = _transaction.StageOf(Book, "One");
        var two = _transaction.StageOf(Book, "Two");
        _transaction.Add(one, Similar, two, one);
        _transaction.Add(two, Similar, one);
        var open = Of(Query(one));
        Assert.Equal((1UL, 2UL, 1UL), (open.Summary.Holons, open.Summary.Links, open.Summary.OutsideLinks));
        var closed = Of(Query(one), isClosed: true);
        Assert.Equal((1UL, 1UL, 1UL), (closed.Summary.Holons, closed.Summary.Links, closed.Summary.OutsideLinks));
        var copy = _hub.Begin(_hub.NewSpace("copy", [Alone]));
        copy.Send(LoadCommand(open.Source)).Refused(ErrorCode.UnresolvedReference);
        copy.Load(closed.Source);
        Assert.Equal(["One"], copy.Related(copy.ByKey("One"), Similar));
    }

    [Fact]
    public void A_link_to_what_is_not_exported_and_has_no_key_of_its_own_is_refused_and_closed_leaves_it_out()
    {
        var one = _transaction.StageOf(Book, "One");
        var two = _transaction.StageOf(Book, "Two");
        _transaction.Add(one, Similar, _transaction.StageOf(Book, null));
        _transaction.StageOf(Person, "Two");
        _transaction.Add(two, Similar, two);
        var keyless = Refused(Query(one));
        Assert.Equal((HolonErrorCode.ExportUnreferable, "Similar"), (keyless.Code, keyless.Field));
        Assert.Contains("\"Similar\" of \"One\"", keyless.Message, StringComparison.Ordinal);
        _transaction.RemoveRelated(one, Similar, _transaction.Ok(new QueryCommand
        {
            RelatedHolons = new RelatedHolonsQuery { Holon = one, Name = Similar },
        }).Page.Members.Single().Reference);
        _transaction.Add(one, Similar, two);
        Assert.Contains("shares its key \"Two\"", Refused(Query(one)).Message, StringComparison.Ordinal);
        Assert.Equal(0UL, Of(Query(one), isClosed: true).Summary.Links);
    }

    [Fact]
    public void A_selection_takes_each_holon_once_in_the_order_of_the_file()
    {
        var b = _transaction.StageOf(Book, "B");
        var a = _transaction.StageOf(Book, "A");
        _transaction.Add(b, Similar, a, b);
        _transaction.Add(a, Similar, a, b);
        var export = Of(new TraverseQuery
        {
            Seeds = { Query(b, b).Seeds },
            Steps = { new TraverseStep { Expand = new TraverseExpand { Relationships = { Similar }, MinDepth = 1, MaxDepth = 3 } } },
        });
        Assert.Equal(2UL, export.Summary.Holons);
        Assert.True(export.Text.IndexOf("\"key\": \"A\"", StringComparison.Ordinal) < export.Text.IndexOf("\"key\": \"B\"", StringComparison.Ordinal));
    }

    [Fact]
    public void A_selection_that_asks_for_rows_or_is_no_right_query_is_refused_with_the_field()
    {
        var query = Query(_transaction.ByKey(Book));
        (Action<TraverseQuery> Change, string Field)[] wrong =
        [
            (each => each.Select.Add("Title"), "selection.select"),
            (each => each.OrderBy.Add(new TraverseOrder { Property = "Title" }), "selection.order_by"),
            (each => each.Page = new PageRequest(), "selection.page"),
            (each => each.Explain = TraverseExplain.Plan, "selection.explain"),
            (each => each.Seeds.Clear(), "selection.seeds"),
            (each => each.Steps.Add(new TraverseStep()), "selection.steps[0]"),
        ];
        foreach (var (change, field) in wrong)
        {
            var changed = query.Clone();
            change(changed);
            var error = Refused(changed);
            Assert.Equal((HolonErrorCode.InvalidRequest, field), (error.Code, error.Field));
        }
    }

    [Fact]
    public void A_holon_without_a_type_is_refused_and_what_is_deleted_abandoned_or_transient_is_left_out()
    {
        _transaction.StageOf(Book, "Gone");
        _transaction.Commit();
        var transaction = _hub.Begin(_space);
        transaction.Delete(transaction.StageVersion(transaction.ByKey("Gone")));
        transaction.Abandon(transaction.StageOf(Book, "Abandoned"));
        transaction.New("Scratch", transaction.ByKey(Book));
        var export = ExportedFile.Of(_hub, transaction);
        Assert.DoesNotContain(["Gone", "Abandoned", "Scratch"], key => export.Text.Contains($"\"{key}\"", StringComparison.Ordinal));
        transaction.Stage("Untyped");
        var error = Assert.Throws<HolonException>(() => ExportedFile.Of(_hub, transaction)).Errors[0];
        Assert.Equal(HolonErrorCode.MissingDescriptor, error.Code);
        Assert.Contains("\"Untyped\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_export_tells_what_there_was_when_it_began_and_reads_nothing_ahead()
    {
        for (var i = 0; i < 3_000; i++) _transaction.StageOf(Book, $"B{i:D4}", ("Title", Text(new string('x', 500))));
        var messages = _hub.Spaces.Export(_transaction.Id, new ExportRequest(), default).Messages().GetEnumerator();
        Assert.True(messages.MoveNext());
        var (total, first) = (messages.Current.Progress.Total, messages.Current.Progress.Done);
        Assert.InRange(first, 1UL, 1_000UL);
        Assert.InRange(messages.Current.Chunk.Length, 1, 256 << 10);
        _transaction.Rollback();
        var (last, holons) = (first, 0UL);
        while (messages.MoveNext())
        {
            holons = messages.Current.Summary?.Holons ?? 0;
            if (messages.Current.Progress is not { } progress) continue;
            Assert.InRange(progress.Done, last, total);
            last = progress.Done;
        }

        Assert.Equal((total, total), (last, holons));
    }

    [Fact]
    public void As_many_exports_run_at_once_as_allowed_and_one_that_ends_makes_room()
    {
        using var hub = new TestHub(TestHub.Options() with { MaxExports = 1 });
        var transaction = hub.Begin(hub.NewSpace("empty", []));
        var running = hub.Spaces.Export(transaction.Id, new ExportRequest(), default).Messages().GetEnumerator();
        Assert.True(running.MoveNext());
        var error = Assert.Throws<HolonException>(() => ExportedFile.Of(hub, transaction)).Errors[0];
        Assert.Equal((HolonErrorCode.LimitReached, 1L), (error.Code, error.Limit));
        running.Dispose();
        Assert.Equal(0UL, ExportedFile.Of(hub, transaction).Summary.Holons);
    }

    [Fact]
    public void The_core_schema_is_left_out_of_a_space_that_was_made_with_it_unless_it_is_asked_for()
    {
        var space = _hub.NewSpace("core");
        var transaction = _hub.Begin(space);
        transaction.Load(OverCore);
        var types = OverCoreHolons();
        var without = ExportedFile.Of(_hub, transaction);
        Assert.Equal((types, 0UL, 0UL), (without.Summary.Holons, without.Summary.OutsideLinks, without.Summary.ChangedCoreHolons));
        var closed = ExportedFile.Of(_hub, transaction, new ExportRequest { Closed = true });
        Assert.Equal(without.Text, closed.Text);
        var with = ExportedFile.Of(_hub, transaction, new ExportRequest { WithCoreSchema = true });
        Assert.Equal(types + (ulong)space.Figures.Holons, with.Summary.Holons);
        with.LoadInto(_hub, _hub.NewSpace("copy", []));
        without.LoadInto(_hub, _hub.NewSpace("another copy"));
    }

    [Fact]
    public void A_changed_holon_of_the_core_schema_is_left_out_and_counted()
    {
        var transaction = _hub.Begin(_hub.NewSpace("core"));
        transaction.Set(transaction.StageVersion(transaction.ByKey("HolonType.TypeDescriptor")), "Description", Text("Another one"));
        Assert.Equal((0UL, 1UL), Counts(ExportedFile.Of(_hub, transaction)));
        transaction.Commit();
        var saved = _hub.Begin(_hub.Spaces.Get("core"));
        Assert.Equal((0UL, 1UL), Counts(ExportedFile.Of(_hub, saved)));
        // A type extends it, which changes no holon but that type.
        saved.Load(OverCore);
        Assert.Equal((OverCoreHolons(), 1UL), Counts(ExportedFile.Of(_hub, saved)));
        Assert.Contains("Another one", ExportedFile.Of(_hub, saved, new ExportRequest { WithCoreSchema = true }).Text, StringComparison.Ordinal);

        static (ulong Holons, ulong Changed) Counts(ExportedFile export) => (export.Summary.Holons, export.Summary.ChangedCoreHolons);
    }

    [Fact]
    public void The_core_schema_that_somebody_loaded_is_exported_like_anything_else()
    {
        var space = _hub.NewSpace("bare", []);
        var transaction = _hub.Begin(space);
        var loaded = transaction.Load([.. TestHub.Files(RepositoryFiles.CoreSchema)]);
        Assert.Equal(loaded.Holons, ExportedFile.Of(_hub, transaction).Summary.Holons);
        transaction.Commit();
        Assert.Equal(loaded.Holons, ExportedFile.Of(_hub, space).Summary.Holons);
    }

    private static ulong OverCoreHolons()
    {
        using var json = System.Text.Json.JsonDocument.Parse(OverCore.Content);
        return (ulong)json.RootElement.GetProperty("holons").GetArrayLength();
    }

    private ExportedFile Of(TraverseQuery selection, bool isClosed = false) =>
        ExportedFile.Of(_hub, _transaction, new ExportRequest { Selection = selection, Closed = isClosed });

    private HolonError Refused(TraverseQuery query) =>
        Assert.Single(Assert.Throws<HolonException>(() => Of(query)).Errors);

    private static TraverseQuery Query(params HolonReference[] holons) =>
        new() { Seeds = { holons.Select(holon => new TraverseSeed { Holon = holon }) } };

    /// <summary>Kinds of values.</summary>
    public enum ValueKinds
    {
        /// <summary>A double, by its bits.</summary>
        Double,

        /// <summary>A whole number.</summary>
        Integer,

        /// <summary>A moment.</summary>
        Timestamp,

        /// <summary>A variant.</summary>
        Enum,

        /// <summary>Bytes.</summary>
        Bytes,

        /// <summary>Text.</summary>
        Text,
    }
}
