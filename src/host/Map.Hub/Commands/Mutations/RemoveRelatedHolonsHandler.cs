using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Commands.Mutations;

/// <summary>Removes members of a declared relationship.</summary>
internal sealed class RemoveRelatedHolonsHandler : StepHandler
{
    public override MutationCommand.CommandOneofCase Case => MutationCommand.CommandOneofCase.RemoveRelatedHolons;

    protected override CommandResponse? Apply(StepContext context, MutationCommand mutation)
    {
        var message = mutation.RemoveRelatedHolons;
        var holon = WireReader.ToReference(message.Holon, "holon");
        var name = WireReader.ToName(message.Name, "name");
        context.Services.RequireTargets(message.Targets.Count);
        var targets = WireReader.ToReferences(message.Targets, "targets");
        context.Editor.RemoveRelated(holon, name, targets, message.HasOccurrence ? message.Occurrence : null);
        return null;
    }
}
