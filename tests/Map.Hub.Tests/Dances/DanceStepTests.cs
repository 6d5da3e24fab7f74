using Map.Hub.Spaces;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests.Dances;

/// <summary>What a dance is in the history of its transaction: one step, none, or nothing at all.</summary>
public sealed class DanceStepTests : IDisposable
{
    private readonly TestHub _hub = new();
    private readonly HolonSpaceManager _space;
    private readonly TestTransaction _transaction;
    private readonly HolonReference _whole;

    public DanceStepTests()
    {
        _space = _hub.NewLibrary();
        _transaction = _hub.Begin(_space);
        _whole = _transaction.StageOf(TestSchema.Book, "Whole", ("Title", Text("W")));
        var (part, piece) = (_transaction.StageOf(TestSchema.Item, "Part"), _transaction.StageOf(TestSchema.Item, "Piece"));
        var (other, ann) = (_transaction.StageOf(TestSchema.Item, "Other"), _transaction.StageOf(TestSchema.Person, "Ann"));
        _transaction.Add(_whole, TestSchema.Parts, part);
        _transaction.Add(_whole, TestSchema.Authors, ann);
        _transaction.Add(part, TestSchema.Parts, piece);
        // A circle, and a link that leads out of it.
        _transaction.Add(piece, TestSchema.Parts, _whole);
        _transaction.Add(piece, TestSchema.Similar, part, other);
    }

    private List<string> Journal =>
        [.. _space.Store.Journals.Read(_transaction.Id).Entries.Select(each => $"{each.Entry.GetType().Name} {each.Bytes}")];

    public void Dispose() => _hub.Dispose();

    [Fact]
    public void A_copy_takes_the_parts_along_in_one_step_and_leads_to_the_copies_and_elsewhere_as_before()
    {
        var copy = _transaction.Dance(_whole, "Copy").Holon;
        Assert.Equal(8UL, _transaction.StagedCount());
        Assert.Equal("W", _transaction.Value(copy, "Title").StringValue);
        Assert.False(_transaction.Ok(new QueryCommand { Key = new KeyQuery { Holon = copy } }).Key.HasKey);
        Assert.Equal(["Ann"], _transaction.Related(copy, TestSchema.Authors));
        var part = Assert.Single(Members(copy, TestSchema.Parts));
        var piece = Assert.Single(Members(part, TestSchema.Parts));
        Assert.NotEqual(_transaction.ByKey("Part"), part);
        Assert.Equal(copy, Assert.Single(Members(piece, TestSchema.Parts)));
        Assert.Equal(new HashSet<HolonReference> { part, _transaction.ByKey("Other") }, [.. Members(piece, TestSchema.Similar)]);
        // The original is as it was.
        Assert.Equal(["Part"], _transaction.Related(_whole, TestSchema.Parts));

        _transaction.Undo();
        Assert.Equal(5UL, _transaction.StagedCount());
        _transaction.Redo();
        Assert.Equal(8UL, _transaction.StagedCount());
        Assert.Equal(8UL, _transaction.Commit().SavedCount);
    }

    [Fact]
    public void A_dance_that_changes_nothing_keeps_what_can_be_redone_and_writes_no_journal()
    {
        _transaction.Set(_whole, "Title", Text("Z"));
        _transaction.Undo();
        var (state, journal) = (State, Journal);
        var text = _transaction.Dance(_whole, "Outline", []).Value.StringValue;
        Assert.Equal(
            """
            "Whole", "Book.HolonType"
              Title: W
              Authors:
                "Ann", "Person.HolonType"
              Parts:
                "Part", "Item.HolonType"

            """,
            text);
        Assert.Contains("        \"Other\", \"Item.HolonType\"\n", _transaction.Dance(_whole, "Outline", ("Depth", Number(3))).Value.StringValue, StringComparison.Ordinal);
        Assert.Equal((true, true), _transaction.EditStatus());
        Assert.Equal(journal, Journal);
        // Not even the requests are left, which were made for the dance alone.
        Assert.Same(state, State);
        _transaction.Redo();
        Assert.Equal("Z", _transaction.Value(_whole, "Title").StringValue);
    }

    [Fact]
    public void A_dance_that_fails_leaves_state_history_redo_and_journal_as_they_were()
    {
        DanceSteps.Add(_transaction, "Fail", TestSchema.Book, "Juggle", "OutlineRequest.HolonType");
        _transaction.Set(_whole, "Title", Text("Z"));
        _transaction.Undo();
        var (state, journal) = (State, Journal);
        _transaction.Send(DanceCommand(_whole, "Fail", new HolonContent())).Refused(ErrorCode.BuiltinNotFound);
        _transaction.Send(DanceCommand(_whole, "Outline", new HolonContent { Properties = { new Property { Name = "Depth", Value = Number(9) } } }))
            .Refused(ErrorCode.DanceRequestInvalid);
        Assert.Same(state, State);
        Assert.Equal(journal, Journal);
        Assert.Equal((true, true), _transaction.EditStatus());
    }

    [Fact]
    public void A_request_id_gets_the_same_reply_again_whether_the_dance_changed_something_or_not()
    {
        var copy = DanceCommand(_whole, "Copy");
        var first = _transaction.Send(copy, "copy");
        Assert.Equal(first, _transaction.Send(copy, "copy"));
        Assert.Equal(8UL, _transaction.StagedCount());

        var outline = DanceCommand(_whole, "Outline", new HolonContent());
        var told = _transaction.Send(outline, "outline");
        _transaction.Set(_whole, "Title", Text("Z"));
        Assert.Equal(told, _transaction.Send(outline, "outline"));
        _transaction.Send(DanceCommand(_whole, "Outline"), "outline").Refused(ErrorCode.RequestIdReused);
        Assert.NotEqual(told, _transaction.Send(outline, "outline again"));

        // What changed something is known after a restart, too; what did not is run anew.
        _hub.Restart();
        var later = _transaction.On(_hub.Dispatcher);
        Assert.Equal(first, later.Send(copy, "copy"));
        Assert.Equal(8UL, later.StagedCount());
        Assert.Contains("Title: Z", later.Send(outline, "outline").Body.Dance.Value.StringValue, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dance_comes_back_with_the_transaction_after_a_restart()
    {
        var copy = _transaction.Dance(_whole, "Copy").Holon;
        _hub.Restart();
        var later = _transaction.On(_hub.Dispatcher);
        Assert.Equal(["Ann"], later.Related(copy, TestSchema.Authors));
        later.Undo();
        Assert.Equal(5UL, later.StagedCount());
    }

    private Core.Transactions.TransactionState State => _space.Find(_transaction.Id).Read(default).View.State;

    private List<HolonReference> Members(HolonReference holon, string name) =>
    [
        .. _transaction.Ok(new QueryCommand { RelatedHolons = new RelatedHolonsQuery { Holon = holon, Name = name } })
            .Page.Members.Select(member => member.Reference),
    ];
}
