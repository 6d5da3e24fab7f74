using Map.Core.Editing;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Views;
using Map.Hub.Transactions;
using Map.V1;
using HolonError = Map.Core.Errors.HolonError;

namespace Map.Hub.Commands;

/// <summary>One command: its policy, and how it runs. Each has a file of its own; the registry finds it there.</summary>
internal abstract class CommandHandler
{
    /// <summary>What it is and needs.</summary>
    public abstract CommandPolicy Policy { get; }

    /// <summary>Whether it may take so long that others are not to wait for it who could go on beside it.</summary>
    public virtual bool MayTakeLong => false;
}

/// <summary>A query. It gets a view, which has no way to change anything.</summary>
internal abstract class QueryHandler : CommandHandler
{
    /// <summary>The message that it answers.</summary>
    public abstract QueryCommand.CommandOneofCase Case { get; }

    /// <inheritdoc/>
    public override CommandPolicy Policy => CommandPolicy.Query;

    /// <summary>Answers.</summary>
    public abstract CommandResponse Answer(QueryContext context, QueryCommand query);
}

/// <summary>What a query may use.</summary>
/// <param name="View">What the transaction sees.</param>
/// <param name="Moves">Which ways in the history are open, at the moment of the view.</param>
/// <param name="EnforcesTypes">Whether violations of types fail a commit; else they are warnings.</param>
/// <param name="Services">What the hub provides.</param>
/// <param name="Cancellation">Ends the query.</param>
internal sealed record QueryContext(
    TransactionView View, HistoryMoves Moves, bool EnforcesTypes, QueryServices Services, CancellationToken Cancellation);

/// <summary>A mutation of any kind.</summary>
internal abstract class MutationHandler : CommandHandler
{
    /// <summary>The message that it runs.</summary>
    public abstract MutationCommand.CommandOneofCase Case { get; }

    /// <summary>Runs it on its transaction.</summary>
    /// <returns>The answer; null when it answers nothing.</returns>
    public abstract CommandResponse? Run(MutationContext context, MutationCommand mutation);
}

/// <summary>What a mutation may use.</summary>
/// <param name="Transaction">The transaction.</param>
/// <param name="Caller">Who asks.</param>
/// <param name="Services">What the hub provides.</param>
/// <param name="Stamp">Makes it safe to repeat; null when the client gave no request id.</param>
/// <param name="Cancellation">Ends the mutation before it takes effect.</param>
internal sealed record MutationContext(
    Transaction Transaction, Caller Caller, CommandServices Services, RequestStamp? Stamp, CancellationToken Cancellation)
{
    /// <summary>What the client is to know beside the answer.</summary>
    public List<HolonError> Warnings { get; } = [];
}

/// <summary>A mutation that is one undo step: a function from one state to the next, by way of an editor.</summary>
internal abstract class StepHandler : MutationHandler
{
    /// <inheritdoc/>
    public sealed override CommandPolicy Policy => CommandPolicy.UndoStep;

    /// <summary>Whether it is a step also when it changed nothing.</summary>
    protected virtual bool IsStepAlways => true;

    /// <inheritdoc/>
    public sealed override CommandResponse? Run(MutationContext context, MutationCommand mutation) =>
        context.Transaction.Mutate(
            editor => Apply(
                new StepContext(
                    editor, context.Services, context.Transaction.Progress.Tell, context.Warnings.Add, context.Cancellation),
                mutation),
            context.Stamp,
            context.Cancellation,
            IsStepAlways);

    /// <summary>Applies it to the editor.</summary>
    protected abstract CommandResponse? Apply(StepContext context, MutationCommand mutation);
}

/// <summary>What an undo step may use.</summary>
/// <param name="Editor">The state under change.</param>
/// <param name="Services">What the hub provides.</param>
/// <param name="Tell">Takes how far it is, where it may take long.</param>
/// <param name="Warn">Takes what the client is to know beside the answer.</param>
/// <param name="Cancellation">Ends the step before it takes effect.</param>
internal sealed record StepContext(
    TransactionEditor Editor, CommandServices Services, Action<StepProgress> Tell, Action<HolonError> Warn,
    CancellationToken Cancellation);

/// <summary>A mutation that moves in the history, or marks a place in it.</summary>
internal abstract class MoveHandler : MutationHandler
{
    /// <inheritdoc/>
    public sealed override CommandPolicy Policy => CommandPolicy.History;

    /// <inheritdoc/>
    public sealed override CommandResponse? Run(MutationContext context, MutationCommand mutation) =>
        context.Transaction.Move(history => Move(history, mutation), context.Stamp, context.Cancellation);

    /// <summary>What to do with the history, as it is journaled.</summary>
    protected abstract JournalEntry Move(EditHistory history, MutationCommand mutation);
}
