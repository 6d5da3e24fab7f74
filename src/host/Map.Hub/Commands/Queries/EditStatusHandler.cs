using Map.V1;

namespace Map.Hub.Commands.Queries;

/// <summary>Whether undo and redo are possible.</summary>
internal sealed class EditStatusHandler : QueryHandler
{
    public override QueryCommand.CommandOneofCase Case => QueryCommand.CommandOneofCase.EditStatus;

    public override CommandResponse Answer(QueryContext context, QueryCommand query) =>
        new() { EditStatus = new EditStatus { CanUndo = context.Moves.CanUndo, CanRedo = context.Moves.CanRedo } };
}
