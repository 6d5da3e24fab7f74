using Map.Core.Views;
using Map.V1;

namespace Map.Hub.Commands.Queries;

/// <summary>The staged holons of a key.</summary>
internal sealed class StagedByBaseKeyHandler : QueryHandler
{
    public override QueryCommand.CommandOneofCase Case => QueryCommand.CommandOneofCase.StagedByBaseKey;

    public override CommandResponse Answer(QueryContext context, QueryCommand query) =>
        DraftPages.Answer(context, DraftPool.Staged, query.StagedByBaseKey.Key, query.StagedByBaseKey.Page);
}
