using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Commands.Mutations;

/// <summary>Removes properties of a transient or staged holon.</summary>
internal sealed class RemovePropertyValueHandler : StepHandler
{
    public override MutationCommand.CommandOneofCase Case => MutationCommand.CommandOneofCase.RemovePropertyValue;

    protected override CommandResponse? Apply(StepContext context, MutationCommand mutation)
    {
        var message = mutation.RemovePropertyValue;
        if (message.Names.Count == 0) throw WireReader.Missing("names");
        var names = message.Names.Select((name, i) => WireReader.ToName(name, $"names[{i}]")).ToList();
        context.Editor.RemoveProperties(WireReader.ToReference(message.Holon, "holon"), names);
        return null;
    }
}
