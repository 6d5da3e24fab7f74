using Map.Core.Editing;
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
        context.Services.RequireTargets(message.Targets.Count);
        var targets = WireReader.ToReferences(message.Targets, "targets");
        context.Editor.AddRelated(holon, name, targets, ToPosition(message.Position));
        return null;
    }

    private static MemberPosition ToPosition(Position? position) => position?.AtCase switch
    {
        null or Position.AtOneofCase.Last => MemberPosition.Last,
        Position.AtOneofCase.First => new MemberPosition(MemberPlace.First),
        Position.AtOneofCase.Before => new MemberPosition(MemberPlace.Before, WireReader.ToReference(position.Before, "position.before")),
        Position.AtOneofCase.After => new MemberPosition(MemberPlace.After, WireReader.ToReference(position.After, "position.after")),
        _ => throw WireReader.Invalid("position", "must be first, last, before or after"),
    };
}
