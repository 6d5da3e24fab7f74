using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Commands.Queries;

/// <summary>The key of a holon, absent for a keyless one.</summary>
internal sealed class KeyHandler : QueryHandler
{
    public override QueryCommand.CommandOneofCase Case => QueryCommand.CommandOneofCase.Key;

    public override CommandResponse Answer(QueryContext context, QueryCommand query)
    {
        var holon = context.View.Resolve(WireReader.ToReference(query.Key.Holon, "holon"));
        var result = new KeyResult();
        if (holon.Key is { } key) result.Key = key;
        return new CommandResponse { Key = result };
    }
}
