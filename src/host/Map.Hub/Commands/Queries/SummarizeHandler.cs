using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Commands.Queries;

/// <summary>A holon in a sentence for a person.</summary>
internal sealed class SummarizeHandler : QueryHandler
{
    public override QueryCommand.CommandOneofCase Case => QueryCommand.CommandOneofCase.Summarize;

    public override CommandResponse Answer(QueryContext context, QueryCommand query) =>
        new() { Text = context.View.Summarize(WireReader.ToReference(query.Summarize.Holon, "holon")) };
}
