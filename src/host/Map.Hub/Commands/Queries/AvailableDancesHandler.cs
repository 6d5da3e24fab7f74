using Google.Protobuf;
using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Commands.Queries;

/// <summary>The dances that the type of a holon affords.</summary>
internal sealed class AvailableDancesHandler : QueryHandler
{
    public override QueryCommand.CommandOneofCase Case => QueryCommand.CommandOneofCase.AvailableDances;

    public override CommandResponse Answer(QueryContext context, QueryCommand query)
    {
        var types = context.View.AvailableDances(WireReader.ToReference(query.AvailableDances.Holon, "holon"));
        return new CommandResponse { Page = WireWriter.ToPage(types, ByteString.Empty) };
    }
}
