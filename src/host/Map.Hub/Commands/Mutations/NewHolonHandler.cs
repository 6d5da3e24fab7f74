using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Commands.Mutations;

/// <summary>Makes a transient holon.</summary>
internal sealed class NewHolonHandler : StepHandler
{
    public override MutationCommand.CommandOneofCase Case => MutationCommand.CommandOneofCase.NewHolon;

    protected override CommandResponse? Apply(StepContext context, MutationCommand mutation)
    {
        var content = WireReader.ToContent(mutation.NewHolon.Content, "content");
        return new CommandResponse { Reference = WireWriter.ToWire(context.Editor.NewHolon(content)) };
    }
}
