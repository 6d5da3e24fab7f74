using Map.Core.Errors;
using Map.Core.Services;

namespace Map.Core.Transactions;

/// <summary>
/// A transaction's current state with the states that undo and redo lead to, and the markers among them. Immutable: a
/// chain of states and a place in it, so that any move costs the same however many steps there are and however large
/// the states.
/// </summary>
public sealed class EditHistory
{
    private readonly HistoryStep _at;
    private readonly HistoryStep _last;
    private readonly UndoMarkers _markers;

    private EditHistory(HistoryStep at, HistoryStep last, UndoMarkers markers)
    {
        Invariant.Holds(at.Depth <= last.Depth && last.At(at.Depth) == at);
        (_at, _last, _markers) = (at, last, markers);
    }

    /// <summary>The state now.</summary>
    public TransactionState Current => _at.State;

    /// <summary>How many steps can be undone.</summary>
    public int Steps => _at.Depth;

    /// <summary>Which ways are open.</summary>
    public HistoryMoves Moves => new(CanUndo: _at.Depth > 0, CanRedo: _at != _last);

    /// <summary>How many markers there are.</summary>
    public int Markers => _markers.Count;

    /// <summary>Whether something is staged in any state that undo or redo lead to.</summary>
    public bool HoldsWork => _last.HasStaged;

    /// <summary>A history without steps.</summary>
    public static EditHistory Start(TransactionState state)
    {
        var start = HistoryStep.Start(state);
        return new EditHistory(start, start, UndoMarkers.None);
    }

    /// <summary>One step further; what was undone can no longer be redone, and the markers there are gone.</summary>
    public EditHistory Push(TransactionState next)
    {
        Invariant.Holds(next.Transaction == Current.Transaction);
        var step = _at.Then(next);
        return new EditHistory(step, step, _markers.UpTo(_at.Depth));
    }

    /// <summary>The history after a command, as it is journaled.</summary>
    /// <exception cref="HolonException">
    /// <see cref="HolonErrorCode.NothingToUndo"/>, <see cref="HolonErrorCode.NothingToRedo"/>,
    /// <see cref="HolonErrorCode.DuplicateMarker"/>.
    /// </exception>
    public EditHistory After(JournalEntry entry) => entry switch
    {
        JournalStep step => Push(Current.After(step.Changes)),
        JournalMove move => Move(move.Steps),
        JournalMark mark => Mark(mark.Marker),
        _ => throw new InvariantException($"No such kind of command: {entry.GetType()}"),
    };

    /// <summary>How many steps back a marker is; 0 where it is the current position.</summary>
    /// <exception cref="HolonException">
    /// <see cref="HolonErrorCode.UnknownMarker"/>, <see cref="HolonErrorCode.MarkerNotReachable"/>.
    /// </exception>
    public int StepsBackTo(string marker)
    {
        var steps = Steps - Find(marker);
        return steps >= 0 ? steps : throw NotReachable(marker, "lies ahead. Redo to it instead.");
    }

    /// <summary>How many steps forward a marker is; 0 where it is the current position.</summary>
    /// <exception cref="HolonException">As of <see cref="StepsBackTo"/>.</exception>
    public int StepsForwardTo(string marker)
    {
        var steps = Find(marker) - Steps;
        return steps >= 0 ? steps : throw NotReachable(marker, "lies behind. Undo to it instead.");
    }

    private EditHistory Move(int steps)
    {
        var depth = (long)_at.Depth + steps;
        if (depth < 0) throw new HolonException(HolonErrorCode.NothingToUndo, "There is nothing to undo.");
        if (depth > _last.Depth)
        {
            throw new HolonException(
                HolonErrorCode.NothingToRedo, "There is nothing to redo: no step was undone since the last change.");
        }

        return new EditHistory(_last.At((int)depth), _last, _markers);
    }

    private EditHistory Mark(string marker)
    {
        if (_markers.Find(marker) is not null)
        {
            throw new HolonException(
                HolonErrorCode.DuplicateMarker, $"There is a marker \"{marker}\" already. Choose another id.", field: "marker_id");
        }

        return new EditHistory(_at, _last, _markers.With(marker, Steps));
    }

    private int Find(string marker) => _markers.Find(marker) ?? throw new HolonException(
        HolonErrorCode.UnknownMarker,
        $"There is no marker \"{marker}\": it was not placed, or a change after an undo removed it.",
        field: "marker_id");

    private static HolonException NotReachable(string marker, string why) =>
        new(HolonErrorCode.MarkerNotReachable, $"The marker \"{marker}\" {why}", field: "marker_id");
}

/// <summary>Which ways in a history are open.</summary>
/// <param name="CanUndo">Whether a step can be undone.</param>
/// <param name="CanRedo">Whether an undone step can be re-applied.</param>
public readonly record struct HistoryMoves(bool CanUndo, bool CanRedo);
