using Map.Core.Views;
using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Commands.Queries;

/// <summary>The one transient holon of a versioned key.</summary>
internal sealed class TransientByVersionedKeyHandler : QueryHandler
{
    public override QueryCommand.CommandOneofCase Case => QueryCommand.CommandOneofCase.TransientByVersionedKey;

    public override CommandResponse Answer(QueryContext context, QueryCommand query)
    {
        var found = context.View.DraftByVersionedKey(DraftPool.Transient, query.TransientByVersionedKey.VersionedKey);
        return new CommandResponse { Reference = WireWriter.ToWire(found) };
    }
}
