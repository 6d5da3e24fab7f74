using Map.Core.Errors;

namespace Map.Core.Transactions;

/// <summary>
/// A state in a linear history, linked to the one before it and to one further back, so that any earlier state is found
/// in logarithmic time and a further one costs the same however long the history is. (E. W. Myers, "An applicative
/// random-access stack", Information Processing Letters 17, 1983.)
/// </summary>
internal sealed class HistoryStep
{
    private readonly HistoryStep _jump;

    private HistoryStep(TransactionState state, HistoryStep? before)
    {
        (State, Before) = (state, before);
        HasStaged = state.Nursery.Count > 0 || before is { HasStaged: true };
        Depth = before is null ? 0 : before.Depth + 1;
        _jump = before is null ? this : JumpFrom(before);
    }

    /// <summary>The state after the step.</summary>
    internal TransactionState State { get; }

    /// <summary>The step before; null for the start.</summary>
    internal HistoryStep? Before { get; }

    /// <summary>How many steps lead here.</summary>
    internal int Depth { get; }

    /// <summary>Whether something is staged here or was at a step before.</summary>
    internal bool HasStaged { get; }

    /// <summary>The start of a history.</summary>
    internal static HistoryStep Start(TransactionState state) => new(state, null);

    /// <summary>One step further.</summary>
    internal HistoryStep Then(TransactionState state) => new(state, this);

    /// <summary>This step or the one before it that so many steps lead to.</summary>
    internal HistoryStep At(int depth)
    {
        Invariant.Holds(depth >= 0 && depth <= Depth);
        var step = this;
        while (step.Depth > depth) step = step._jump.Depth >= depth ? step._jump : step.Before!;
        return step;
    }

    /// <summary>Two jumps of the same length in a row become one of twice the length and one step.</summary>
    private static HistoryStep JumpFrom(HistoryStep before)
    {
        var (near, far) = (before._jump, before._jump._jump);
        return before.Depth - near.Depth == near.Depth - far.Depth ? far : before;
    }
}
