using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Commands.Mutations;

/// <summary>Makes a transient copy of a holon.</summary>
internal sealed class CloneHolonHandler : StepHandler
{
    public override MutationCommand.CommandOneofCase Case => MutationCommand.CommandOneofCase.CloneHolon;

    protected override CommandResponse? Apply(StepContext context, MutationCommand mutation)
    {
        var holon = WireReader.ToReference(mutation.CloneHolon.Holon, "holon");
        return new CommandResponse { Reference = WireWriter.ToWire(context.Editor.CloneHolon(holon)) };
    }
}
