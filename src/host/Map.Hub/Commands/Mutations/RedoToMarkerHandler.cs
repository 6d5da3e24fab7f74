using Map.Core.Services;
using Map.Core.Transactions;
using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Commands.Mutations;

/// <summary>Redoes step by step forward to a marker.</summary>
internal sealed class RedoToMarkerHandler : MoveHandler
{
    public override MutationCommand.CommandOneofCase Case => MutationCommand.CommandOneofCase.RedoToMarker;

    protected override JournalEntry Move(EditHistory history, MutationCommand mutation) =>
        new JournalMove(history.StepsForwardTo(WireReader.ToMarkerId(mutation.RedoToMarker.MarkerId)));
}
