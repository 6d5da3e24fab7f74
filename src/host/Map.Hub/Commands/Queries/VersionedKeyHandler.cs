using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Commands.Queries;

/// <summary>The key of a holon with its version, absent for a keyless one.</summary>
internal sealed class VersionedKeyHandler : QueryHandler
{
    public override QueryCommand.CommandOneofCase Case => QueryCommand.CommandOneofCase.VersionedKey;

    public override CommandResponse Answer(QueryContext context, QueryCommand query)
    {
        var holon = context.View.Resolve(WireReader.ToReference(query.VersionedKey.Holon, "holon"));
        var result = new KeyResult();
        if (holon.VersionedKey is { } key) result.Key = key;
        return new CommandResponse { Key = result };
    }
}
