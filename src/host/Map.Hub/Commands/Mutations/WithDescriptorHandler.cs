using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Commands.Mutations;

/// <summary>Sets the type descriptor of a transient or staged holon.</summary>
internal sealed class WithDescriptorHandler : StepHandler
{
    public override MutationCommand.CommandOneofCase Case => MutationCommand.CommandOneofCase.WithDescriptor;

    protected override CommandResponse? Apply(StepContext context, MutationCommand mutation)
    {
        var message = mutation.WithDescriptor;
        var holon = WireReader.ToReference(message.Holon, "holon");
        context.Editor.WithDescriptor(holon, WireReader.ToReference(message.Descriptor_, "descriptor"));
        return null;
    }
}
