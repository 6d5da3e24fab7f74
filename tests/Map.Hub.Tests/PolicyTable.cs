using Map.Hub.Commands;
using Map.V1;

namespace Map.Hub.Tests;

/// <summary>Where a transaction is when a command comes.</summary>
internal enum Lifecycle
{
    /// <summary>There is no such transaction.</summary>
    None,

    /// <summary>Open, with steps to undo.</summary>
    Open,

    /// <summary>Open, with steps to undo and to redo.</summary>
    Undone,

    /// <summary>A commit of it runs.</summary>
    Committing,

    /// <summary>A commit of it failed halfway, and nobody knows yet.</summary>
    InDoubt,

    /// <summary>Committed.</summary>
    Committed,

    /// <summary>Rolled back.</summary>
    RolledBack,
}

/// <summary>What each command answers in each state of its transaction, as follows from its policy.</summary>
internal static class PolicyTable
{
    /// <summary>The code of the refusal; null for success.</summary>
    public static ErrorCode? Expected(CommandInfo command, Lifecycle state) => state switch
    {
        Lifecycle.None => ErrorCode.TransactionNotFound,
        Lifecycle.Committed => ErrorCode.TransactionCommitted,
        Lifecycle.RolledBack => ErrorCode.TransactionRolledBack,
        _ when command.Policy is null => ErrorCode.NotImplemented,
        Lifecycle.Committing when !command.Policy.IsServedWhileCommitting => ErrorCode.CommitInProgress,
        Lifecycle.InDoubt when !command.Policy.IsServedWhileCommitting => ErrorCode.CommitInDoubt,
        Lifecycle.Open when command.Name == "Redo" => ErrorCode.NothingToRedo,
        _ => null,
    };

}
