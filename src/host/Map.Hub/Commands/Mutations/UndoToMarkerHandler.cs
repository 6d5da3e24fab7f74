using Map.Core.Services;
using Map.Core.Transactions;
using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Commands.Mutations;

/// <summary>Undoes step by step back to a marker.</summary>
internal sealed class UndoToMarkerHandler : MoveHandler
{
    public override MutationCommand.CommandOneofCase Case => MutationCommand.CommandOneofCase.UndoToMarker;

    protected override JournalEntry Move(EditHistory history, MutationCommand mutation) =>
        new JournalMove(-history.StepsBackTo(WireReader.ToMarkerId(mutation.UndoToMarker.MarkerId)));
}
