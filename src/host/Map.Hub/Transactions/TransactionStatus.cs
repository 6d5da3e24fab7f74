namespace Map.Hub.Transactions;

/// <summary>Lifecycle of a transaction. Numbers are those of <c>map.v1.TransactionStatus</c>.</summary>
public enum TransactionStatus
{
    /// <summary>Takes commands.</summary>
    Open = 1,

    /// <summary>A commit runs; queries are served, mutations refused.</summary>
    Committing = 2,

    /// <summary>Saved. Final.</summary>
    Committed = 3,

    /// <summary>Dropped. Final.</summary>
    RolledBack = 4,
}

/// <summary>A transaction seen from outside.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Label">What the work is.</param>
/// <param name="Client">Which program began it.</param>
/// <param name="Status">Where it is in its life.</param>
/// <param name="Snapshot">The commit it reads as of.</param>
/// <param name="BegunUnixMicros">When it began.</param>
/// <param name="Staged">How many holons are staged.</param>
/// <param name="CommitNumber">Its commit, if committed.</param>
public sealed record TransactionInfo(
    Map.Core.Identity.TransactionId Id,
    string Label,
    string Client,
    TransactionStatus Status,
    long Snapshot,
    long BegunUnixMicros,
    int Staged,
    long? CommitNumber);
