using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Commands.Mutations;

/// <summary>Stages a saved holon for update.</summary>
internal sealed class StageNewVersionHandler : StepHandler
{
    public override MutationCommand.CommandOneofCase Case => MutationCommand.CommandOneofCase.StageNewVersion;

    protected override CommandResponse? Apply(StepContext context, MutationCommand mutation)
    {
        var holon = WireReader.ToReference(mutation.StageNewVersion.Holon, "holon");
        return new CommandResponse { Reference = WireWriter.ToWire(context.Editor.StageNewVersion(holon)) };
    }
}
