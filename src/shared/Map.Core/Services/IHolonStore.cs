using Map.Core.Identity;

namespace Map.Core.Services;

/// <summary>The durable store of one space.</summary>
public interface IHolonStore : IHolonService
{
    /// <summary>The journals of its open transactions.</summary>
    ITransactionJournals Journals { get; }

    /// <summary>
    /// Tells the number of each commit after it can be read, in order and one at a time, before the commit is answered.
    /// Handlers are quick, commit nothing and do not throw.
    /// </summary>
    event Action<long>? Published;

    /// <summary>
    /// Tells that a write failed: nothing more is written until <see cref="Recover"/> succeeds, while reads go on as of the
    /// last published commit. Handlers are quick and do not throw.
    /// </summary>
    event Action? Doubted;

    /// <summary>Why nothing is written for now; null while all is well.</summary>
    string? Doubt { get; }

    /// <summary>
    /// Rechecks what the plan relied on against the latest commit and, if all of it still holds, saves the plan in
    /// one atomic write that is on disk when this returns, and publishes it.
    /// </summary>
    /// <returns>
    /// The commit number; or the conflicts, or <see cref="CommitOutcome.Stale"/>, in which case nothing was written.
    /// </returns>
    /// <exception cref="StoreException">
    /// It failed. Where <see cref="StoreException.IsInDoubt"/> is set, what is on disk is not known; else nothing was written.
    /// </exception>
    CommitOutcome Commit(CommitPlan plan, long nowUnixMicros);

    /// <summary>Remembers that a transaction was rolled back.</summary>
    void RecordRollback(TransactionId transaction, long nowUnixMicros);

    /// <summary>What became of a transaction that has ended; null when not known.</summary>
    TransactionOutcome? FindOutcome(TransactionId transaction);

    /// <summary>
    /// Ends a doubt: opens the database anew, so that what is on disk counts, and publishes what was not yet. Does nothing
    /// where there is no doubt.
    /// </summary>
    /// <exception cref="StoreException">It is too early; the message says for what. Try again later.</exception>
    void Recover();
}

/// <summary>All spaces of a data directory.</summary>
public interface ISpaceCatalog : IDisposable
{
    /// <summary>The listed spaces, by name.</summary>
    IReadOnlyList<SpaceRecord> List();

    /// <summary>
    /// Makes the store of a new space with its commit 0. It is not listed until <see cref="Publish"/>, so that a
    /// creation that fails or is interrupted leaves no half-made space behind.
    /// </summary>
    IHolonStore Create(SpaceRecord space);

    /// <summary>Lists a space made by <see cref="Create"/>, durably.</summary>
    void Publish(SpaceId space);

    /// <summary>Removes a space made by <see cref="Create"/> and not published.</summary>
    void Discard(SpaceId space);

    /// <summary>Opens the store of a listed space, once; later calls answer the same store.</summary>
    /// <exception cref="StoreException">It cannot be opened; the message says why and what to do.</exception>
    IHolonStore Open(SpaceId space);
}

/// <summary>What is known of a space without opening it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name, unique without regard to case.</param>
/// <param name="EnforceValidation">Whether violations fail a commit; else they are warnings.</param>
/// <param name="CreatedUnixMicros">When it was made.</param>
/// <param name="SpaceHolon">The id of its own holon.</param>
public sealed record SpaceRecord(
    SpaceId Id, string Name, bool EnforceValidation, long CreatedUnixMicros, LocalId SpaceHolon);

/// <summary>How a transaction ended.</summary>
/// <param name="CommitNumber">The commit, or null when it was rolled back.</param>
/// <param name="EndedUnixMicros">When.</param>
public sealed record TransactionOutcome(long? CommitNumber, long EndedUnixMicros);

/// <summary>A store that cannot be opened, read or written. The message is for a person and says what to do.</summary>
/// <param name="message">What happened and what to do.</param>
/// <param name="inner">The cause, if any.</param>
public sealed class StoreException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether a commit was being written, so that nobody knows whether it is on disk.</summary>
    public bool IsInDoubt { get; init; }
}
