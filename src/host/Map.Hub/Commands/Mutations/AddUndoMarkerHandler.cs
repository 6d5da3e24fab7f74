using Map.Core.Services;
using Map.Core.Transactions;
using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Commands.Mutations;

/// <summary>Places a marker at the current position.</summary>
internal sealed class AddUndoMarkerHandler : MoveHandler
{
    public override MutationCommand.CommandOneofCase Case => MutationCommand.CommandOneofCase.AddUndoMarker;

    protected override JournalEntry Move(EditHistory history, MutationCommand mutation)
    {
        var message = mutation.AddUndoMarker;
        return new JournalMark(
            WireReader.ToMarkerId(message.MarkerId), WireReader.ToText(message.Label, "label", WireReader.MaxMarkerLabelBytes));
    }
}
