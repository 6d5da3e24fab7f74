using Google.Protobuf;
using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Commands.Queries;

/// <summary>The relationships that the type of a holon declares.</summary>
internal sealed class AvailableRelationshipsHandler : QueryHandler
{
    public override QueryCommand.CommandOneofCase Case => QueryCommand.CommandOneofCase.AvailableRelationships;

    public override CommandResponse Answer(QueryContext context, QueryCommand query)
    {
        var types = context.View.AvailableRelationships(WireReader.ToReference(query.AvailableRelationships.Holon, "holon"));
        return new CommandResponse { Page = WireWriter.ToPage(types, ByteString.Empty) };
    }
}
