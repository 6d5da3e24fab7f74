using Map.Core.Errors;
using Map.Core.References;
using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Commands.Mutations;

/// <summary>Stages a holon for create: from a transient one, or from content.</summary>
internal sealed class StageNewHolonHandler : StepHandler
{
    public override MutationCommand.CommandOneofCase Case => MutationCommand.CommandOneofCase.StageNewHolon;

    protected override CommandResponse? Apply(StepContext context, MutationCommand mutation)
    {
        var message = mutation.StageNewHolon;
        var staged = message.SourceCase switch
        {
            StageNewHolonCommand.SourceOneofCase.Transient => FromTransient(context, message.Transient),
            _ => context.Editor.StageNewHolon(WireReader.ToContent(message.Content, "content")),
        };
        return new CommandResponse { Reference = WireWriter.ToWire(staged) };
    }

    private static StagedReference FromTransient(StepContext context, V1.HolonReference source)
    {
        var reference = context.Editor.View.Resolve(WireReader.ToReference(source, "transient")).Reference;
        if (reference is TransientReference transient) return context.Editor.StageNewHolon(transient);
        throw new HolonException(
            HolonErrorCode.WrongReferenceKind, "\"transient\" takes a reference to a transient holon.", reference, "transient");
    }
}
