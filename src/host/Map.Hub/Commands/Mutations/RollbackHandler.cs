using Map.V1;

namespace Map.Hub.Commands.Mutations;

/// <summary>Drops everything and ends the transaction.</summary>
internal sealed class RollbackHandler : MutationHandler
{
    public override MutationCommand.CommandOneofCase Case => MutationCommand.CommandOneofCase.Rollback;

    /// <remarks>Who may begin a transaction may end it, unless that drops somebody's work.</remarks>
    public override CommandPolicy Policy => CommandPolicy.Lifecycle with { Scope = AccessScope.Read };

    public override CommandResponse? Run(MutationContext context, MutationCommand mutation)
    {
        var mayDropWork = context.Caller.Scope >= AccessScope.Write;
        context.Transaction.Rollback(mayDropWork, context.Services.Time, context.Cancellation);
        return null;
    }
}
