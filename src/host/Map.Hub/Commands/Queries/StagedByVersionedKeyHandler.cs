using Map.Core.Views;
using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Commands.Queries;

/// <summary>The one staged holon of a versioned key.</summary>
internal sealed class StagedByVersionedKeyHandler : QueryHandler
{
    public override QueryCommand.CommandOneofCase Case => QueryCommand.CommandOneofCase.StagedByVersionedKey;

    public override CommandResponse Answer(QueryContext context, QueryCommand query)
    {
        var found = context.View.DraftByVersionedKey(DraftPool.Staged, query.StagedByVersionedKey.VersionedKey);
        return new CommandResponse { Reference = WireWriter.ToWire(found) };
    }
}
