using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Committing;

/// <summary>The rows that tell how transactions ended.</summary>
internal static class OutcomeRows
{
    private const int UnixMillisShift = 80;

    /// <summary>How many outcomes one opening looks at, so that none takes long.</summary>
    private const int MaxForgotten = 10_000;

    private static readonly TimeSpan _kept = TimeSpan.FromDays(90);

    /// <summary>Since when outcomes are kept.</summary>
    internal static long KeptSince(long nowUnixMicros) => nowUnixMicros - (long)_kept.TotalMicroseconds;

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

    /// <summary>
    /// Removes outcomes that are kept no longer. Ids tell when transactions began, so that only those of old ones are
    /// looked at; one that began long ago and ended lately stays. Many are left to later openings.
    /// </summary>
    /// <returns>How many were removed.</returns>
    internal static int Forget(Database db, long nowUnixMicros)
    {
        var since = KeptSince(nowUnixMicros);
        if (since <= 0) return 0;
        Span<byte> young = stackalloc byte[LocalId.Size];
        new LocalId((UInt128)(since / 1_000) << UnixMillisShift).Write(young);
        using var batch = db.NewBatch();
        using var rows = db.Iterate(ColumnFamily.Transactions, isWithinPrefix: false);
        rows.Seek([]);
        for (var seen = 0; seen < MaxForgotten && rows.IsValid && rows.Key.SequenceCompareTo(young) < 0; seen++, rows.Next())
            if (TransactionRow.Read(rows.Value).EndedUnixMicros < since) batch.Delete(ColumnFamily.Transactions, rows.Key);
        if (batch.Count > 0) db.WriteUnsynced(batch);
        return batch.Count;
    }
}
