using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Commands.Mutations;

/// <summary>Stages a saved holon for delete, or drops a holon staged for create, with all that it takes along.</summary>
internal sealed class DeleteHolonHandler : StepHandler
{
    public override MutationCommand.CommandOneofCase Case => MutationCommand.CommandOneofCase.DeleteHolon;

    public override bool MayTakeLong => true;

    protected override CommandResponse? Apply(StepContext context, MutationCommand mutation)
    {
        var holon = WireReader.ToReference(mutation.DeleteHolon.Holon, "holon");
        return new CommandResponse { Count = (ulong)context.Editor.DeleteHolon(holon, context.Cancellation) };
    }
}
