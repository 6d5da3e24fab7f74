using Map.Core.Transactions;
using Map.Hub.Spaces;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests;

/// <summary>Undo markers, moves to them, and what a client may know of the history.</summary>
public sealed class MarkerTests : IDisposable
{
    private readonly TestHub _hub = new(TestHub.Options(new TransactionLimits { MaxMarkers = 5 }));
    private readonly HolonSpaceManager _space;
    private readonly TestTransaction _transaction;

    public MarkerTests()
    {
        _space = _hub.NewSpace("library", [TestSchema.Alone]);
        _transaction = _hub.Begin(_space);
    }

    public void Dispose() => _hub.Dispose();

    [Fact]
    public void A_marker_is_reached_backward_and_forward_over_any_number_of_steps()
    {
        StageBooks(0, 3);
        _transaction.Mark("three");
        StageBooks(3, 50);
        _transaction.UndoTo("three");
        Assert.Equal(3UL, _transaction.StagedCount());
        _transaction.Undo();
        Assert.Equal(2UL, _transaction.StagedCount());
        _transaction.RedoTo("three");
        Assert.Equal(3UL, _transaction.StagedCount());
        for (var i = 0; i < 50; i++) _transaction.Redo();
        Assert.Equal(53UL, _transaction.StagedCount());
        Assert.Equal((true, false), _transaction.EditStatus());
    }

    [Fact]
    public void At_the_marker_already_a_move_to_it_succeeds_and_does_nothing()
    {
        StageBooks(0, 2);
        _transaction.Undo();
        _transaction.Mark("here");
        _transaction.UndoTo("here");
        _transaction.RedoTo("here");
        Assert.Equal(1UL, _transaction.StagedCount());
        Assert.Equal((true, true), _transaction.EditStatus());
    }

    [Fact]
    public void A_marker_in_the_other_direction_and_an_unknown_one_have_errors_of_their_own_and_change_nothing()
    {
        StageBooks(0, 2);
        _transaction.Mark("two");
        _transaction.Undo();
        var error = _transaction.Send(UndoToCommand("two")).Refused(ErrorCode.MarkerNotReachable);
        Assert.Equal("marker_id", error.Field);
        _transaction.Send(UndoToCommand("other")).Refused(ErrorCode.UnknownMarker);
        _transaction.Send(RedoToCommand("other")).Refused(ErrorCode.UnknownMarker);
        _transaction.Redo();
        StageBooks(2, 1);
        _transaction.Send(RedoToCommand("two")).Refused(ErrorCode.MarkerNotReachable);
        Assert.Equal(3UL, _transaction.StagedCount());
    }

    [Fact]
    public void A_marker_stays_while_redo_reaches_it_and_goes_with_the_next_step_after_an_undo_past_it()
    {
        _transaction.Mark("start");
        StageBooks(0, 2);
        _transaction.Mark("two");
        _transaction.UndoTo("start");
        _transaction.Mark("also start");
        _transaction.RedoTo("two");
        _transaction.UndoTo("also start");
        StageBooks(5, 1);
        _transaction.Send(UndoToCommand("two")).Refused(ErrorCode.UnknownMarker);
        _transaction.Mark("two");
        _transaction.UndoTo("start");
        Assert.Equal(0UL, _transaction.StagedCount());
        _transaction.RedoTo("two");
        Assert.Equal(1UL, _transaction.StagedCount());
    }

    [Fact]
    public void A_marker_is_no_step_and_leaves_redo_as_it_is()
    {
        StageBooks(0, 1);
        _transaction.Mark("one");
        _transaction.Undo();
        _transaction.Mark("none");
        Assert.Equal((false, true), _transaction.EditStatus());
        _transaction.Redo();
        Assert.Equal(1UL, _transaction.StagedCount());
    }

    [Fact]
    public void A_second_marker_of_one_id_an_empty_id_an_overlong_one_and_one_too_many_are_refused()
    {
        _transaction.Mark("a", "the label is for the client");
        _transaction.Send(MarkCommand("a")).Refused(ErrorCode.DuplicateMarker);
        Assert.Equal("marker_id", _transaction.Send(MarkCommand("")).Refused(ErrorCode.InvalidRequest).Field);
        _transaction.Send(MarkCommand(new string('ü', 101))).Refused(ErrorCode.InvalidRequest);
        Assert.Equal("label", _transaction.Send(MarkCommand("b", new string('x', 1_001))).Refused(ErrorCode.InvalidRequest).Field);
        foreach (var id in (string[])["b", "c", "d", new('ü', 100)]) _transaction.Mark(id);
        Assert.Equal(5UL, _transaction.Send(MarkCommand("e")).Refused(ErrorCode.LimitReached).Details.Limit);
        Assert.Equal((false, false), _transaction.EditStatus());
    }

    [Fact]
    public void Markers_come_back_after_a_restart_with_the_place_in_the_history()
    {
        StageBooks(0, 2);
        _transaction.Mark("two", "label");
        StageBooks(2, 2);
        _transaction.Mark("four");
        _transaction.UndoTo("two");
        _transaction.Undo();
        _hub.Restart();
        var transaction = _transaction.On(_hub.Dispatcher);
        Assert.Equal((true, true), transaction.EditStatus());
        transaction.Send(MarkCommand("four")).Refused(ErrorCode.DuplicateMarker);
        transaction.RedoTo("four");
        Assert.Equal(4UL, transaction.StagedCount());
        transaction.UndoTo("two");
        Assert.Equal(2UL, transaction.StagedCount());
    }

    [Fact]
    public void A_repeated_request_marks_and_moves_once()
    {
        StageBooks(0, 3);
        Assert.True(_transaction.Send(MarkCommand("three"), "mark").Success);
        Assert.True(_transaction.Send(MarkCommand("three"), "mark").Success);
        StageBooks(3, 1);
        Assert.True(_transaction.Send(UndoToCommand("three"), "back").Success);
        _transaction.Undo();
        Assert.True(_transaction.Send(UndoToCommand("three"), "back").Success);
        Assert.Equal(2UL, _transaction.StagedCount());
    }

    [Fact]
    public void Markers_are_of_one_transaction_and_end_with_it()
    {
        var other = _hub.Begin(_space);
        _transaction.Mark("a");
        other.Mark("a");
        _transaction.Rollback();
        _transaction.Send(UndoToCommand("a")).Refused(ErrorCode.TransactionRolledBack);
        other.UndoTo("a");
    }

    private void StageBooks(int from, int count)
    {
        for (var i = from; i < from + count; i++) _transaction.StageOf(TestSchema.Book, $"book{i}");
    }
}
