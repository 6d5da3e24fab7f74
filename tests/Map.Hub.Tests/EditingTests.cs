using Map.Hub.Spaces;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests;

/// <summary>Steps, undo and redo, and the phases of holons.</summary>
public sealed class EditingTests : IDisposable
{
    private readonly TestHub _hub = new();
    private readonly HolonSpaceManager _space;

    public EditingTests()
    {
        _space = _hub.NewLibrary();
        var transaction = _hub.Begin(_space);
        var one = transaction.StageOf(TestSchema.Book, "One", ("Title", Text("One")), ("Pages", Number(1)));
        transaction.Add(one, TestSchema.Authors, transaction.StageOf(TestSchema.Person, "Ann"), transaction.StageOf(TestSchema.Person, "Ben"));
        transaction.Add(one, TestSchema.Similar, transaction.StageOf(TestSchema.Book, "Two"));
        transaction.Commit();
    }

    public void Dispose() => _hub.Dispose();

    [Fact]
    public void Undo_and_redo_of_every_mutation_restore_exactly_what_was()
    {
        var transaction = _hub.Begin(_space);
        var seen = new List<HolonReference>();
        var history = new List<(int Seen, string Dump)> { (0, Dump(transaction, [])) };
        foreach (var step in Steps(transaction, seen))
        {
            step(transaction);
            history.Add((seen.Count, Dump(transaction, seen)));
        }

        Assert.Equal(history.Count, history.Select(each => each.Dump).Distinct().Count());
        for (var i = history.Count - 2; i >= 0; i--)
        {
            transaction.Undo();
            AssertIsAt(i);
        }

        transaction.Send(UndoMutation).Refused(ErrorCode.NothingToUndo);
        for (var i = 1; i < history.Count; i++)
        {
            transaction.Redo();
            AssertIsAt(i);
        }

        transaction.Send(RedoMutation).Refused(ErrorCode.NothingToRedo);

        // With only those references that there were then.
        void AssertIsAt(int i) => Assert.Equal(history[i].Dump, Dump(transaction, seen.Take(history[i].Seen)));
    }

    [Fact]
    public void A_mutation_that_changes_nothing_is_a_step_all_the_same()
    {
        var transaction = _hub.Begin(_space);
        var one = transaction.StageVersion(transaction.ByKey("One"));
        transaction.Set(one, "Title", Text("One"));
        transaction.Add(one, TestSchema.Authors, transaction.ByKey("Ann"));
        transaction.Undo();
        transaction.Undo();
        transaction.Undo();
        transaction.Send(UndoMutation).Refused(ErrorCode.NothingToUndo);
    }

    [Fact]
    public void A_new_step_clears_redo_and_a_query_and_a_refusal_do_not()
    {
        var transaction = _hub.Begin(_space);
        var one = transaction.StageVersion(transaction.ByKey("One"));
        transaction.Set(one, "Title", Text("New"));
        transaction.Undo();
        transaction.View();
        transaction.Send(ByKeyQuery("Absent")).Refused(ErrorCode.KeyNotFound);
        transaction.Send(SetCommand(one, "", Text("x"))).Refused(ErrorCode.InvalidName);
        transaction.Redo();
        Assert.Equal("New", transaction.Value(one, "Title").StringValue);
        transaction.Undo();
        transaction.Set(one, "Pages", Number(2));
        transaction.Send(RedoMutation).Refused(ErrorCode.NothingToRedo);
        transaction.Undo();
        transaction.Undo();
        transaction.Send(UndoMutation).Refused(ErrorCode.NothingToUndo);
    }

    [Fact]
    public void A_command_of_several_parts_is_one_step_and_takes_effect_whole_or_not_at_all()
    {
        var transaction = _hub.Begin(_space);
        var book = transaction.StageOf(TestSchema.Book, "Three");
        var before = transaction.Full();
        transaction.Send(new MutationCommand
        {
            WithPropertyValue = new WithPropertyValueCommand
            {
                Holon = book,
                Properties = { new Property { Name = "Title", Value = Text("x") }, new Property { Name = "Key", Value = Text("") } },
            },
        }).Refused(ErrorCode.InvalidName);
        transaction.Send(AddCommand(book, TestSchema.Authors, transaction.ByKey("Ann"), transaction.Saved(transaction.ByKey("Ben"), 1)))
            .Refused(ErrorCode.WrongReferenceKind);
        Assert.Equal(before, transaction.Full());

        var content = new HolonContent
        {
            Descriptor_ = transaction.ByKey(TestSchema.Book),
            Key = "Four",
            Properties = { new Property { Name = "title", Value = Text("Four") } },
            Relationships =
            {
                new Relationship { Name = "authors", Targets = { transaction.ByKey("Ben"), transaction.ByKey("Ann") } },
                new Relationship { Name = TestSchema.Similar, Targets = { book } },
            },
        };
        var four = transaction.Ok(new MutationCommand { StageNewHolon = new StageNewHolonCommand { Content = content } }).Reference;
        Assert.Equal("Four", transaction.Value(four, "Title").StringValue);
        Assert.Equal(["Ben", "Ann"], transaction.Related(four, TestSchema.Authors));
        Assert.Equal(["Four"], transaction.Related(book, TestSchema.SimilarFrom));
        transaction.Undo();
        Assert.Equal(before.Replace("redo False", "redo True", StringComparison.Ordinal), transaction.Full());
    }

    [Fact]
    public void A_name_is_one_however_it_is_written()
    {
        var transaction = _hub.Begin(_space);
        var book = transaction.StageOf(TestSchema.Book, "Three", ("page_count", Number(1)));
        transaction.Set(book, "pageCount", Number(2));
        transaction.Set(book, "page count", Number(3));
        Assert.Equal(["Key", "PageCount"], transaction.Content(book).Properties.Select(property => property.Name));
        Assert.Equal(3, transaction.Value(book, "Page-Count").IntegerValue);
        transaction.Add(book, "authors", transaction.ByKey("Ann"));
        Assert.Equal(["Three"], transaction.Related(transaction.ByKey("Ann"), "author_of").Except(["One"]));
    }

    [Fact]
    public void Every_kind_of_value_is_read_back_staged_and_saved()
    {
        BaseValue[] values =
        [
            Text(""), Text("grün 日本 😀\n"), Number(long.MinValue), Number(0), new() { BoolValue = false }, new() { BoolValue = true },
            new() { DoubleValue = double.NaN }, new() { DoubleValue = -0.0 }, new() { DoubleValue = double.MaxValue },
            new() { EnumValue = "Hardcover" }, new() { BytesValue = Google.Protobuf.ByteString.CopyFrom(0, 255) },
            new() { BytesValue = Google.Protobuf.ByteString.Empty }, new() { TimestampValue = new Timestamp { UnixMicros = -1 } },
            new() { ArrayValue = new ArrayValue() }, new() { ArrayValue = new ArrayValue { Items = { Text("b"), Text("a"), Text("a") } } },
        ];
        var properties = values.Select((value, i) => ($"V{i}", value)).ToArray();
        var transaction = _hub.Begin(_space);
        AssertValues(transaction, transaction.StageOf(TestSchema.Book, "Three", properties));
        transaction.Commit();
        _hub.Restart();
        var after = _hub.Begin(_hub.Spaces.Get("library"));
        AssertValues(after, after.ByKey("Three"));

        void AssertValues(TestTransaction reader, HolonReference book)
        {
            foreach (var (name, value) in properties) Assert.Equal(value, reader.Value(book, name));
        }
    }

    [Fact]
    public void The_phases_of_a_holon_follow_what_is_done_with_it()
    {
        var transaction = _hub.Begin(_space);
        var transient = transaction.New("Scratch", transaction.ByKey(TestSchema.Book));
        AssertPhase(transient, HolonPhase.Transient, 0);
        Assert.Null(transaction.Content(transient).HolonId);
        var created = transaction.StageTransient(transient);
        AssertPhase(created, HolonPhase.StagedForCreate, 0);
        var saved = transaction.ByKey("One");
        AssertPhase(saved, HolonPhase.Saved, 1);
        var updated = transaction.StageVersion(saved);
        AssertPhase(updated, HolonPhase.StagedForUpdate, 1);
        AssertPhase(saved, HolonPhase.Saved, 1);
        Assert.Equal(transaction.Content(saved).HolonId, transaction.Content(updated).HolonId);
        transaction.Delete(created);
        AssertPhase(created, HolonPhase.Abandoned, 0);
        transaction.Delete(updated);
        AssertPhase(updated, HolonPhase.StagedForDelete, 1);
        AssertPhase(saved, HolonPhase.Saved, 1);
        Assert.Equal((1UL, 1UL), (transaction.StagedCount(), transaction.TransientCount()));

        void AssertPhase(HolonReference holon, HolonPhase phase, uint version) =>
            Assert.Equal((phase, version), (transaction.Content(holon).Phase, transaction.Content(holon).Version));
    }

    [Fact]
    public void A_saved_reference_reads_saved_state_whatever_is_staged()
    {
        var transaction = _hub.Begin(_space);
        var saved = transaction.ByKey("One");
        var staged = transaction.StageVersion(saved);
        transaction.Set(staged, "Title", Text("New"));
        transaction.Add(staged, TestSchema.Authors, transaction.StageOf(TestSchema.Person, "Cleo"));
        Assert.Equal("One", transaction.Value(saved, "Title").StringValue);
        Assert.Equal(["Ann", "Ben"], transaction.Related(saved, TestSchema.Authors));
        Assert.Equal("New", transaction.Value(transaction.ByKey("One"), "Title").StringValue);
        Assert.Equal(staged, transaction.ByKey("One"));
        Assert.Equal(staged, transaction.ById(saved.Smart.HolonId));
    }

    [Fact]
    public void The_view_leaves_out_a_holon_staged_for_delete_and_undo_brings_it_back()
    {
        var transaction = _hub.Begin(_space);
        var before = transaction.View();
        var ann = transaction.ByKey("Ann");
        transaction.Delete(ann);
        transaction.Send(ByKeyQuery("Ann")).Refused(ErrorCode.KeyNotFound);
        transaction.Send(new QueryCommand { GetById = new GetByIdQuery { HolonId = ann.Smart.HolonId } }).Refused(ErrorCode.HolonNotFound);
        Assert.Equal(["Ben"], transaction.Related(transaction.ByKey("One"), TestSchema.Authors));
        Assert.Equal(["Ben"], transaction.All(new GetAllQuery { Type = transaction.ByKey(TestSchema.Person) }));
        Assert.Equal(["Ben"], transaction.Related(transaction.ByKey(TestSchema.Person), "Instances"));
        transaction.Undo();
        Assert.Equal(before, transaction.View());
        transaction.Redo();
        var result = transaction.Commit();
        Assert.Equal([ann.Smart.HolonId], result.Deleted);
        var after = _hub.Begin(_space);
        Assert.Equal(["Ben"], after.Related(after.ByKey("One"), TestSchema.Authors));
        after.Send(ByKeyQuery("Ann")).Refused(ErrorCode.KeyNotFound);
    }

    [Fact]
    public void A_holon_staged_for_create_and_deleted_is_not_saved_nor_are_links_to_it()
    {
        var transaction = _hub.Begin(_space);
        var cleo = transaction.StageOf(TestSchema.Person, "Cleo");
        var three = transaction.StageOf(TestSchema.Book, "Three");
        transaction.Add(three, TestSchema.Authors, cleo, transaction.ByKey("Ann"));
        transaction.Delete(cleo);
        Assert.Equal(["Ann"], transaction.Related(three, TestSchema.Authors));
        transaction.Undo();
        Assert.Equal(["Cleo", "Ann"], transaction.Related(three, TestSchema.Authors));
        transaction.Redo();
        Assert.Single(transaction.Commit().Saved);
        var after = _hub.Begin(_space);
        Assert.Equal(["Ann"], after.Related(after.ByKey("Three"), TestSchema.Authors));
    }

    [Fact]
    public void A_transient_holon_is_in_no_listing_and_is_not_saved()
    {
        var transaction = _hub.Begin(_space);
        var before = transaction.View();
        var scratch = transaction.New("Scratch", transaction.ByKey(TestSchema.Book));
        transaction.Add(scratch, TestSchema.Authors, transaction.ByKey("Ann"));
        Assert.Equal(before, transaction.View());
        transaction.Send(ByKeyQuery("Scratch")).Refused(ErrorCode.KeyNotFound);
        Assert.Empty(transaction.Commit().Saved);
    }

    [Fact]
    public void A_holon_staged_from_a_transient_one_is_a_copy_that_goes_its_own_way()
    {
        var transaction = _hub.Begin(_space);
        var scratch = transaction.New("Three", transaction.ByKey(TestSchema.Book), ("Title", Text("Three")));
        transaction.Add(scratch, TestSchema.Credits, transaction.ByKey("Ben"), transaction.ByKey("Ann"), transaction.ByKey("Ben"));
        var staged = transaction.StageTransient(scratch);
        Assert.Equal(["Ben", "Ann", "Ben"], transaction.Related(staged, TestSchema.Credits));
        Assert.Equal(["Three", "Three"], transaction.Related(transaction.ByKey("Ben"), TestSchema.CreditedIn));
        transaction.Set(scratch, "Title", Text("Other"));
        transaction.RemoveRelated(scratch, TestSchema.Credits, transaction.ByKey("Ben"));
        Assert.Equal("Three", transaction.Value(staged, "Title").StringValue);
        Assert.Equal(["Ben", "Ann", "Ben"], transaction.Related(staged, TestSchema.Credits));
        var second = transaction.StageTransient(scratch);
        Assert.Equal(["Ann"], transaction.Related(second, TestSchema.Credits));
    }

    [Fact]
    public void A_transient_holon_that_links_to_another_is_staged_after_that_one()
    {
        var transaction = _hub.Begin(_space);
        var cleo = transaction.New("Cleo", transaction.ByKey(TestSchema.Person));
        var scratch = transaction.New("Three", transaction.ByKey(TestSchema.Book));
        transaction.Add(scratch, TestSchema.Authors, cleo);
        Assert.Equal(["Cleo"], transaction.Related(scratch, TestSchema.Authors));
        Assert.Equal(["Three"], transaction.Related(cleo, TestSchema.AuthorOf));
        transaction.Send(new MutationCommand { StageNewHolon = new StageNewHolonCommand { Transient = scratch } })
            .Refused(ErrorCode.WrongReferenceKind);
    }

    private static string Dump(TestTransaction transaction, IEnumerable<HolonReference> seen) =>
        string.Join('\n', transaction.Full([.. seen]).Split('\n').Where(line => !line.StartsWith("undo", StringComparison.Ordinal)));

    private static IEnumerable<Action<TestTransaction>> Steps(TestTransaction transaction, List<HolonReference> seen)
    {
        HolonReference one = transaction.ByKey("One"), three = null!, scratch = null!, copy = null!;
        var ann = transaction.ByKey("Ann");
        yield return t => seen.Add(one = t.StageVersion(one));
        yield return t => t.Set(one, "Title", Text("New"));
        yield return t => t.Remove(one, "Pages");
        yield return t => t.RemoveRelated(one, TestSchema.Authors, ann);
        yield return t => t.Add(one, TestSchema.Authors, ann);
        yield return t => seen.Add(three = t.StageOf(TestSchema.Book, "Three"));
        yield return t => t.Add(one, TestSchema.Similar, three);
        yield return t => t.Describe(three, t.ByKey(TestSchema.Novel));
        yield return t => seen.Add(scratch = t.New("Scratch", t.ByKey(TestSchema.Book)));
        yield return t => t.Add(scratch, TestSchema.Readers, ann, ann);
        yield return t => seen.Add(copy = t.StageTransient(scratch));
        yield return t => t.Set(copy, "Key", Text("Copy"));
        yield return t => t.Delete(three);
        yield return t => t.Delete(ann);
        yield return t => t.Load(TestSchema.File("more.json", TestSchema.Holon("Four", TestSchema.Book, new { Title = "Four" })));
        yield return t => t.Delete(one);
    }
}
