using Map.V1;

namespace Map.Hub.Commands.Mutations;

/// <summary>Drops everything and ends the transaction.</summary>
internal sealed class RollbackHandler : MutationHandler
{
    public override MutationCommand.CommandOneofCase Case => MutationCommand.CommandOneofCase.Rollback;

    public override CommandPolicy Policy => CommandPolicy.Lifecycle;

    public override CommandResponse? Run(MutationContext context, MutationCommand mutation)
    {
        context.Transaction.Rollback(context.Services.Time, context.Cancellation);
        return null;
    }
}
