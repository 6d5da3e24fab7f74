using Map.Core.Editing;
using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Types;
using Map.Core.Views;
using Map.Hub.Dances;
using Map.V1;
using HolonError = Map.Core.Errors.HolonError;
using TransactionId = Map.Core.Identity.TransactionId;

namespace Map.Hub.Transactions;

/// <summary>
/// An open transaction: its history, and where it is in its life. Mutations run one at a time; queries read the
/// current state value without a lock.
/// </summary>
internal sealed class Transaction
{
    /// <summary>How often a commit is judged whose validators read more than can be looked at again piece by piece.</summary>
    private const int MaxAttempts = 10;

    private readonly Lock _gate = new();
    private readonly IHolonStore _store;
    private readonly ContractCache _savedContracts;
    private readonly HubOptions _options;
    private readonly Func<LocalId> _newId;
    private readonly TransactionOrigin _origin;
    private readonly bool _enforcesTypes;
    private readonly KeptReplies _replies = new();
    private volatile EditHistory _history;
    private volatile TransactionStatus _status = TransactionStatus.Open;
    private long _historyBytes;
    private long _lastUse;
    private long? _commitNumber;
    private volatile bool _isInDoubt;

    /// <summary>A transaction just begun.</summary>
    /// <param name="origin">How it began.</param>
    /// <param name="enforcesTypes">Whether violations of types fail its commit; else they are warnings.</param>
    /// <param name="store">The space's store.</param>
    /// <param name="savedContracts">Contracts of the space's saved types.</param>
    /// <param name="options">What it may hold and use.</param>
    /// <param name="newId">Makes ids.</param>
    public Transaction(
        TransactionOrigin origin, bool enforcesTypes, IHolonStore store, ContractCache savedContracts, HubOptions options,
        Func<LocalId> newId)
    {
        _origin = origin;
        _enforcesTypes = enforcesTypes;
        _store = store;
        _savedContracts = savedContracts;
        _options = options;
        _newId = newId;
        _history = EditHistory.Start(new TransactionState
        {
            Transaction = origin.Transaction,
            Snapshot = origin.Snapshot,
            SchemaEpoch = origin.SchemaEpoch,
        });
    }

    public TransactionId Id => _origin.Transaction;

    /// <summary>Whether violations of types fail its commit; else they are warnings.</summary>
    public bool EnforcesTypes => _enforcesTypes;

    /// <summary>Whether it is not known if it has ended.</summary>
    public bool IsInDoubt => _isInDoubt;

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => _status is TransactionStatus.Committed or TransactionStatus.RolledBack;

    /// <summary>How far the command is that runs in it.</summary>
    public LatestProgress Progress { get; } = new();

    /// <summary>Size of its journaled commands in bytes.</summary>
    public long HistoryBytes => Interlocked.Read(ref _historyBytes);

    public TransactionInfo Info
    {
        get
        {
            // Without the lock, which a long mutation holds. The status first: once it tells of an end, so does the rest.
            var status = _status;
            var state = _history.Current;
            return new TransactionInfo(
                Id, _origin.Label, _origin.Client, status, state.Snapshot, _origin.BegunUnixMicros, state.Nursery.Count,
                status == TransactionStatus.Committed ? _commitNumber : null);
        }
    }

    /// <summary>What the transaction sees now; open and committing transactions only.</summary>
    public (TransactionView View, HistoryMoves Moves) Read(CancellationToken cancellation)
    {
        // The history first: a transaction that ends in between shows in the status read after it.
        var history = _history;
        if (_status is not (TransactionStatus.Open or TransactionStatus.Committing)) throw Ended();
        return (new TransactionView(history.Current, _store, _savedContracts) { Cancellation = cancellation }, history.Moves);
    }

    /// <summary>Goes through what the transaction's journal has, so that all is as it was when that was written.</summary>
    /// <param name="entries">The commands, with the bytes of each.</param>
    /// <param name="seen">Is told each change.</param>
    public void Replay(IEnumerable<(JournalEntry Entry, long Bytes)> entries, Action<StateChange> seen)
    {
        foreach (var (entry, bytes) in entries)
        {
            if (entry is JournalStep step)
                foreach (var change in step.Changes) seen(change);
            Adopt(_history.After(entry), entry.Reply, bytes);
        }
    }

    /// <summary>Runs a mutation that is one undo step: adopts what the editor made, or nothing when it throws.</summary>
    /// <param name="mutation">The mutation.</param>
    /// <param name="stamp">Makes it safe to repeat; null when the client gave no request id.</param>
    /// <param name="cancellation">Ends the mutation before it takes effect.</param>
    /// <param name="isStepAlways">Whether it is a step also when it changed nothing; else what can be redone stays so.</param>
    public CommandResponse? Mutate(
        Func<TransactionEditor, CommandResponse?> mutation, RequestStamp? stamp, CancellationToken cancellation, bool isStepAlways = true)
    {
        return Run(Step, stamp, cancellation);

        (EditHistory, JournalEntry?, CommandResponse?) Step()
        {
            if (_history.Steps >= _options.Limits.MaxSteps) throw TooManySteps();
            var editor = new TransactionEditor(_history.Current, _store, _savedContracts, _options.Limits, _newId);
            var reply = mutation(editor);
            if (editor.Changes.Count == 0 && !isStepAlways) return (_history, null, reply);
            return (_history.Push(editor.State), new JournalStep(editor.Changes), reply);
        }
    }

    /// <summary>Moves in the history, or marks a place in it.</summary>
    public CommandResponse? Move(Func<EditHistory, JournalEntry> move, RequestStamp? stamp, CancellationToken cancellation)
    {
        return Run(Move, stamp, cancellation);

        (EditHistory, JournalEntry?, CommandResponse?) Move()
        {
            var entry = move(_history);
            if (entry is JournalMark && _history.Markers >= _options.Limits.MaxMarkers) throw TooManyMarkers();
            return (_history.After(entry), entry, null);
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

        Progress.Wake();
        try
        {
            var report = Save(state, time, cancellation);
            lock (_gate) End(TransactionStatus.Committed, report.Number);
            return report;
        }
        catch (StoreException e) when (e.IsInDoubt)
        {
            BeginDoubt();
            throw;
        }
        finally
        {
            Progress.Clear();
            lock (_gate)
                if (_status == TransactionStatus.Committing && !_isInDoubt) _status = TransactionStatus.Open;
            Progress.Wake();
        }
    }

    /// <summary>Notes that somebody asks for it.</summary>
    /// <param name="now">A timestamp of the clock.</param>
    public void Use(long now) => Volatile.Write(ref _lastUse, now);

    /// <summary>Drops everything and ends the transaction.</summary>
    /// <param name="mayDropWork">Whether it may end if something was staged.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends the rollback before it takes effect.</param>
    public void Rollback(bool mayDropWork, TimeProvider time, CancellationToken cancellation)
    {
        lock (_gate)
        {
            RequireOpen();
            if (!mayDropWork && _history.HoldsWork) throw HoldsWork();
            cancellation.ThrowIfCancellationRequested();
            RollBack(time);
        }
    }

    /// <summary>Ends the transaction if it is open, nothing was staged in it, and nobody asked for it for that long.</summary>
    /// <returns>Whether it did.</returns>
    public bool TryExpire(TimeSpan lifetime, TimeProvider time)
    {
        // Who uses it holds the lock, or has just noted the use: then it is not idle.
        if (!_gate.TryEnter()) return false;
        try
        {
            var isIdle = time.GetElapsedTime(Volatile.Read(ref _lastUse)) >= lifetime;
            if (!isIdle || _isInDoubt || _status != TransactionStatus.Open || _history.HoldsWork) return false;
            RollBack(time);
            return true;
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>
    /// Settles what is in doubt, where the store knows by now: the transaction has ended, or is open and unchanged.
    /// </summary>
    /// <returns>Whether it was in doubt and is no more.</returns>
    public bool Settle()
    {
        lock (_gate)
        {
            if (!_isInDoubt || _store.Doubt is not null) return false;
            var outcome = _store.FindOutcome(Id);
            _isInDoubt = false;
            if (outcome is null) _status = TransactionStatus.Open;
            else if (outcome.CommitNumber is { } number) End(TransactionStatus.Committed, number);
            else End(TransactionStatus.RolledBack, null);
            Progress.Wake();
            return true;
        }
    }

    /// <summary>Judges, plans and saves, again as long as what judging relied on is changed in between.</summary>
    private CommitReport Save(TransactionState state, TimeProvider time, CancellationToken cancellation)
    {
        var view = new TransactionView(state, _store, _savedContracts) { Cancellation = cancellation, Tell = Progress.Tell };
        for (var attempt = 1; ; attempt++)
        {
            Progress.Tell(new StepProgress("validating", 0, state.Nursery.Count));
            var (plan, warnings) = CommitPlanner.Plan(view, _origin.Label, _enforcesTypes, ValidatorTime.Of(_options, time));
            // The last moment to turn back.
            cancellation.ThrowIfCancellationRequested();
            Progress.Tell(new StepProgress("writing", 0, 0));
            var outcome = _store.Commit(plan, Now(time));
            if (outcome.CommitNumber is { } number) return new CommitReport(number, plan, warnings);
            if (outcome == CommitOutcome.Stale && !plan.Relied.ReadsAll) continue;
            if (outcome == CommitOutcome.Stale)
            {
                // Any commit outdates this one, so that no number of attempts need be enough.
                if (attempt < MaxAttempts) continue;
                throw Overtaken();
            }

            var latest = ToView(state with { Snapshot = _store.LatestCommit });
            throw Conflicts.ToException(ToView(state), latest, outcome.Conflicts);
        }
    }

    private void RollBack(TimeProvider time)
    {
        try
        {
            _store.RecordRollback(Id, Now(time));
        }
        catch (StoreException e) when (e.IsInDoubt)
        {
            BeginDoubt();
            throw;
        }

        End(TransactionStatus.RolledBack, null);
    }

    private void BeginDoubt()
    {
        lock (_gate)
        {
            _isInDoubt = true;
            _status = TransactionStatus.Committing;
        }

        // The store may have been opened anew already, and then nobody else settles this.
        Settle();
    }

    private static long Now(TimeProvider time) => time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000;

    /// <summary>
    /// Runs a command that moves the transaction, once for each stamp: works out what comes after it, journals that, and
    /// only then is it so. A command without an entry left all as it was: to run it anew after a crash is as good as its
    /// reply, which only lives as long as the process.
    /// </summary>
    private CommandResponse? Run(
        Func<(EditHistory After, JournalEntry? Entry, CommandResponse? Reply)> command,
        RequestStamp? stamp,
        CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (stamp is not null && _replies.Find(stamp) is { } first) return first.ToResponse();
            RequireOpen();
            cancellation.ThrowIfCancellationRequested();
            if (_historyBytes >= _options.Limits.MaxHistoryBytes) throw HistoryFull();
            try
            {
                var (after, entry, reply) = command();
                var kept = stamp?.Keep(reply);
                if (Progress.Value is not null) Progress.Tell(new StepProgress("journaling", 0, 0));
                // The last moment to turn back: what is journaled has happened, however late the reply is.
                cancellation.ThrowIfCancellationRequested();
                Adopt(after, kept, entry is null ? 0 : _store.Journals.Append(Id, entry with { Reply = kept }));
                return reply;
            }
            finally
            {
                Progress.Clear();
            }
        }
    }

    private void Adopt(EditHistory history, KeptReply? reply, long bytes)
    {
        _history = history;
        _historyBytes += bytes;
        if (reply is not null) _replies.Keep(reply);
    }

    private void End(TransactionStatus status, long? commitNumber)
    {
        _commitNumber = commitNumber;
        _status = status;
        // Nothing of what was staged is kept, nor the history.
        _history = EditHistory.Start(_history.Current.Emptied());
        _replies.Clear();
        Progress.Wake();
    }

    private TransactionView ToView(TransactionState state) => new(state, _store, _savedContracts);

    private void RequireOpen()
    {
        if (_isInDoubt) throw Endings.InDoubt();

        if (_status == TransactionStatus.Committing)
        {
            throw new HolonException([new HolonError(
                HolonErrorCode.CommitInProgress, "A commit of this transaction is running. Wait for its reply.") { IsRetryable = true }]);
        }

        if (_status != TransactionStatus.Open) throw Ended();
    }

    private HolonException Ended() => Endings.ToException(_status == TransactionStatus.Committed ? _commitNumber : null);

    private static HolonException HoldsWork() => new(
        HolonErrorCode.Denied, "The transaction holds staged work, and dropping that needs the scope \"write\".");

    private static HolonException Overtaken() => new([new HolonError(
        HolonErrorCode.CommitOvertaken,
        $"Other commits came between each of {MaxAttempts} attempts, and the validators of this one read so much that any of them counts. "
        + "Nothing was saved. Commit again when less is going on.") { IsRetryable = true }]);

    private HolonException TooManySteps() => new(
        [new HolonError(HolonErrorCode.TooManySteps, $"A transaction has at most {_options.Limits.MaxSteps:N0} undo steps. Commit it.")
        {
            Limit = _options.Limits.MaxSteps,
        }]);

    private HolonException TooManyMarkers() => new(
        [new HolonError(HolonErrorCode.LimitReached, $"A transaction has at most {_options.Limits.MaxMarkers:N0} undo markers.")
        {
            Limit = _options.Limits.MaxMarkers,
        }]);

    private HolonException HistoryFull() => new(
        [new HolonError(
            HolonErrorCode.HistoryFull,
            $"The history of a transaction takes at most {_options.Limits.MaxHistoryBytes:N0} bytes, undone steps included. Commit it.")
        {
            Limit = _options.Limits.MaxHistoryBytes,
        }]);
}

/// <summary>What a commit saved.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Plan">What it changed.</param>
/// <param name="Warnings">What the client is to know.</param>
internal sealed record CommitReport(long Number, CommitPlan Plan, IReadOnlyList<HolonError> Warnings);
