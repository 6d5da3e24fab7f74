using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Commands.Queries;

/// <summary>The one holon of a key in view.</summary>
internal sealed class GetByKeyHandler : QueryHandler
{
    public override QueryCommand.CommandOneofCase Case => QueryCommand.CommandOneofCase.GetByKey;

    public override CommandResponse Answer(QueryContext context, QueryCommand query)
    {
        var key = WireReader.ToKey(query.GetByKey.Key, "key");
        var type = WireReader.ToOptionalReference(query.GetByKey.Type, "type");
        return new CommandResponse { Reference = WireWriter.ToWire(context.View.FindByKey(key, type)) };
    }
}
