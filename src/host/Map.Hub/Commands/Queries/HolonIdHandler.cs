using Map.Core.Errors;
using Map.Hub.Binding;
using Map.V1;
using HolonId = Map.Core.Identity.HolonId;
using HolonPhase = Map.Core.Transactions.HolonPhase;

namespace Map.Hub.Commands.Queries;

/// <summary>The id of a staged or saved holon.</summary>
internal sealed class HolonIdHandler : QueryHandler
{
    public override QueryCommand.CommandOneofCase Case => QueryCommand.CommandOneofCase.HolonId;

    public override CommandResponse Answer(QueryContext context, QueryCommand query)
    {
        var holon = context.View.Resolve(WireReader.ToReference(query.HolonId.Holon, "holon"));
        if (holon.Phase == HolonPhase.Transient)
        {
            throw new HolonException(
                HolonErrorCode.WrongReferenceKind, "A transient holon has no id. Stage it first.", holon.Reference, "holon");
        }

        return new CommandResponse { HolonId = WireWriter.ToWire(new HolonId(context.View.State.Transaction.Space, holon.Id)) };
    }
}
