using System.Collections.Concurrent;
using Map.Core.Dancing;
using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Types;
using Map.Core.Validation;
using Map.Core.Views;
using Map.Hub.Transactions;
using Map.Hub.Watching;
using Microsoft.Extensions.Logging;

namespace Map.Hub.Spaces;

/// <summary>
/// The runtime authority of one space: owns the set and the lifecycle of its transactions. Provisional state belongs
/// to the transactions, saved state to the store.
/// </summary>
public sealed class HolonSpaceManager
{
    private readonly ConcurrentDictionary<TransactionId, Transaction> _transactions = new();
    private readonly ContractCache _contracts = new();
    private readonly HubOptions _options;
    private readonly IdGenerator _ids;
    private readonly TimeProvider _time;
    private readonly CommitSignal _commits;
    private readonly StreamLimit _watchers;
    private readonly StreamLimit _allWatchers;

    /// <summary>Takes over a space, with the transactions that were open when it was last in use.</summary>
    internal HolonSpaceManager(
        SpaceRecord space, IHolonStore store, HubOptions options, IdGenerator ids, TimeProvider time, StreamLimit allWatchers,
        ILogger logger, Action<SpaceRecord, bool> writabilityChanged)
    {
        Space = space;
        Store = store;
        _options = options;
        _ids = ids;
        _time = time;
        _commits = new CommitSignal(store);
        _watchers = new StreamLimit(options.MaxWatchersOfSpace, $"The space \"{space.Name}\"", "watchers");
        _allWatchers = allWatchers;
        var recovery = new TransactionRecovery(store, ToTransaction, ids, time, logger);
        foreach (var transaction in recovery.Recover()) Invariant.Holds(_transactions.TryAdd(transaction.Id, transaction));
        JournalsSetAside = recovery.SetAside;
        _ = new SpaceRecovery(space, store, SettleAll, writabilityChanged, time, logger);
    }

    /// <summary>The space.</summary>
    public SpaceRecord Space { get; }

    /// <summary>How many transactions are open.</summary>
    public int OpenTransactions => _transactions.Count;

    /// <summary>How many transactions did not come back when the space was opened, since their journals cannot be used.</summary>
    public int JournalsSetAside { get; }

    /// <summary>How many watch it.</summary>
    public int Watchers => _watchers.Count;

    /// <summary>The last commit, the live holons at it, and the id of the space's own holon.</summary>
    public (long LastCommit, long Holons, LocalId SpaceHolon) Figures
    {
        get
        {
            var commit = Store.LatestCommit;
            return (commit, Store.CountHolons(commit), Store.SpaceHolon);
        }
    }

    internal IHolonStore Store { get; }

    /// <summary>Begins a transaction.</summary>
    /// <param name="label">What the work is, for a person.</param>
    /// <param name="client">Which program asks.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="asOf">The commit to read as of; the latest when null.</param>
    /// <exception cref="HolonException">Too many are open, or there is no such commit.</exception>
    /// <exception cref="StoreException">The store takes no writes.</exception>
    public TransactionInfo Begin(string label, string client, Caller caller, long? asOf = null)
    {
        RequireRoom();
        var snapshot = CommitOrLatest(asOf, "snapshot");
        var origin = new TransactionOrigin(
            new TransactionId(Space.Id, _ids.Next()),
            label,
            client,
            caller.Name,
            (int)caller.Scope,
            _time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000,
            snapshot,
            Store.SchemaEpoch(snapshot));
        Store.Journals.Begin(origin);
        var transaction = ToTransaction(origin);
        Invariant.Holds(_transactions.TryAdd(transaction.Id, transaction));
        return transaction.Info;
    }

    /// <summary>Judges all saved holons by their types, as of the latest commit.</summary>
    /// <param name="tell">Is told how far it is.</param>
    /// <param name="cancellation">Ends it early.</param>
    public SavedReport CheckTypes(Action<StepProgress> tell, CancellationToken cancellation) =>
        SavedCheck.Run(ViewOfLatest(cancellation), tell);

    /// <summary>The saved holons that name a guest module as their code, as of the latest commit.</summary>
    /// <param name="module">The hash of the module.</param>
    /// <param name="cancellation">Ends it early.</param>
    public IReadOnlyList<ModuleDependent> DependentsOf(string module, CancellationToken cancellation) =>
        [.. ModuleDependents.Of(ViewOfLatest(cancellation), module)];

    /// <summary>Watches what is committed.</summary>
    /// <param name="after">The commit after which to begin; the latest when null.</param>
    /// <exception cref="HolonException">Too many watch, or there is no such commit.</exception>
    public CommitWatch Watch(long? after)
    {
        var from = CommitOrLatest(after, "after_commit");
        _watchers.Enter();
        try
        {
            _allWatchers.Enter();
        }
        catch
        {
            _watchers.Leave();
            throw;
        }

        return new CommitWatch(Store, _commits, from, _options, _time, () =>
        {
            _watchers.Leave();
            _allWatchers.Leave();
        });
    }

    /// <summary>Watches what goes on in a transaction; of one that has ended it tells that alone.</summary>
    /// <exception cref="HolonException">Too many watch, or there is no such transaction.</exception>
    public TransactionWatch WatchTransaction(TransactionId id)
    {
        if (!_transactions.TryGetValue(id, out var transaction)) return new TransactionWatch(Describe(id));
        _allWatchers.Enter();
        return new TransactionWatch(transaction, _allWatchers.Leave);
    }

    /// <summary>Open transactions, oldest first.</summary>
    public IReadOnlyList<TransactionInfo> List() =>
        [.. _transactions.Values.Select(transaction => transaction.Info).OrderBy(info => info.Id.Local)];

    /// <summary>What became of a transaction, also after it ended.</summary>
    /// <exception cref="HolonException">Not known.</exception>
    public TransactionInfo Describe(TransactionId id)
    {
        if (_transactions.TryGetValue(id, out var transaction))
            return transaction.IsInDoubt ? throw Endings.InDoubt() : transaction.Info;
        var outcome = Store.FindOutcome(id) ?? throw Endings.NotFound(id);
        var status = outcome.CommitNumber is null ? TransactionStatus.RolledBack : TransactionStatus.Committed;
        return new TransactionInfo(id, "", "", status, 0, 0, 0, outcome.CommitNumber);
    }

    /// <summary>The open transaction of an id.</summary>
    /// <exception cref="HolonException">Unknown, committed or rolled back, each with its own error.</exception>
    internal Transaction Find(TransactionId id)
    {
        if (_transactions.TryGetValue(id, out var transaction))
        {
            transaction.Use(_time.GetTimestamp());
            return transaction;
        }

        throw Store.FindOutcome(id) is { } outcome
            ? Endings.ToException(outcome.CommitNumber)
            : Endings.NotFound(id);
    }

    /// <summary>Forgets a transaction that ended; the store knows its outcome.</summary>
    internal void Forget(TransactionId id) => _transactions.TryRemove(id, out _);

    /// <summary>Settles the transactions that are in doubt, after the store was opened anew.</summary>
    /// <returns>How many.</returns>
    private int SettleAll()
    {
        var settled = 0;
        foreach (var transaction in _transactions.Values)
        {
            if (transaction.Settle()) settled++;
            if (transaction.HasEnded) Forget(transaction.Id);
        }

        return settled;
    }

    /// <summary>Rolls back the transactions that were not used for long and in which nothing was staged.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="StoreException">One could not be ended; it is as it was, or in doubt.</exception>
    internal int Expire()
    {
        var expired = 0;
        foreach (var transaction in _transactions.Values)
        {
            if (!transaction.TryExpire(_options.EmptyTransactionLifetime, _time)) continue;
            Forget(transaction.Id);
            expired++;
        }

        return expired;
    }

    /// <summary>What a transaction would see that begins now.</summary>
    private TransactionView ViewOfLatest(CancellationToken cancellation)
    {
        var latest = Store.LatestCommit;
        var state = new TransactionState
        {
            Transaction = new TransactionId(Space.Id, _ids.Next()),
            Snapshot = latest,
            SchemaEpoch = Store.SchemaEpoch(latest),
        };
        return new TransactionView(state, Store, _contracts) { Cancellation = cancellation };
    }

    private Transaction ToTransaction(TransactionOrigin origin)
    {
        var transaction = new Transaction(origin, Space.EnforceValidation, Store, _contracts, _options, _ids.Next);
        transaction.Use(_time.GetTimestamp());
        return transaction;
    }

    private long CommitOrLatest(long? number, string field)
    {
        var latest = Store.LatestCommit;
        if (number is not { } asked) return latest;
        if (asked <= latest) return asked;
        throw new HolonException(
            HolonErrorCode.CommitNotFound,
            $"The space \"{Space.Name}\" has no commit {asked}; its last is {latest}.",
            field: field);
    }

    private void RequireRoom()
    {
        if (_transactions.Count < _options.MaxOpenTransactions) return;
        throw new HolonException([new HolonError(
            HolonErrorCode.TooManyTransactions,
            $"The space has {_transactions.Count:N0} open transactions; at most {_options.MaxOpenTransactions:N0} are allowed. Commit or roll back some.")
        {
            IsRetryable = true,
            Limit = _options.MaxOpenTransactions,
        }]);
    }
}
