using Map.Core.Views;
using Map.V1;

namespace Map.Hub.Commands.Queries;

/// <summary>The transient holons of a key.</summary>
internal sealed class TransientByBaseKeyHandler : QueryHandler
{
    public override QueryCommand.CommandOneofCase Case => QueryCommand.CommandOneofCase.TransientByBaseKey;

    public override CommandResponse Answer(QueryContext context, QueryCommand query) =>
        DraftPages.Answer(context, DraftPool.Transient, query.TransientByBaseKey.Key, query.TransientByBaseKey.Page);
}
