using Map.Core.Identity;
using Map.Core.Transactions;

namespace Map.Core.Services;

/// <summary>How a transaction began.</summary>
/// <param name="Transaction">The transaction.</param>
/// <param name="Label">What the work is, for a person.</param>
/// <param name="Client">Which program began it.</param>
/// <param name="Caller">Who began it, as authentication tells.</param>
/// <param name="CallerScope">What that caller might do: the number of a <c>map.v1.Scope</c>.</param>
/// <param name="BegunUnixMicros">When.</param>
/// <param name="Snapshot">The commit that it read as of.</param>
/// <param name="SchemaEpoch">The last commit, at or before the snapshot, that touched a type descriptor.</param>
public sealed record TransactionOrigin(
    TransactionId Transaction, string Label, string Client, string Caller, int CallerScope, long BegunUnixMicros,
    long Snapshot, long SchemaEpoch);

/// <summary>One command that moved an open transaction: what brings it there again after a crash.</summary>
public abstract record JournalEntry
{
    /// <summary>The reply, where the request is to be safe to repeat.</summary>
    public KeptReply? Reply { get; init; }
}

/// <summary>An undo step.</summary>
/// <param name="Changes">What it changed, in order.</param>
public sealed record JournalStep(IReadOnlyList<StateChange> Changes) : JournalEntry;

/// <summary>A move in the history.</summary>
/// <param name="Steps">How many steps forward; negative for back.</param>
public sealed record JournalMove(int Steps) : JournalEntry;

/// <summary>An undo marker at the current position.</summary>
/// <param name="Marker">The client's name for it.</param>
/// <param name="Label">What the client calls it; empty for nothing. Never interpreted.</param>
public sealed record JournalMark(string Marker, string Label) : JournalEntry;

/// <summary>A reply kept for a repetition of its request.</summary>
/// <param name="RequestId">The client's name for the request.</param>
/// <param name="Digest">SHA-256 of what it asked for.</param>
/// <param name="Reply">The reply, encoded.</param>
public sealed record KeptReply(string RequestId, ReadOnlyMemory<byte> Digest, ReadOnlyMemory<byte> Reply)
{
    /// <summary>Size of a digest in bytes.</summary>
    public const int DigestSize = 32;
}

/// <summary>All that brings an open transaction back.</summary>
/// <param name="Origin">How it began.</param>
/// <param name="Entries">
/// Its commands in order, each with the bytes that it takes. Read as they are asked for, so that a large journal is never
/// in memory as a whole; reading throws <see cref="StoreException"/> where the journal is damaged.
/// </param>
public sealed record TransactionJournal(
    TransactionOrigin Origin, IEnumerable<(JournalEntry Entry, long Bytes)> Entries);

/// <summary>
/// The journals of the open transactions of one space: they survive the end of the process, and a commit or rollback
/// removes that of its transaction in its own write. Transactions beside each other; of one transaction, one call at a time.
/// </summary>
public interface ITransactionJournals
{
    /// <summary>Begins the journal of a transaction.</summary>
    /// <exception cref="StoreException">It was not written.</exception>
    void Begin(TransactionOrigin origin);

    /// <summary>Appends a command. It has happened when this returns, and has not when this throws.</summary>
    /// <returns>How many bytes it takes.</returns>
    /// <exception cref="StoreException">It was not written.</exception>
    long Append(TransactionId transaction, JournalEntry entry);

    /// <summary>The transactions that have a journal.</summary>
    IEnumerable<TransactionId> Find();

    /// <summary>Reads a journal. Appending to one that an earlier process left takes reading it to its end first.</summary>
    /// <exception cref="StoreException">It is damaged.</exception>
    TransactionJournal Read(TransactionId transaction);

    /// <summary>Moves the rows of a journal that cannot be used to a file.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="nowUnixMicros">The time, for the name of the file.</param>
    /// <returns>The path of the file.</returns>
    /// <exception cref="StoreException">It could not be written; the rows stay.</exception>
    string SetAside(TransactionId transaction, long nowUnixMicros);
}
