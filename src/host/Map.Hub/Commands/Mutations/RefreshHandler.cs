using Map.Core.Editing;
using Map.Core.Identity;
using Map.Core.References;
using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Commands.Mutations;

/// <summary>Moves the transaction to the latest commit, with what it staged.</summary>
internal sealed class RefreshHandler : StepHandler
{
    public override MutationCommand.CommandOneofCase Case => MutationCommand.CommandOneofCase.Refresh;

    public override bool MayTakeLong => true;

    protected override CommandResponse? Apply(StepContext context, MutationCommand mutation)
    {
        var choices = new Dictionary<LocalId, RefreshKeep>();
        var messages = mutation.Refresh.Choices;
        for (var i = 0; i < messages.Count; i++)
        {
            var field = $"choices[{i}]";
            var holon = WireReader.ToReference(messages[i].Holon, $"{field}.holon");
            context.Editor.View.Resolve(holon);
            if (holon is not StagedReference) throw WireReader.Invalid($"{field}.holon", "must be a staged holon");
            if (!choices.TryAdd(holon.Id, ToKeep(messages[i].Keep, $"{field}.keep")))
                throw WireReader.Invalid($"{field}.holon", "is chosen for twice");
        }

        context.Editor.Refresh(choices, context.Cancellation);
        return null;
    }

    private static RefreshKeep ToKeep(RefreshChoice.Types.Keep keep, string field) => keep switch
    {
        RefreshChoice.Types.Keep.Mine => RefreshKeep.Mine,
        RefreshChoice.Types.Keep.Theirs => RefreshKeep.Theirs,
        _ => throw WireReader.Invalid(field, "must be mine or theirs"),
    };
}
