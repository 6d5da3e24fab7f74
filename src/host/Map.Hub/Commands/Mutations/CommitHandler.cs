using Map.Core.Identity;
using Map.Core.Services;
using Map.Hub.Binding;
using Map.V1;
using HolonId = Map.Core.Identity.HolonId;

namespace Map.Hub.Commands.Mutations;

/// <summary>Saves all staged holons in one atomic, durable write and ends the transaction.</summary>
internal sealed class CommitHandler : MutationHandler
{
    public override MutationCommand.CommandOneofCase Case => MutationCommand.CommandOneofCase.Commit;

    public override CommandPolicy Policy => CommandPolicy.Lifecycle;

    public override CommandResponse Run(MutationContext context, MutationCommand mutation)
    {
        var report = context.Transaction.Commit(context.Services.Time, context.Cancellation);
        var space = context.Transaction.Id.Space;
        var result = new CommitResult { CommitNumber = (ulong)report.Number };
        foreach (var node in report.Plan.Nodes)
        {
            var ids = node.Kind == NodeChangeKind.Delete ? result.Deleted : result.Saved;
            ids.Add(WireWriter.ToWire(new HolonId(space, node.Id)));
        }

        return new CommandResponse { Commit = result };
    }
}
