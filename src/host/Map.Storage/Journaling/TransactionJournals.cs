using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Native;

namespace Map.Storage.Journaling;

/// <summary>The journals of the open transactions of one space, in its database.</summary>
/// <param name="store">The store of the space.</param>
/// <param name="table">Their rows.</param>
/// <param name="setAsidePath">Where journals go that cannot be used.</param>
internal sealed class TransactionJournals(HolonStore store, JournalTable table, string setAsidePath) : ITransactionJournals
{
    /// <inheritdoc/>
    public void Begin(TransactionOrigin origin)
    {
        Require(origin.Transaction);
        store.WriteJournal(origin.Transaction, batch => table.Begin(batch, origin));
    }

    /// <inheritdoc/>
    public long Append(TransactionId transaction, JournalEntry entry)
    {
        Require(transaction);
        return store.WriteJournal(transaction, batch => table.Append(batch, transaction.Local, entry));
    }

    /// <inheritdoc/>
    public IEnumerable<TransactionId> Find()
    {
        using var lease = store.Use();
        foreach (var transaction in table.Find(lease.Store.Rows)) yield return transaction;
    }

    /// <inheritdoc/>
    public TransactionJournal Read(TransactionId transaction)
    {
        Require(transaction);
        using var lease = store.Use();
        return new TransactionJournal(
            JournalTable.ReadOrigin(lease.Store.Rows, transaction), Entries(transaction.Local));
    }

    private IEnumerable<(JournalEntry Entry, long Bytes)> Entries(LocalId transaction)
    {
        using var lease = store.Use();
        foreach (var entry in table.ReadEntries(lease.Store.Rows, transaction)) yield return entry;
    }

    /// <inheritdoc/>
    public string SetAside(TransactionId transaction, long nowUnixMicros)
    {
        Require(transaction);
        string path;
        try
        {
            using var lease = store.Use();
            var rows = lease.Store.Rows;
            path = SetAsideFile.Write(setAsidePath, transaction, nowUnixMicros, take => JournalTable.Copy(rows, transaction.Local, take));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"A journal cannot be moved to {setAsidePath}: {failure.Message}", failure);
        }

        store.WriteJournal(transaction, batch =>
        {
            JournalTable.RemoveAll(batch, transaction.Local);
            return 0;
        });
        table.Forget(transaction.Local);
        return path;
    }

    private void Require(TransactionId transaction) =>
        Invariant.Require(transaction.Space == store.Space, "a transaction is journaled in its own space");
}
