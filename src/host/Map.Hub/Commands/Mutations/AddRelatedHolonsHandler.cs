using Map.Core.Errors;
using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Commands.Mutations;

/// <summary>Adds members to a declared relationship.</summary>
internal sealed class AddRelatedHolonsHandler : StepHandler
{
    public override MutationCommand.CommandOneofCase Case => MutationCommand.CommandOneofCase.AddRelatedHolons;

    protected override CommandResponse? Apply(StepContext context, MutationCommand mutation)
    {
        var message = mutation.AddRelatedHolons;
        var holon = WireReader.ToReference(message.Holon, "holon");
        var name = WireReader.ToName(message.Name, "name");
        if (message.Position is not (null or { AtCase: Position.AtOneofCase.Last }))
        {
            throw new HolonException(
                HolonErrorCode.NotImplemented, "AddRelatedHolons adds last; other positions are not implemented yet.", holon, "position");
        }

        context.Editor.AddRelated(holon, name, WireReader.ToReferences(message.Targets, "targets"));
        return null;
    }
}
