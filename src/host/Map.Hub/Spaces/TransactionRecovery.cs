using System.Diagnostics;
using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Hub.Dispatch;
using Map.Hub.Transactions;
using Microsoft.Extensions.Logging;

namespace Map.Hub.Spaces;

/// <summary>
/// Brings the open transactions of a space back from their journals. A journal that cannot be used is set aside: it
/// stops neither the space nor the other transactions.
/// </summary>
/// <param name="store">The store of the space.</param>
/// <param name="make">Makes a transaction as it was when it began.</param>
/// <param name="ids">Is to make no id that a journal has.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Is told what came back and what did not.</param>
internal sealed class TransactionRecovery(
    IHolonStore store, Func<TransactionOrigin, Transaction> make, IdGenerator ids, TimeProvider time, ILogger logger)
{
    /// <summary>How many journals could not be used.</summary>
    public int SetAside { get; private set; }

    /// <summary>The transactions that are open.</summary>
    public IReadOnlyList<Transaction> Recover()
    {
        var recovered = new List<Transaction>();
        try
        {
            foreach (var id in store.Journals.Find())
                if (Recover(id) is { } transaction) recovered.Add(transaction);
        }
        catch (StoreException e)
        {
            SetAside++;
            HubLog.JournalsUnreadable(logger, e, store.Space);
        }

        return recovered;
    }

    private Transaction? Recover(TransactionId id)
    {
        try
        {
            return Replay(id);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            SetAside++;
            PutAside(id, e);
            return null;
        }
    }

    private Transaction Replay(TransactionId id)
    {
        var start = Stopwatch.GetTimestamp();
        Invariant.Holds(store.FindOutcome(id) is null);
        var journal = store.Journals.Read(id);
        Invariant.Holds(journal.Origin.Snapshot <= store.LatestCommit);
        var transaction = make(journal.Origin);
        transaction.Replay(journal.Entries, change =>
        {
            if (change is StageDraft { Draft: { Base: null } draft }) ids.StayAbove(draft.Id);
            Invariant.Holds(change is not MoveSnapshot move || move.Snapshot <= store.LatestCommit);
        });
        ids.StayAbove(id.Local);
        var info = transaction.Info;
        var elapsed = (long)Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        HubLog.Recovered(logger, id, info.Label, journal.Origin.Caller, info.Staged, transaction.HistoryBytes, elapsed);
        return transaction;
    }

    private void PutAside(TransactionId id, Exception why)
    {
        try
        {
            var file = store.Journals.SetAside(id, time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000);
            HubLog.JournalSetAside(logger, why, id, file);
        }
        catch (StoreException e)
        {
            HubLog.JournalStays(logger, e, id, why.Message);
        }
    }
}
