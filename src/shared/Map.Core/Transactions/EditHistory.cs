using System.Collections.Immutable;
using Map.Core.Errors;
using Map.Core.Services;

namespace Map.Core.Transactions;

/// <summary>
/// A transaction's current state with the states that undo and redo lead to. Immutable: linear history as two stacks
/// of states, so that a step back or forward costs the same however large the states are.
/// </summary>
public sealed class EditHistory
{
    private readonly ImmutableStack<TransactionState> _undo;
    private readonly ImmutableStack<TransactionState> _redo;

    private EditHistory(
        TransactionState current, ImmutableStack<TransactionState> undo, ImmutableStack<TransactionState> redo, int steps)
    {
        Current = current;
        _undo = undo;
        _redo = redo;
        Steps = steps;
    }

    /// <summary>The state now.</summary>
    public TransactionState Current { get; }

    /// <summary>How many steps can be undone.</summary>
    public int Steps { get; }

    /// <summary>Whether a step can be undone.</summary>
    public bool CanUndo => !_undo.IsEmpty;

    /// <summary>Whether an undone step can be re-applied.</summary>
    public bool CanRedo => !_redo.IsEmpty;

    /// <summary>A history without steps.</summary>
    public static EditHistory Start(TransactionState state) => new(state, [], [], 0);

    /// <summary>One step further; what was undone can no longer be redone.</summary>
    public EditHistory Push(TransactionState next)
    {
        Invariant.Holds(next.Transaction == Current.Transaction);
        return new EditHistory(next, _undo.Push(Current), [], Steps + 1);
    }

    /// <summary>The history after a command of its journal, which once led from here to there.</summary>
    /// <exception cref="HolonException">It makes no sense here.</exception>
    public EditHistory After(JournalEntry entry)
    {
        if (entry is JournalStep step) return Push(Current.After(step.Changes));
        var (history, steps) = (this, ((JournalMove)entry).Steps);
        for (; steps < 0; steps++) history = history.Undo();
        for (; steps > 0; steps--) history = history.Redo();
        return history;
    }

    /// <summary>One step back.</summary>
    /// <exception cref="HolonException"><see cref="HolonErrorCode.NothingToUndo"/>.</exception>
    public EditHistory Undo()
    {
        if (_undo.IsEmpty) throw new HolonException(HolonErrorCode.NothingToUndo, "There is nothing to undo.");
        return new EditHistory(_undo.Peek(), _undo.Pop(), _redo.Push(Current), Steps - 1);
    }

    /// <summary>One undone step forward.</summary>
    /// <exception cref="HolonException"><see cref="HolonErrorCode.NothingToRedo"/>.</exception>
    public EditHistory Redo()
    {
        if (_redo.IsEmpty)
            throw new HolonException(HolonErrorCode.NothingToRedo, "There is nothing to redo: no step was undone since the last change.");
        return new EditHistory(_redo.Peek(), _undo.Push(Current), _redo.Pop(), Steps + 1);
    }
}
