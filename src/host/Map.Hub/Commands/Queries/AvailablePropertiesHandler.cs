using Google.Protobuf;
using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Commands.Queries;

/// <summary>The properties that the type of a holon declares.</summary>
internal sealed class AvailablePropertiesHandler : QueryHandler
{
    public override QueryCommand.CommandOneofCase Case => QueryCommand.CommandOneofCase.AvailableProperties;

    public override CommandResponse Answer(QueryContext context, QueryCommand query)
    {
        var types = context.View.AvailableProperties(WireReader.ToReference(query.AvailableProperties.Holon, "holon"));
        return new CommandResponse { Page = WireWriter.ToPage(types, ByteString.Empty) };
    }
}
