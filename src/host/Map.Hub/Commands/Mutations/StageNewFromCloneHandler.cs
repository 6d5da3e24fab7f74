using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Commands.Mutations;

/// <summary>Stages a copy of a holon for create, under another key.</summary>
internal sealed class StageNewFromCloneHandler : StepHandler
{
    public override MutationCommand.CommandOneofCase Case => MutationCommand.CommandOneofCase.StageNewFromClone;

    protected override CommandResponse? Apply(StepContext context, MutationCommand mutation)
    {
        var message = mutation.StageNewFromClone;
        var holon = WireReader.ToReference(message.Holon, "holon");
        var key = message.HasKey ? WireReader.ToKey(message.Key, "key") : null;
        return new CommandResponse { Reference = WireWriter.ToWire(context.Editor.StageNewFromClone(holon, key)) };
    }
}
