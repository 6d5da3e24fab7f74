using Map.V1;

namespace Map.Hub.Commands.Queries;

/// <summary>How many transient holons there are.</summary>
internal sealed class TransientCountHandler : QueryHandler
{
    public override QueryCommand.CommandOneofCase Case => QueryCommand.CommandOneofCase.TransientCount;

    public override CommandResponse Answer(QueryContext context, QueryCommand query) =>
        new() { Count = (ulong)context.View.TransientCount };
}
