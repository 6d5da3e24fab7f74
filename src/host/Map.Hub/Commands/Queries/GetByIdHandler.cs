using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Commands.Queries;

/// <summary>The holon of an id in view, or one of its saved versions.</summary>
internal sealed class GetByIdHandler : QueryHandler
{
    public override QueryCommand.CommandOneofCase Case => QueryCommand.CommandOneofCase.GetById;

    public override CommandResponse Answer(QueryContext context, QueryCommand query)
    {
        var message = query.GetById;
        var id = WireReader.ToHolonId(message.HolonId, "holon_id");
        if (message is { HasVersion: true, Version: 0 or > int.MaxValue }) throw WireReader.Invalid("version", "must be 1 or more");
        var version = message.HasVersion ? (int)message.Version : (int?)null;
        return new CommandResponse { Reference = WireWriter.ToWire(context.View.FindById(id, version)) };
    }
}
