using Map.Core.Services;
using Map.Core.Transactions;
using Map.V1;

namespace Map.Hub.Commands.Mutations;

/// <summary>Re-applies the last undone step.</summary>
internal sealed class RedoHandler : MoveHandler
{
    public override MutationCommand.CommandOneofCase Case => MutationCommand.CommandOneofCase.Redo;

    protected override JournalEntry Move(EditHistory history, MutationCommand mutation) => new JournalMove(1);
}
