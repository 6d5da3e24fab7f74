using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Journaling;
using Map.Storage.Native;
using Map.Storage.Reading;

namespace Map.Storage.Committing;

/// <summary>
/// Writes to the store of a space. What ends transactions is written in groups: each member is checked against what is
/// written, the earlier members included, and written by itself; one sync covers them all, and only then are they
/// published and answered, in order.
/// </summary>
internal sealed class StoreWriter(
    SpaceRecord space, StoreGate gate, PublishedCommits published, RecentReads recent, JournalTable journals,
    Action<long> wrote, Action<FaultPoint>? faults)
{
    /// <summary>How many writes a group has at most, and after how many bytes it takes no more.</summary>
    private const int MaxMembers = 256;
    private const long MaxBytes = 8L << 20;

    private readonly WriteQueue<StoreWrite> _queue = new();
    private readonly Lock _writing = new();
    private volatile string? _doubt;
    private long _groups;

    /// <summary>Tells that a write failed.</summary>
    internal event Action? Doubted;

    /// <summary>Why nothing is written; null as long as all is well.</summary>
    internal string? Doubt => _doubt;

    /// <summary>How many groups were written and synced.</summary>
    internal long Groups => Interlocked.Read(ref _groups);

    /// <summary>How many writes wait for the next group.</summary>
    internal int Waiting => _queue.Waiting;

    internal CommitOutcome Commit(CommitPlan plan, long nowUnixMicros)
    {
        var write = new StoreWrite(plan.Transaction.Local, plan, nowUnixMicros);
        Run(write);
        return write.Outcome!;
    }

    internal void RecordRollback(TransactionId transaction, long nowUnixMicros) =>
        Run(new StoreWrite(transaction.Local, Plan: null, nowUnixMicros));

    /// <summary>Writes journal rows, which is beside the groups and unsynced.</summary>
    internal long WriteJournal(TransactionId transaction, Func<WriteBatch, uint> put)
    {
        RequireCertain();
        using var lease = gate.Enter();
        using var batch = lease.Store.Rows.NewBatch();
        var rows = put(batch);
        try
        {
            faults?.Invoke(FaultPoint.JournalWriting);
            lease.Store.Rows.WriteUnsynced(batch);
            faults?.Invoke(FaultPoint.JournalWritten);
        }
        catch (Exception failure)
        {
            BeginDoubt(failure);
            throw new StoreException($"Space {space.Name} could not save, so nothing was changed: {failure.Message}", failure);
        }

        journals.Keep(transaction.Local, rows);
        wrote(batch.Bytes);
        return batch.Bytes;
    }

    /// <summary>Opens the database anew, which ends a doubt: what is on disk then counts.</summary>
    internal void Reopen()
    {
        lock (_writing)
        {
            gate.Reopen();
            published.Tell();
            _doubt = null;
        }
    }

    /// <summary>Closes the database for good once what is being written is.</summary>
    internal void Close()
    {
        lock (_writing) gate.Dispose();
    }

    private void Run(StoreWrite write)
    {
        _queue.Run(write, WriteGroup);
        if (write.Failure is { } failure) throw failure;
    }

    private void WriteGroup()
    {
        var group = new List<StoreWrite>();
        try
        {
            lock (_writing)
            {
                using var lease = gate.Enter();
                WriteGroup(lease.Store, group);
            }
        }
        catch (Exception failure)
        {
            // Also the one who leads: a group that does not even begin has its members all the same.
            if (group.Count == 0 && _queue.TryTake(out var own)) group.Add(own);
            foreach (var write in group) write.Fail(failure);
        }
        finally
        {
            foreach (var write in group) write.End();
        }
    }

    private void WriteGroup(OpenStore store, List<StoreWrite> group)
    {
        var after = published.Last!;
        long bytes = 0;
        var isWritten = false;
        try
        {
            while (group.Count < MaxMembers && bytes < MaxBytes && _queue.TryTake(out var write))
            {
                group.Add(write);
                if (Prepare(store, write, ref after) is not { } rows) continue;
                bytes += Write(store.Rows, rows, write.Transaction);
                isWritten = true;
            }

            if (!isWritten) return;
            Sync(store.Rows);
            Publish(store, group, after);
        }
        catch (StoreException doubt) when (doubt.IsInDoubt)
        {
            foreach (var write in group) write.Fail(doubt);
        }
    }

    /// <summary>Checks a write; null when nothing is to be written, since it failed, conflicts or was made before.</summary>
    private RowBatch? Prepare(OpenStore store, StoreWrite write, ref CommitState after)
    {
        try
        {
            RequireCertain();
            return write.Plan is { } plan ? PrepareCommit(store, write, plan, ref after) : PrepareRollback(store, write);
        }
        catch (Exception failure)
        {
            // A defect or a damaged row of this one; the others have nothing to do with it.
            write.Fail(failure);
            return null;
        }
    }

    private RowBatch? PrepareCommit(OpenStore store, StoreWrite write, CommitPlan plan, ref CommitState after)
    {
        var prepared = CommitPreparer.Prepare(
            store.Rows, plan, after, space.SpaceHolon, write.NowUnixMicros, out var refusal);
        write.Outcome = refusal;
        if (prepared is null) return null;

        recent.NoteChanges(prepared.Holons, prepared.After.Number);
        faults?.Invoke(FaultPoint.CommitPrepared);
        after = prepared.After;
        write.Outcome = new CommitOutcome(after.Number, []);
        write.IsWritten = true;
        return prepared.Rows;
    }

    private static RowBatch? PrepareRollback(OpenStore store, StoreWrite write)
    {
        if (OutcomeRows.Find(store.Rows, write.Transaction) is { } known)
        {
            Invariant.Require(known.CommitNumber is null, "a committed transaction is not rolled back");
            return null;
        }

        var rows = new RowBatch();
        OutcomeRows.Put(rows, write.Transaction, new TransactionOutcome(null, write.NowUnixMicros));
        write.IsWritten = true;
        return rows;
    }

    /// <summary>Writes what ends a transaction, and removes its journal.</summary>
    private long Write(Database db, RowBatch rows, LocalId transaction)
    {
        try
        {
            faults?.Invoke(FaultPoint.CommitWriting);
            using var batch = rows.ToBatch(db);
            journals.Remove(batch, transaction);
            db.WriteUnsynced(batch);
            wrote(batch.Bytes);
            return batch.Bytes;
        }
        catch (Exception failure)
        {
            throw Doubtful(failure);
        }
    }

    private void Sync(Database db)
    {
        try
        {
            faults?.Invoke(FaultPoint.GroupWritten);
            db.Sync();
            faults?.Invoke(FaultPoint.CommitSynced);
        }
        catch (Exception failure)
        {
            throw Doubtful(failure);
        }
    }

    /// <summary>
    /// Lets readers see what was synced. A failure is a doubt, too: the commits are on disk, and must not be answered as
    /// failed.
    /// </summary>
    private void Publish(OpenStore store, List<StoreWrite> group, CommitState after)
    {
        try
        {
            foreach (var write in group)
                if (write.IsWritten) journals.Forget(write.Transaction);
            Interlocked.Increment(ref _groups);
            if (after.Number > published.Last!.Number) published.Publish(store, after);
        }
        catch (Exception failure)
        {
            throw Doubtful(failure);
        }
    }

    private StoreException Doubtful(Exception failure)
    {
        BeginDoubt(failure);
        return new StoreException(
            $"Space {space.Name} could not save, and what is on disk is not known yet: {failure.Message} "
            + "That settles by itself once the disk takes writes again; ask GetTransaction.",
            failure)
        {
            IsInDoubt = true,
        };
    }

    private void BeginDoubt(Exception failure)
    {
        if (Interlocked.CompareExchange(ref _doubt, failure.Message, null) is null) Doubted?.Invoke();
    }

    private void RequireCertain()
    {
        if (_doubt is { } reason)
            throw new StoreException(
                $"Space {space.Name} takes no writes for now, since one failed ({reason}). "
                + "It goes on by itself once the disk takes writes again.");
    }
}

/// <summary>What ends a transaction, on its way to disk.</summary>
/// <param name="Transaction">The transaction.</param>
/// <param name="Plan">What it commits; null when it is rolled back.</param>
/// <param name="NowUnixMicros">The time.</param>
internal sealed class StoreWrite(LocalId Transaction, CommitPlan? Plan, long NowUnixMicros) : QueuedWrite
{
    internal LocalId Transaction { get; } = Transaction;

    internal CommitPlan? Plan { get; } = Plan;

    internal long NowUnixMicros { get; } = NowUnixMicros;

    /// <summary>What became of the commit.</summary>
    internal CommitOutcome? Outcome { get; set; }

    /// <summary>Whether it has rows in the group.</summary>
    internal bool IsWritten { get; set; }

    /// <summary>Why it failed.</summary>
    internal Exception? Failure { get; private set; }

    /// <summary>States why it failed. The first reason stays.</summary>
    internal void Fail(Exception failure) => Failure ??= failure;
}
