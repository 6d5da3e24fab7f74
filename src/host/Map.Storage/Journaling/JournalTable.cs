using System.Collections.Concurrent;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Journaling;

/// <summary>
/// The journals of the open transactions of one space. Knows how many rows each has, so that their numbers have no
/// holes. One command of a transaction at a time; different transactions beside each other.
/// </summary>
/// <param name="space">The space.</param>
/// <param name="saved">The saved versions that drafts are staged from.</param>
internal sealed class JournalTable(SpaceId space, SavedVersions saved)
{
    /// <summary>Up to this many rows are deleted one by one; more as a range, which costs readers of the family.</summary>
    private const uint FewRows = 100;

    private readonly ConcurrentDictionary<LocalId, uint> _rows = new();

    /// <summary>Puts the first row of a transaction.</summary>
    /// <returns>How many rows it has then; to be told to <see cref="Keep"/> once they are written.</returns>
    internal uint Begin(WriteBatch batch, TransactionOrigin origin)
    {
        var transaction = origin.Transaction.Local;
        Invariant.Require(!_rows.ContainsKey(transaction), "a transaction begins once");
        var value = new ByteWriter();
        JournalRow.Write(value, origin);
        Put(batch, transaction, 0, value);
        return 1;
    }

    /// <summary>Puts the rows of a command.</summary>
    /// <returns>As of <see cref="Begin"/>.</returns>
    internal uint Append(WriteBatch batch, LocalId transaction, JournalEntry entry)
    {
        Invariant.Require(_rows.TryGetValue(transaction, out var next), "a transaction begins before its commands");
        JournalRow.Write(entry, value => Put(batch, transaction, next++, value));
        return next;
    }

    /// <summary>Notes that rows were written.</summary>
    internal void Keep(LocalId transaction, uint rows) => _rows[transaction] = rows;

    /// <summary>Deletes the rows of a transaction that ends. They stay known until <see cref="Forget"/>.</summary>
    internal void Remove(WriteBatch batch, LocalId transaction)
    {
        if (!_rows.TryGetValue(transaction, out var count)) return;
        if (count > FewRows)
        {
            RemoveAll(batch, transaction);
            return;
        }

        Span<byte> key = stackalloc byte[JournalRow.KeySize];
        for (var i = 0u; i < count; i++)
        {
            JournalRow.WriteKey(key, transaction, i);
            batch.Delete(ColumnFamily.Journal, key);
        }
    }

    /// <summary>Deletes whatever rows a transaction has.</summary>
    internal static void RemoveAll(WriteBatch batch, LocalId transaction)
    {
        Span<byte> key = stackalloc byte[JournalRow.KeySize];
        Span<byte> end = stackalloc byte[JournalRow.KeySize];
        JournalRow.WriteKey(key, transaction, 0);
        JournalRow.WriteKey(end, transaction, uint.MaxValue);
        batch.DeleteRange(ColumnFamily.Journal, key, end);
    }

    /// <summary>Forgets a transaction whose rows are gone.</summary>
    internal void Forget(LocalId transaction) => _rows.TryRemove(transaction, out _);

    /// <summary>
    /// After the database was opened anew: deletes rows of commands whose write was answered as failed, and forgets
    /// transactions whose rows went with a commit.
    /// </summary>
    internal void Reconcile(Database db)
    {
        if (_rows.IsEmpty) return;
        using var batch = db.NewBatch();
        using var iterator = db.Iterate(ColumnFamily.Journal, isWithinPrefix: false);
        Span<byte> key = stackalloc byte[JournalRow.KeySize];
        foreach (var (transaction, count) in _rows)
        {
            JournalRow.WriteKey(key, transaction, 0);
            if (!iterator.Seek(key) || !iterator.Key.SequenceEqual(key)) Forget(transaction);
            JournalRow.WriteKey(key, transaction, count);
            for (iterator.Seek(key); IsOf(iterator, transaction); iterator.Next()) batch.Delete(ColumnFamily.Journal, iterator.Key);
        }

        if (batch.Count > 0) db.WriteUnsynced(batch);
    }

    /// <summary>The transactions that have rows.</summary>
    internal IEnumerable<TransactionId> Find(Database db)
    {
        using var iterator = db.Iterate(ColumnFamily.Journal, isWithinPrefix: false);
        for (var key = Array.Empty<byte>(); iterator.Seek(key);)
        {
            var (transaction, _) = JournalRow.ReadKey(iterator.Key);
            yield return new TransactionId(space, transaction);
            // Past all of its rows: a long journal costs no more than a short one.
            key = new byte[JournalRow.KeySize];
            JournalRow.WriteKey(key, transaction, uint.MaxValue);
        }
    }

    /// <summary>How a transaction began.</summary>
    /// <exception cref="StoreException">That is damaged.</exception>
    internal static TransactionOrigin ReadOrigin(Database db, TransactionId transaction)
    {
        Span<byte> key = stackalloc byte[JournalRow.KeySize];
        JournalRow.WriteKey(key, transaction.Local, 0);
        using var value = db.Get(ColumnFamily.Journal, key);
        return value.Exists
            ? JournalRow.ReadOrigin(transaction, value.Bytes)
            : throw new StoreException($"The journal of transaction {transaction} has no first row.");
    }

    /// <summary>Reads the commands of a transaction; once read to the end, it is known how many rows there are.</summary>
    /// <exception cref="StoreException">They are damaged.</exception>
    internal IEnumerable<(JournalEntry Entry, long Bytes)> ReadEntries(Database db, LocalId transaction)
    {
        using var iterator = db.Iterate(ColumnFamily.Journal, isWithinPrefix: false);
        SeekCommands(iterator, transaction);
        var next = 1u;
        while (IsOf(iterator, transaction)) yield return ReadEntry(iterator, transaction, ref next);
        Keep(transaction, next);
    }

    /// <summary>Gives the rows of a transaction as they are.</summary>
    internal static void Copy(Database db, LocalId transaction, Action<RowIterator> take)
    {
        Span<byte> key = stackalloc byte[JournalRow.KeySize];
        JournalRow.WriteKey(key, transaction, 0);
        using var iterator = db.Iterate(ColumnFamily.Journal, isWithinPrefix: false);
        for (iterator.Seek(key); IsOf(iterator, transaction); iterator.Next()) take(iterator);
    }

    private (JournalEntry Entry, long Bytes) ReadEntry(RowIterator iterator, LocalId transaction, ref uint next)
    {
        var changes = new List<StateChange>();
        long bytes = Require(iterator, transaction, next++);
        var entry = JournalRow.ReadStart(iterator.Value, saved, changes, out var goesOn);
        iterator.Next();
        while (goesOn)
        {
            bytes += Require(iterator, transaction, next++);
            JournalRow.ReadMore(iterator.Value, saved, changes, out goesOn);
            iterator.Next();
        }

        return (entry, bytes);
    }

    /// <summary>Checks that the iterator stands on a row, and answers how large that is.</summary>
    private static int Require(RowIterator iterator, LocalId transaction, uint sequence)
    {
        if (!IsOf(iterator, transaction) || JournalRow.ReadKey(iterator.Key).Sequence != sequence)
            throw new StoreException($"The journal of transaction {transaction} has no row {sequence}, but rows after it or a command that goes on.");
        return iterator.Key.Length + iterator.Value.Length;
    }

    private static void SeekCommands(RowIterator iterator, LocalId transaction)
    {
        Span<byte> key = stackalloc byte[JournalRow.KeySize];
        JournalRow.WriteKey(key, transaction, 1);
        iterator.Seek(key);
    }

    private static bool IsOf(RowIterator iterator, LocalId transaction) =>
        iterator.IsValid && JournalRow.ReadKey(iterator.Key).Transaction == transaction;

    private static void Put(WriteBatch batch, LocalId transaction, uint sequence, ByteWriter value)
    {
        Span<byte> key = stackalloc byte[JournalRow.KeySize];
        JournalRow.WriteKey(key, transaction, sequence);
        batch.Put(ColumnFamily.Journal, key, value.Written);
    }
}
