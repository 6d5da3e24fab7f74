using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Commands.Mutations;

/// <summary>Takes a staged holon out of what commit saves.</summary>
internal sealed class AbandonHandler : StepHandler
{
    public override MutationCommand.CommandOneofCase Case => MutationCommand.CommandOneofCase.Abandon;

    protected override CommandResponse? Apply(StepContext context, MutationCommand mutation)
    {
        context.Editor.Abandon(WireReader.ToReference(mutation.Abandon.Holon, "holon"));
        return null;
    }
}
