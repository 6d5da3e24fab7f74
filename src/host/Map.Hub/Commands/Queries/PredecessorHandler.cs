using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Commands.Queries;

/// <summary>The version before, or where a holon came from.</summary>
internal sealed class PredecessorHandler : QueryHandler
{
    public override QueryCommand.CommandOneofCase Case => QueryCommand.CommandOneofCase.Predecessor;

    public override CommandResponse Answer(QueryContext context, QueryCommand query)
    {
        var predecessor = context.View.Predecessor(WireReader.ToReference(query.Predecessor.Holon, "holon"));
        return predecessor is null ? new CommandResponse() : new CommandResponse { Reference = WireWriter.ToWire(predecessor) };
    }
}
