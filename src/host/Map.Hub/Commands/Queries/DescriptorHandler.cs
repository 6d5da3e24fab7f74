using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Commands.Queries;

/// <summary>The type of a holon.</summary>
internal sealed class DescriptorHandler : QueryHandler
{
    public override QueryCommand.CommandOneofCase Case => QueryCommand.CommandOneofCase.Descriptor_;

    public override CommandResponse Answer(QueryContext context, QueryCommand query)
    {
        var descriptor = context.View.Descriptor(WireReader.ToReference(query.Descriptor_.Holon, "holon"));
        return descriptor is null ? new CommandResponse() : new CommandResponse { Reference = WireWriter.ToWire(descriptor) };
    }
}
