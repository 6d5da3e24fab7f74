using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Commands.Mutations;

/// <summary>Records which holon one staged for create came from.</summary>
internal sealed class WithPredecessorHandler : StepHandler
{
    public override MutationCommand.CommandOneofCase Case => MutationCommand.CommandOneofCase.WithPredecessor;

    protected override CommandResponse? Apply(StepContext context, MutationCommand mutation)
    {
        var message = mutation.WithPredecessor;
        context.Editor.WithPredecessor(
            WireReader.ToReference(message.Holon, "holon"), WireReader.ToOptionalReference(message.Predecessor, "predecessor"));
        return null;
    }
}
