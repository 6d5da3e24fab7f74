using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Committing;

/// <summary>The rows that tell how transactions ended.</summary>
internal static class OutcomeRows
{
    /// <summary>How a transaction ended; null when that is not known.</summary>
    internal static TransactionOutcome? Find(Database db, LocalId transaction)
    {
        Span<byte> key = stackalloc byte[LocalId.Size];
        transaction.Write(key);
        using var value = db.Get(ColumnFamily.Transactions, key);
        return value.Exists ? TransactionRow.Read(value.Bytes) : null;
    }

    /// <summary>Puts how a transaction ended.</summary>
    internal static void Put(RowBatch rows, LocalId transaction, TransactionOutcome outcome)
    {
        Span<byte> key = stackalloc byte[LocalId.Size];
        transaction.Write(key);
        var value = new ByteWriter();
        TransactionRow.Write(value, outcome);
        rows.Put(ColumnFamily.Transactions, key, value.Written);
    }
}
