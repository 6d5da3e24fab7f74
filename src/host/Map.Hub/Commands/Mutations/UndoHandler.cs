using Map.Core.Services;
using Map.Core.Transactions;
using Map.V1;

namespace Map.Hub.Commands.Mutations;

/// <summary>Reverses the last step.</summary>
internal sealed class UndoHandler : MoveHandler
{
    public override MutationCommand.CommandOneofCase Case => MutationCommand.CommandOneofCase.Undo;

    protected override JournalEntry Move(EditHistory history, MutationCommand mutation) => new JournalMove(-1);
}
