using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Values;
using Map.Storage.Committing;
using Map.Storage.Encoding;
using Map.Storage.Journaling;
using Map.Storage.Native;
using Map.Storage.Reading;

namespace Map.Storage;

/// <summary>The store of one space. One writer at a time; readers take no lock.</summary>
internal sealed class HolonStore : IHolonStore, IDisposable
{
    private readonly Database _db;
    private readonly ViewPool _views;
    private readonly CommitReader _commits;
    private readonly HolonReader _holons;
    private readonly KeyReader _keys;
    private readonly LinkReader _links;
    private readonly TypeReader _types;
    private readonly HeadFile _head;
    private readonly RemovalWatch _removals;
    private readonly Action<FaultPoint>? _faults;
    private readonly JournalTable _journals;
    private readonly Lock _writer = new();

    /// <summary>What readers may see. Set only after a commit is on disk.</summary>
    private CommitState _published;

    /// <summary>Why the store stopped writing; null as long as it has not.</summary>
    private volatile string? _doubt;

    private HolonStore(
        Database db, HeadFile head, string setAsidePath, Action<FaultPoint>? faults, SpaceId space, LocalId spaceHolon,
        CommitState published)
    {
        (_db, _head, _faults) = (db, head, faults);
        (Space, SpaceHolon, _published) = (space, spaceHolon, published);
        _views = new ViewPool(db);
        _views.Renew(published.Number);
        _journals = new JournalTable(space, new SavedVersions((holon, version) => FindVersion(holon, version, LatestCommit)));
        Journals = new TransactionJournals(this, _journals, setAsidePath);
        _commits = new CommitReader(db, space);
        _holons = new HolonReader(_views);
        _keys = new KeyReader(_views);
        _removals = new RemovalWatch(published.Number);
        _links = new LinkReader(db, _views, _removals);
        _types = new TypeReader(db, _views);
    }

    /// <inheritdoc/>
    public event Action<long>? Published;

    /// <inheritdoc/>
    public ITransactionJournals Journals { get; }

    /// <inheritdoc/>
    public SpaceId Space { get; }

    /// <inheritdoc/>
    public LocalId SpaceHolon { get; }

    /// <inheritdoc/>
    public long LatestCommit => Volatile.Read(ref _published).Number;

    /// <summary>Whether a write failed, so that nothing more is written before the store is opened anew.</summary>
    internal bool IsInDoubt => _doubt is not null;

    /// <summary>The database, for tests and checks.</summary>
    internal Database Rows => _db;

    /// <summary>The state after the last published commit.</summary>
    internal CommitState State => Volatile.Read(ref _published);

    /// <summary>Makes the store of a new space, with commit 0.</summary>
    internal static HolonStore Create(
        Database db, HeadFile head, string setAsidePath, SpaceRecord space, Action<FaultPoint>? faults)
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
        head.Write(prepared.After);
        return new HolonStore(db, head, setAsidePath, faults, space.Id, space.SpaceHolon, prepared.After);
    }

    /// <summary>Takes over an opened database after checking that it is this space, of a known format, and whole.</summary>
    /// <exception cref="StoreException">It is not.</exception>
    internal static HolonStore Open(
        Database db, HeadFile head, string setAsidePath, SpaceId space, Action<FaultPoint>? faults)
    {
        var (spaceHolon, last) = StoreHead.Read(db, space);
        head.Require(space, last, number => StoreHead.HashOf(db, number));
        head.Write(last);
        return new HolonStore(db, head, setAsidePath, faults, space, spaceHolon, last);
    }

    /// <inheritdoc/>
    public long SchemaEpoch(long asOf)
    {
        var published = At(asOf);
        return asOf == published.Number ? published.SchemaEpoch : _commits.ReadHeader(asOf).SchemaEpoch;
    }

    /// <inheritdoc/>
    public long CountHolons(long asOf)
    {
        var published = At(asOf);
        return asOf == published.Number ? published.LiveHolons : _commits.ReadHeader(asOf).LiveHolons;
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
    public long? FindEnd(LocalId id, long asOf)
    {
        At(asOf);
        return _holons.FindEnd(id, asOf);
    }

    /// <inheritdoc/>
    public IEnumerable<SavedHolon> Versions(LocalId id, long asOf)
    {
        At(asOf);
        return _holons.Versions(id, asOf);
    }

    /// <inheritdoc/>
    public SavedCommit ReadCommit(long number)
    {
        At(number);
        return _commits.Read(number);
    }

    /// <inheritdoc/>
    public IEnumerable<CommitChange> CommitChanges(long number)
    {
        At(number);
        return _commits.Changes(number);
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
            var prepared = CommitPreparer.Prepare(
                _db, plan, _published, SpaceHolon, nowUnixMicros, out var conflicts);
            if (prepared is null) return new CommitOutcome(null, conflicts);
            _faults?.Invoke(FaultPoint.CommitPrepared);
            if (prepared.RemovesLinks) _removals.Tell(prepared.After.Number);
            Write(prepared.Rows, plan.Transaction);
            Publish(prepared.After);
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
            Write(rows, transaction);
        }
    }

    /// <inheritdoc/>
    public TransactionOutcome? FindOutcome(TransactionId transaction)
    {
        Invariant.Require(transaction.Space == Space, "a transaction is sought in its own space");
        Span<byte> key = stackalloc byte[LocalId.Size];
        transaction.Local.Write(key);
        using var value = _db.Get(ColumnFamily.Transactions, key);
        return value.Exists ? TransactionRow.Read(value.Bytes) : null;
    }

    /// <summary>Closes the store once the last read has ended.</summary>
    public void Dispose()
    {
        lock (_writer)
        {
            _doubt ??= "it is closed";
            _views.Dispose();
            _db.Dispose();
            _head.Dispose();
        }
    }

    /// <summary>Writes journal rows of an open transaction, unsynced: they survive this process, but not a power cut.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="put">Puts the rows, and answers how many it has then.</param>
    /// <returns>How many bytes were written.</returns>
    internal long WriteJournal(TransactionId transaction, Func<WriteBatch, uint> put)
    {
        RequireCertain();
        using var batch = _db.NewBatch();
        var rows = put(batch);
        try
        {
            _faults?.Invoke(FaultPoint.JournalWriting);
            _db.WriteUnsynced(batch);
            _faults?.Invoke(FaultPoint.JournalWritten);
        }
        catch (Exception failure)
        {
            _doubt = $"an earlier write failed ({failure.Message})";
            throw new StoreException($"Space {Space} could not save, so nothing was changed: {failure.Message}", failure);
        }

        _journals.Keep(transaction.Local, rows);
        return batch.Bytes;
    }

    /// <summary>Writes what ends a transaction, and removes its journal.</summary>
    private void Write(RowBatch rows, TransactionId ended)
    {
        try
        {
            _faults?.Invoke(FaultPoint.CommitWriting);
            using var batch = _db.NewBatch();
            rows.WriteTo(batch);
            _journals.Remove(batch, ended.Local);
            _db.WriteSynced(batch);
            _journals.Forget(ended.Local);
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

    private void Publish(CommitState after)
    {
        Invariant.Require(after.Number == _published.Number + 1, "commits are published in order");
        // First: whoever learns of the commit must not be handed a view from before it.
        _views.Renew(after.Number);
        Volatile.Write(ref _published, after);
        _faults?.Invoke(FaultPoint.CommitPublished);
        try
        {
            _head.Write(after);
        }
        catch (IOException)
        {
            // The commit is on disk; an older head file only notices less.
        }

        Published?.Invoke(after.Number);
    }

    private void RequireCertain()
    {
        if (_doubt is { } reason)
            throw new StoreException($"Space {Space} takes no commits, since {reason}. It goes on once the daemon is restarted.");
    }

    /// <summary>Checks that a commit can be read as of, and answers the published state.</summary>
    private CommitState At(long asOf)
    {
        var published = Volatile.Read(ref _published);
        if ((ulong)asOf > (ulong)published.Number)
            throw new ArgumentOutOfRangeException(
                nameof(asOf), asOf, $"Reads are as of a published commit, 0 to {published.Number}.");
        return published;
    }
}
