using System.Diagnostics;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Values;
using Map.Storage.Committing;
using Map.Storage.Encoding;
using Map.Storage.Native;
using Map.Storage.Reading;

namespace Map.Storage;

/// <summary>The store of one space. One writer at a time; readers take no lock.</summary>
internal sealed class HolonStore : IHolonStore, IDisposable
{
    private readonly StoreGate _gate;
    private readonly HolonReader _holons;
    private readonly KeyReader _keys;
    private readonly LinkReader _links;
    private readonly TypeReader _types;
    private readonly Action<FaultPoint>? _faults;
    private readonly Lock _writer = new();

    /// <summary>What readers may see. Set only after a commit is on disk; null until the store was first opened.</summary>
    private CommitState? _published;

    /// <summary>The last commit that subscribers were told of.</summary>
    private long _announced;

    /// <summary>Why the store stopped writing; null as long as it has not.</summary>
    private volatile string? _doubt;

    /// <param name="space">The space.</param>
    /// <param name="open">Opens its database; called when it is first used and after each close.</param>
    /// <param name="faults">Where tests make steps fail.</param>
    internal HolonStore(SpaceRecord space, Func<OpenStore> open, Action<FaultPoint>? faults)
    {
        (Space, SpaceHolon, _faults) = (space.Id, space.SpaceHolon, faults);
        _gate = new StoreGate(space.Id, () => Adopt(open()));
        _holons = new HolonReader(_gate);
        _keys = new KeyReader(_gate);
        _links = new LinkReader(_gate);
        _types = new TypeReader(_gate);
    }

    /// <inheritdoc/>
    public event Action<long>? Published;

    /// <inheritdoc/>
    public SpaceId Space { get; }

    /// <inheritdoc/>
    public LocalId SpaceHolon { get; }

    /// <inheritdoc/>
    public long LatestCommit => State.Number;

    /// <summary>Whether a write failed, so that nothing more is written before the store is opened anew.</summary>
    internal bool IsInDoubt => _doubt is not null;

    /// <summary>The state after the last published commit.</summary>
    internal CommitState State
    {
        get
        {
            if (Volatile.Read(ref _published) is { } published) return published;
            using (_gate.Enter()) return Volatile.Read(ref _published)!;
        }
    }

    /// <summary>The database, for tests, which close nothing meanwhile.</summary>
    internal Database Rows
    {
        get
        {
            using var lease = _gate.Enter();
            return lease.Store.Rows;
        }
    }

    /// <summary>Uses the open database, which is not closed before the lease is disposed.</summary>
    internal StoreLease Use() => _gate.Enter();

    /// <summary>Makes sure that it is open.</summary>
    /// <exception cref="StoreException">It cannot be opened; the message says why and what to do.</exception>
    internal void Open() => _gate.Enter().Dispose();

    /// <summary>Closes the database if nobody uses it; it is opened when it is next used.</summary>
    internal bool TryClose() => _gate.TryClose();

    /// <summary>Opens the database anew, which ends a doubt: what is on disk then counts.</summary>
    internal void Reopen()
    {
        lock (_writer)
        {
            _gate.Reopen();
            Announce();
            _doubt = null;
        }
    }

    /// <summary>Writes commit 0 of a new space.</summary>
    internal static CommitState WriteFirst(Database db, SpaceRecord space)
    {
        var plan = new CommitPlan
        {
            Transaction = new TransactionId(space.Id, space.SpaceHolon),
            Label = "Space created",
            Snapshot = 0,
            TouchesSchema = false,
            Links = [],
            Nodes =
            [
                new NodeChange(NodeChangeKind.Create, space.SpaceHolon, null, null, PropertyMap.Empty, null),
            ],
        };
        var prepared = CommitPreparer.Prepare(
            db, plan, before: null, space.SpaceHolon, space.CreatedUnixMicros, out var conflicts);
        Invariant.Require(prepared is not null && conflicts.Count == 0, "an empty store has nothing to conflict with");
        var value = new ByteWriter();
        MetaRows.WriteFormat(value, MetaRows.FormatVersion);
        prepared.Rows.Put(ColumnFamily.Meta, MetaRows.FormatKey, value.Written);
        value.Clear();
        MetaRows.WriteSpace(value, space.Id, space.SpaceHolon);
        prepared.Rows.Put(ColumnFamily.Meta, MetaRows.SpaceKey, value.Written);
        using var batch = db.NewBatch();
        prepared.Rows.WriteTo(batch);
        db.WriteSynced(batch);
        return prepared.After;
    }

    /// <inheritdoc/>
    public long SchemaEpoch(long asOf)
    {
        var published = At(asOf);
        return asOf == published.Number ? published.SchemaEpoch : _holons.ReadCommit(asOf).SchemaEpoch;
    }

    /// <inheritdoc/>
    public long CountHolons(long asOf)
    {
        var published = At(asOf);
        return asOf == published.Number ? published.LiveHolons : _holons.ReadCommit(asOf).LiveHolons;
    }

    /// <inheritdoc/>
    public SavedHolon? FindHolon(LocalId id, long asOf)
    {
        At(asOf);
        return _holons.Find(id, asOf);
    }

    /// <inheritdoc/>
    public SavedHolon? FindVersion(LocalId id, int version, long asOf)
    {
        At(asOf);
        return _holons.FindVersion(id, version, asOf);
    }

    /// <inheritdoc/>
    public IEnumerable<KeyMatch> FindByKey(string key, long asOf)
    {
        At(asOf);
        return _keys.Find(key, asOf);
    }

    /// <inheritdoc/>
    public IEnumerable<KeyMatch> ScanKeys(string prefix, KeyMatch? after, long asOf)
    {
        At(asOf);
        return _keys.Scan(prefix, after, asOf);
    }

    /// <inheritdoc/>
    public IEnumerable<LocalId> ScanHolons(LocalId? after, long asOf)
    {
        At(asOf);
        return _holons.Scan(after, asOf);
    }

    /// <inheritdoc/>
    public IEnumerable<LocalId> ScanInstances(LocalId type, LocalId? after, long asOf)
    {
        At(asOf);
        return _types.Scan(type, after, asOf);
    }

    /// <inheritdoc/>
    public long CountInstances(LocalId type, long asOf)
    {
        At(asOf);
        return _types.Count(type, asOf);
    }

    /// <inheritdoc/>
    public IEnumerable<LinkGroup> LinkGroups(LocalId holon, LinkDirection direction, long asOf)
    {
        At(asOf);
        return _links.Groups(holon, direction, asOf);
    }

    /// <inheritdoc/>
    public IEnumerable<LinkSlot> Links(
        LocalId holon, LinkDirection direction, LocalId relationship, LinkSlot? after, long asOf)
    {
        At(asOf);
        return _links.Links(holon, direction, relationship, after, asOf);
    }

    /// <inheritdoc/>
    public IEnumerable<LinkSlot> LinksBetween(LocalId source, LocalId relationship, LocalId target, long asOf)
    {
        At(asOf);
        return _links.Between(source, relationship, target, asOf);
    }

    /// <inheritdoc/>
    public CommitOutcome Commit(CommitPlan plan, long nowUnixMicros)
    {
        Invariant.Require(plan.Transaction.Space == Space, "a plan is of the space's own transaction");
        lock (_writer)
        {
            RequireCertain();
            using var lease = _gate.Enter();
            var prepared = CommitPreparer.Prepare(
                lease.Store.Rows, plan, State, SpaceHolon, nowUnixMicros, out var conflicts);
            if (prepared is null) return new CommitOutcome(null, conflicts);
            _faults?.Invoke(FaultPoint.CommitPrepared);
            if (prepared.RemovesLinks) lease.Store.Removals.Tell(prepared.After.Number);
            Write(lease.Store.Rows, prepared.Rows);
            Publish(lease.Store, prepared.After);
            return new CommitOutcome(prepared.After.Number, []);
        }
    }

    /// <inheritdoc/>
    public void RecordRollback(TransactionId transaction, long nowUnixMicros)
    {
        Invariant.Require(transaction.Space == Space, "a transaction is recorded in its own space");
        lock (_writer)
        {
            RequireCertain();
            if (FindOutcome(transaction) is { } known)
            {
                Invariant.Require(known.CommitNumber is null, "a committed transaction is not rolled back");
                return;
            }

            Span<byte> key = stackalloc byte[LocalId.Size];
            transaction.Local.Write(key);
            var value = new ByteWriter();
            TransactionRow.Write(value, new TransactionOutcome(null, nowUnixMicros));
            var rows = new RowBatch();
            rows.Put(ColumnFamily.Transactions, key, value.Written);
            using var lease = _gate.Enter();
            Write(lease.Store.Rows, rows);
        }
    }

    /// <inheritdoc/>
    public TransactionOutcome? FindOutcome(TransactionId transaction)
    {
        Invariant.Require(transaction.Space == Space, "a transaction is sought in its own space");
        Span<byte> key = stackalloc byte[LocalId.Size];
        transaction.Local.Write(key);
        using var lease = _gate.Enter();
        using var value = lease.Store.Rows.Get(ColumnFamily.Transactions, key);
        return value.Exists ? TransactionRow.Read(value.Bytes) : null;
    }

    /// <summary>Closes the store for good once the last read has ended.</summary>
    public void Dispose()
    {
        lock (_writer) _gate.Dispose();
    }

    /// <summary>Takes what an opening found: after a doubt that may be commits that were not published yet.</summary>
    private OpenStore Adopt(OpenStore store)
    {
        var before = Volatile.Read(ref _published)?.Number;
        Invariant.Require(store.SpaceHolon == SpaceHolon, "a space keeps its own holon");
        Invariant.Require(before is null || before <= store.Last.Number, "what was published is on disk");
        if (before is null) _announced = store.Last.Number;
        Volatile.Write(ref _published, store.Last);
        return store;
    }

    private void Write(Database db, RowBatch rows)
    {
        try
        {
            _faults?.Invoke(FaultPoint.CommitWriting);
            using var batch = db.NewBatch();
            rows.WriteTo(batch);
            db.WriteSynced(batch);
            _faults?.Invoke(FaultPoint.CommitSynced);
        }
        catch (Exception failure)
        {
            _doubt = $"an earlier write failed ({failure.Message})";
            throw new StoreException(
                $"Space {Space} could not save, and what is on disk is not known: {failure.Message} "
                + "Make room or mend the disk, then restart the daemon, which settles the commit.",
                failure)
            {
                IsInDoubt = true,
            };
        }
    }

    private void Publish(OpenStore store, CommitState after)
    {
        Invariant.Require(after.Number == State.Number + 1, "commits are published in order");
        // First: whoever learns of the commit must not be handed a view from before it.
        store.Views.Renew(after.Number);
        Volatile.Write(ref _published, after);
        _faults?.Invoke(FaultPoint.CommitPublished);
        try
        {
            store.Head.Write(after);
        }
        catch (IOException)
        {
            // The commit is on disk; an older head file only notices less.
        }

        Announce();
    }

    /// <summary>Tells subscribers of what was published since the last time.</summary>
    private void Announce()
    {
        for (var latest = State.Number; _announced < latest;)
        {
            _announced++;
            try
            {
                Published?.Invoke(_announced);
            }
            catch (Exception defect)
            {
                // The commit is saved, and must be answered as such, whatever a subscriber does.
                Trace.TraceError($"A subscriber of space {Space} failed at commit {_announced}: {defect}");
            }
        }
    }

    private void RequireCertain()
    {
        if (_doubt is { } reason)
            throw new StoreException($"Space {Space} takes no commits, since {reason}. It goes on once the daemon is restarted.");
    }

    /// <summary>Checks that a commit can be read as of, and answers the published state.</summary>
    private CommitState At(long asOf)
    {
        var published = State;
        if ((ulong)asOf > (ulong)published.Number)
            throw new ArgumentOutOfRangeException(
                nameof(asOf), asOf, $"Reads are as of a published commit, 0 to {published.Number}.");
        return published;
    }
}
