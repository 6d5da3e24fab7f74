using Map.Core.Editing;
using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Types;
using Map.Core.Views;

namespace Map.Hub.Transactions;

/// <summary>
/// An open transaction: its history, and where it is in its life. Mutations run one at a time; queries read the
/// current state value without a lock.
/// </summary>
internal sealed class Transaction
{
    private readonly Lock _gate = new();
    private readonly IHolonStore _store;
    private readonly ContractCache _savedContracts;
    private readonly TransactionLimits _limits;
    private readonly Func<LocalId> _newId;
    private volatile EditHistory _history;
    private volatile TransactionStatus _status = TransactionStatus.Open;
    private long? _commitNumber;
    private bool _isInDoubt;

    public Transaction(
        TransactionState start, IHolonStore store, ContractCache savedContracts, TransactionLimits limits, Func<LocalId> newId)
    {
        _history = EditHistory.Start(start);
        _store = store;
        _savedContracts = savedContracts;
        _limits = limits;
        _newId = newId;
    }

    public required string Label { get; init; }

    public required string Client { get; init; }

    public required long BegunUnixMicros { get; init; }

    public TransactionId Id => _history.Current.Transaction;

    public TransactionInfo Info
    {
        get
        {
            // Without the lock, which a long mutation holds. The status first: once it tells of an end, so does the rest.
            var status = _status;
            var state = _history.Current;
            return new TransactionInfo(
                Id, Label, Client, status, state.Snapshot, BegunUnixMicros, state.Nursery.Count,
                status == TransactionStatus.Committed ? _commitNumber : null);
        }
    }

    /// <summary>What the transaction sees now; open and committing transactions only.</summary>
    public TransactionView Read(CancellationToken cancellation)
    {
        // The history first: a transaction that ends in between shows in the status read after it.
        var history = _history;
        if (_status is not (TransactionStatus.Open or TransactionStatus.Committing)) throw Ended();
        return new TransactionView(history.Current, _store, _savedContracts) { Cancellation = cancellation };
    }

    /// <summary>Runs a mutation that is one undo step: adopts what the editor made, or nothing when it throws.</summary>
    public T Mutate<T>(Func<TransactionEditor, T> mutation, CancellationToken cancellation)
    {
        lock (_gate)
        {
            RequireOpen();
            cancellation.ThrowIfCancellationRequested();
            if (_history.Steps >= _limits.MaxSteps) throw TooManySteps();
            var editor = new TransactionEditor(_history.Current, _store, _savedContracts, _limits, _newId);
            var result = mutation(editor);
            _history = _history.Push(editor.State);
            return result;
        }
    }

    /// <summary>Moves in the history.</summary>
    public void Move(Func<EditHistory, EditHistory> move, CancellationToken cancellation)
    {
        lock (_gate)
        {
            RequireOpen();
            cancellation.ThrowIfCancellationRequested();
            _history = move(_history);
        }
    }

    /// <summary>Saves what is staged and ends the transaction; leaves it open and unchanged when that fails.</summary>
    public CommitReport Commit(TimeProvider time, CancellationToken cancellation)
    {
        TransactionState state;
        lock (_gate)
        {
            RequireOpen();
            cancellation.ThrowIfCancellationRequested();
            state = _history.Current;
            _status = TransactionStatus.Committing;
        }

        var plan = default(CommitPlan);
        var number = default(long?);
        try
        {
            plan = CommitPlanner.Plan(ToView(state), Label);
            var outcome = _store.Commit(plan, time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000);
            if (outcome.Conflicts.Count > 0) throw Conflicts.ToException(ToView(state), outcome.Conflicts);
            number = outcome.CommitNumber;
            Invariant.Holds(number is not null);
        }
        catch (StoreException e) when (e.IsInDoubt)
        {
            // What is on disk is not known, so the transaction neither goes on nor has ended.
            lock (_gate) _isInDoubt = true;
            throw;
        }
        finally
        {
            lock (_gate)
            {
                if (number is not null) End(TransactionStatus.Committed, number);
                else if (!_isInDoubt) _status = TransactionStatus.Open;
            }
        }

        return new CommitReport(number.Value, plan);
    }

    /// <summary>Drops everything and ends the transaction.</summary>
    public void Rollback(TimeProvider time, CancellationToken cancellation)
    {
        lock (_gate)
        {
            RequireOpen();
            cancellation.ThrowIfCancellationRequested();
            _store.RecordRollback(Id, time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000);
            End(TransactionStatus.RolledBack, null);
        }
    }

    private void End(TransactionStatus status, long? commitNumber)
    {
        _commitNumber = commitNumber;
        _status = status;
        // Nothing of what was staged is kept, nor the history.
        _history = EditHistory.Start(_history.Current.Emptied());
    }

    private TransactionView ToView(TransactionState state) => new(state, _store, _savedContracts);

    private void RequireOpen()
    {
        if (_isInDoubt)
        {
            throw new HolonException(
                HolonErrorCode.CommitInDoubt,
                "A commit of this transaction failed while writing, and what is on disk is not known. Restart the daemon and ask GetTransaction.");
        }

        if (_status == TransactionStatus.Committing)
        {
            throw new HolonException([new HolonError(
                HolonErrorCode.CommitInProgress, "A commit of this transaction is running. Wait for its reply.") { IsRetryable = true }]);
        }

        if (_status != TransactionStatus.Open) throw Ended();
    }

    private HolonException Ended() => Endings.ToException(_status == TransactionStatus.Committed);

    private HolonException TooManySteps() => new(
        [new HolonError(HolonErrorCode.TooManySteps, $"A transaction has at most {_limits.MaxSteps:N0} undo steps. Commit it.")
        {
            Limit = _limits.MaxSteps,
        }]);
}

/// <summary>What a commit saved.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Plan">What it changed.</param>
internal sealed record CommitReport(long Number, CommitPlan Plan);

/// <summary>Errors of transactions that ended.</summary>
internal static class Endings
{
    public static HolonException ToException(bool isCommitted) => isCommitted
        ? new HolonException(
            HolonErrorCode.TransactionCommitted, "The transaction has been committed. Read saved state in a new transaction.")
        : new HolonException(HolonErrorCode.TransactionRolledBack, "The transaction has been rolled back. Begin a new one.");

    public static HolonException NotFound(TransactionId id) => new(
        HolonErrorCode.TransactionNotFound, $"There is no transaction {id}, or the daemon was restarted meanwhile. Begin a new one.");
}
