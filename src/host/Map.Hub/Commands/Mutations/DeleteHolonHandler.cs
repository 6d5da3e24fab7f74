using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Commands.Mutations;

/// <summary>Stages a saved holon for delete, or drops a holon staged for create.</summary>
internal sealed class DeleteHolonHandler : StepHandler
{
    public override MutationCommand.CommandOneofCase Case => MutationCommand.CommandOneofCase.DeleteHolon;

    protected override CommandResponse? Apply(StepContext context, MutationCommand mutation)
    {
        context.Editor.DeleteHolon(WireReader.ToReference(mutation.DeleteHolon.Holon, "holon"));
        return null;
    }
}
