using Map.V1;

namespace Map.Hub.Commands.Queries;

/// <summary>How many holons are staged.</summary>
internal sealed class StagedCountHandler : QueryHandler
{
    public override QueryCommand.CommandOneofCase Case => QueryCommand.CommandOneofCase.StagedCount;

    public override CommandResponse Answer(QueryContext context, QueryCommand query) =>
        new() { Count = (ulong)context.View.StagedCount };
}
