using Map.Core.Errors;
using Map.Core.Identity;

namespace Map.Hub.Transactions;

/// <summary>Errors of transactions that ended.</summary>
internal static class Endings
{
    /// <summary>What to say to whoever uses it.</summary>
    /// <param name="commitNumber">Its commit; null when it was rolled back.</param>
    public static HolonException ToException(long? commitNumber) => commitNumber is { } number
        ? new HolonException(
            HolonErrorCode.TransactionCommitted,
            $"The transaction has been committed as commit {number}. Read saved state in a new transaction.")
        : new HolonException(HolonErrorCode.TransactionRolledBack, "The transaction has been rolled back, by a client or since it was idle without anything staged. Begin a new one.");

    /// <summary>What to say as long as nobody knows.</summary>
    public static HolonException InDoubt() => new([new HolonError(
        HolonErrorCode.CommitInDoubt,
        "The end of this transaction failed while being written, and what is on disk is not known yet. "
        + "That settles by itself once the disk takes writes again: then it has ended, or is open and unchanged.")
    {
        IsRetryable = true,
    }]);

    public static HolonException NotFound(TransactionId id) => new(
        HolonErrorCode.TransactionNotFound,
        $"There is no transaction {id}, or it did not come back after a restart of the daemon, whose log says why then. Begin a new one.");
}
