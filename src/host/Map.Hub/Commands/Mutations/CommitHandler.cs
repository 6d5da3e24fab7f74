using Map.Core.Identity;
using Map.Core.Services;
using Map.Hub.Binding;
using Map.V1;
using HolonId = Map.Core.Identity.HolonId;

namespace Map.Hub.Commands.Mutations;

/// <summary>Saves all staged holons in one atomic, durable write and ends the transaction.</summary>
internal sealed class CommitHandler : MutationHandler
{
    // The reply stays below the 4 MB that gRPC clients take by default.
    private const ulong MaxListed = 100_000;

    public override MutationCommand.CommandOneofCase Case => MutationCommand.CommandOneofCase.Commit;

    public override bool MayTakeLong => true;

    public override CommandPolicy Policy => CommandPolicy.Lifecycle;

    public override CommandResponse Run(MutationContext context, MutationCommand mutation)
    {
        var report = context.Transaction.Commit(context.Services.Time, context.Cancellation);
        context.Warnings.AddRange(report.Warnings);
        var space = context.Transaction.Id.Space;
        var result = new CommitResult { CommitNumber = (ulong)report.Number };
        foreach (var node in report.Plan.Nodes)
        {
            var isDeleted = node.Kind == NodeChangeKind.Delete;
            if (isDeleted) result.DeletedCount++;
            else result.SavedCount++;
            if (result.SavedCount + result.DeletedCount > MaxListed) continue;
            (isDeleted ? result.Deleted : result.Saved).Add(WireWriter.ToWire(new HolonId(space, node.Id)));
        }

        return new CommandResponse { Commit = result };
    }
}
