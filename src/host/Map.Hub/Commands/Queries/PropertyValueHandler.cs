using Map.Core.Errors;
using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Commands.Queries;

/// <summary>One property value.</summary>
internal sealed class PropertyValueHandler : QueryHandler
{
    public override QueryCommand.CommandOneofCase Case => QueryCommand.CommandOneofCase.PropertyValue;

    public override CommandResponse Answer(QueryContext context, QueryCommand query)
    {
        var holon = context.View.Resolve(WireReader.ToReference(query.PropertyValue.Holon, "holon"));
        var name = WireReader.ToName(query.PropertyValue.Name, "name");
        if (holon.Properties[name] is { } value) return new CommandResponse { Value = WireWriter.ToWire(value) };
        throw new HolonException(
            HolonErrorCode.PropertyNotFound, $"The holon has no value for \"{name}\".", holon.Reference, name);
    }
}
