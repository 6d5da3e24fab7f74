using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Commands.Mutations;

/// <summary>Sets one or several properties of a transient or staged holon.</summary>
internal sealed class WithPropertyValueHandler : StepHandler
{
    public override MutationCommand.CommandOneofCase Case => MutationCommand.CommandOneofCase.WithPropertyValue;

    protected override CommandResponse? Apply(StepContext context, MutationCommand mutation)
    {
        var message = mutation.WithPropertyValue;
        if (message.Properties.Count == 0) throw WireReader.Missing("properties");
        var properties = WireReader.ToProperties(message.Properties, "properties");
        context.Editor.WithPropertyValues(WireReader.ToReference(message.Holon, "holon"), properties);
        return null;
    }
}
