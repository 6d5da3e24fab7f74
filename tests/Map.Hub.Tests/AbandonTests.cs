using Map.Hub.Spaces;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests;

/// <summary>Staged holons that are abandoned, and holons that came from others.</summary>
public sealed class AbandonTests : IDisposable
{
    private readonly TestHub _hub = new();
    private readonly HolonSpaceManager _space;
    private readonly TestTransaction _transaction;
    private readonly HolonId _one;

    public AbandonTests()
    {
        _space = _hub.NewLibrary();
        var first = _hub.Begin(_space);
        var one = first.StageOf(TestSchema.Book, "one", ("Title", Text("One")));
        _one = first.Saved(one).Smart.HolonId;
        first.Add(first.StageOf(TestSchema.Book, "two"), TestSchema.Similar, one);
        first.Commit();
        _transaction = _hub.Begin(_space);
    }

    public void Dispose() => _hub.Dispose();

    [Fact]
    public void An_abandoned_new_holon_is_gone_from_the_view_and_commit_passes_it_and_links_to_it_over()
    {
        var kept = _transaction.StageOf(TestSchema.Book, "kept");
        var dropped = _transaction.StageOf(TestSchema.Book, "dropped");
        _transaction.Add(kept, TestSchema.Similar, dropped, _transaction.ById(_one));
        _transaction.Abandon(dropped);
        Assert.Equal(1UL, _transaction.StagedCount());
        Assert.Equal(["one"], _transaction.Related(kept, TestSchema.Similar));
        _transaction.Send(ByKeyQuery("dropped")).Refused(ErrorCode.KeyNotFound);
        Assert.Equal(HolonPhase.Abandoned, _transaction.Content(dropped).Phase);
        Assert.Single(_transaction.Commit().Saved);
        var later = _hub.Begin(_space);
        Assert.Equal(["one"], later.Related(later.ByKey("kept"), TestSchema.Similar));
    }

    [Fact]
    public void Of_an_abandoned_change_the_saved_holon_is_in_view_again_and_may_be_staged_anew()
    {
        var staged = _transaction.StageVersion(_transaction.ById(_one));
        _transaction.Set(staged, "Title", Text("Changed"));
        _transaction.Abandon(staged);
        var seen = _transaction.ById(_one);
        Assert.Equal(HolonReference.KindOneofCase.Smart, seen.KindCase);
        Assert.Equal(seen, _transaction.ByKey("one"));
        Assert.Equal("One", _transaction.Value(seen, "Title").StringValue);
        Assert.Equal("Changed", _transaction.Value(staged, "Title").StringValue);
        Assert.Equal(["one"], _transaction.Related(_transaction.ByKey("two"), TestSchema.Similar));
        _transaction.Send(SetCommand(staged, "Title", Text("x"))).Refused(ErrorCode.NotAccessible);
        _transaction.Send(AbandonCommand(staged)).Refused(ErrorCode.NotAccessible);
        var again = _transaction.StageVersion(seen);
        Assert.Equal(staged, again);
        Assert.Equal("One", _transaction.Value(again, "Title").StringValue);
        _transaction.Set(again, "Title", Text("Again"));
        Assert.Single(_transaction.Commit().Saved);
        var later = _hub.Begin(_space);
        Assert.Equal("Again", later.Value(later.ById(_one), "Title").StringValue);
    }

    [Fact]
    public void An_abandoned_deletion_deletes_nothing()
    {
        _transaction.Delete(_transaction.ById(_one));
        _transaction.Send(ByKeyQuery("one")).Refused(ErrorCode.KeyNotFound);
        _transaction.Abandon(Staged(_one));
        Assert.Equal("One", _transaction.Value(_transaction.ByKey("one"), "Title").StringValue);
        var commit = _transaction.Commit();
        Assert.Equal((0UL, 0UL), (commit.SavedCount, commit.DeletedCount));
    }

    [Fact]
    public void Links_to_a_holon_whose_change_is_abandoned_lead_to_the_saved_one()
    {
        var staged = _transaction.StageVersion(_transaction.ById(_one));
        var book = _transaction.StageOf(TestSchema.Book, "book");
        _transaction.Add(book, TestSchema.Similar, staged);
        _transaction.Abandon(staged);
        Assert.Equal(["one"], _transaction.Related(book, TestSchema.Similar));
        _transaction.Send(AddCommand(book, TestSchema.Similar, staged)).Refused(ErrorCode.NotAccessible);
        _transaction.Commit();
        var later = _hub.Begin(_space);
        Assert.Equal(["one"], later.Related(later.ByKey("book"), TestSchema.Similar));
    }

    [Fact]
    public void Only_staged_holons_are_abandoned_and_undo_brings_them_back()
    {
        _transaction.Send(AbandonCommand(_transaction.ById(_one))).Refused(ErrorCode.WrongReferenceKind);
        _transaction.Send(AbandonCommand(_transaction.New("x"))).Refused(ErrorCode.WrongReferenceKind);
        var staged = _transaction.StageVersion(_transaction.ById(_one));
        _transaction.Abandon(staged);
        _transaction.Undo();
        _transaction.Set(staged, "Title", Text("Back"));
        _transaction.Undo();
        _transaction.Redo();
        Assert.Equal("Back", _transaction.Value(_transaction.ByKey("one"), "Title").StringValue);
    }

    [Fact]
    public void What_was_abandoned_is_so_after_a_restart_too()
    {
        var created = _transaction.StageOf(TestSchema.Book, "created");
        var staged = _transaction.StageVersion(_transaction.ById(_one));
        _transaction.Abandon(created);
        _transaction.Abandon(staged);
        _hub.Restart();
        var transaction = _transaction.On(_hub.Dispatcher);
        Assert.Equal(HolonPhase.Abandoned, transaction.Content(created).Phase);
        Assert.Equal(0UL, transaction.StagedCount());
        transaction.Undo();
        Assert.Equal(staged, transaction.ByKey("one"));
    }

    [Fact]
    public void Where_a_new_holon_came_from_is_kept_with_its_first_version()
    {
        var copy = _transaction.StageOf(TestSchema.Book, "copy");
        _transaction.Ok(PredecessorCommand(copy, _transaction.ById(_one)));
        Assert.Equal(_transaction.ById(_one), Predecessor(_transaction, copy));
        var next = _transaction.StageOf(TestSchema.Book, "next");
        _transaction.Ok(PredecessorCommand(next, copy));
        Assert.Equal(copy, Predecessor(_transaction, next));
        _transaction.Ok(PredecessorCommand(next, null));
        Assert.Null(Predecessor(_transaction, next));
        _transaction.Undo();
        _hub.Restart();
        var restarted = _transaction.On(_hub.Dispatcher);
        Assert.Equal(copy, Predecessor(restarted, next));
        restarted.Commit();
        var later = _hub.Begin(_hub.Spaces.Get("library"));
        Assert.Equal(later.ById(_one), Predecessor(later, later.ByKey("copy")));
        Assert.Equal(later.ByKey("copy"), Predecessor(later, later.ByKey("next")));
    }

    [Fact]
    public void A_predecessor_is_refused_where_it_makes_no_sense()
    {
        var one = _transaction.ById(_one);
        var staged = _transaction.StageOf(TestSchema.Book, "staged");
        _transaction.Send(PredecessorCommand(_transaction.StageVersion(one), staged)).Refused(ErrorCode.WrongReferenceKind);
        _transaction.Send(PredecessorCommand(_transaction.New("t"), one)).Refused(ErrorCode.WrongReferenceKind);
        _transaction.Send(PredecessorCommand(staged, staged)).Refused(ErrorCode.InvalidRequest);
        _transaction.Send(PredecessorCommand(staged, _transaction.New("t"))).Refused(ErrorCode.WrongReferenceKind);
        var pinned = one.Clone();
        pinned.Smart.Version = 1;
        _transaction.Send(PredecessorCommand(staged, pinned)).Refused(ErrorCode.WrongReferenceKind);
        var gone = _transaction.StageOf(TestSchema.Book, "gone");
        _transaction.Ok(PredecessorCommand(staged, gone));
        _transaction.Abandon(gone);
        Assert.Null(Predecessor(_transaction, staged));
        _transaction.Send(PredecessorCommand(staged, gone)).Refused(ErrorCode.NotAccessible);
        _transaction.Commit();
        var later = _hub.Begin(_space);
        Assert.Null(Predecessor(later, later.ByKey("staged")));
    }

    private static HolonReference? Predecessor(TestTransaction transaction, HolonReference holon) =>
        transaction.Ok(new QueryCommand { Predecessor = new PredecessorQuery { Holon = holon } }).Reference;

    private HolonReference Staged(HolonId id) => new()
    {
        TransactionId = Binding.WireWriter.ToWire(_transaction.Id),
        Staged = new StagedRef { LocalId = id.LocalId },
    };
}
