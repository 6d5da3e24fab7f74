using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Committing;
using Map.Storage.Encoding;
using Map.Storage.Journaling;
using Map.Storage.Native;
using Map.Storage.Reading;

namespace Map.Storage;

/// <summary>How the database of a space is opened, and what belongs to it.</summary>
/// <param name="Open">Opens it. Called when it is first used and after each close.</param>
/// <param name="RequireRoom">Throws as long as the disk is too full to open it anew.</param>
/// <param name="Wrote">Is told how many bytes were written, after each write.</param>
/// <param name="SetAsidePath">Where journals go that cannot be used.</param>
/// <param name="Recent">What was read lately of all spaces.</param>
internal sealed record StoreFiles(Func<OpenStore> Open, Action RequireRoom, Action<long> Wrote, string SetAsidePath, ReadCache Recent);

/// <summary>
/// The store of one space, the same object for as long as the catalogue is open: its database is closed and opened anew
/// behind it. Readers take no lock; writes that wait at once are made in groups.
/// </summary>
internal sealed class HolonStore : IHolonStore, IDisposable
{
    private readonly StoreGate _gate;
    private readonly PublishedCommits _published;
    private readonly RecentReads _recent;
    private readonly StoreWriter _writer;
    private readonly Action _requireRoom;
    private readonly CommitReader _commits;
    private readonly HolonReader _holons;
    private readonly KeyReader _keys;
    private readonly LinkReader _links;
    private readonly TypeReader _types;

    /// <param name="space">The space.</param>
    /// <param name="files">How its database is opened.</param>
    /// <param name="faults">Where tests make steps fail.</param>
    internal HolonStore(SpaceRecord space, StoreFiles files, Action<FaultPoint>? faults)
    {
        (Space, SpaceHolon, _requireRoom) = (space.Id, space.SpaceHolon, files.RequireRoom);
        var journals = new JournalTable(
            space.Id, new SavedVersions((holon, version) => FindVersion(holon, version, LatestCommit)));
        _published = new PublishedCommits(space.Id, faults);
        _recent = new RecentReads(files.Recent);
        _gate = new StoreGate(space.Id, () => Adopt(files.Open(), journals));
        _writer = new StoreWriter(space, _gate, _published, _recent, journals, files.Wrote, faults);
        Journals = new TransactionJournals(this, journals, files.SetAsidePath);
        _commits = new CommitReader(_gate, space.Id);
        _holons = new HolonReader(_gate, _recent);
        _keys = new KeyReader(_gate);
        _links = new LinkReader(_gate, _recent);
        _types = new TypeReader(_gate);
    }

    /// <inheritdoc/>
    public event Action<long>? Published
    {
        add => _published.Told += value;
        remove => _published.Told -= value;
    }

    /// <inheritdoc/>
    public event Action? Doubted
    {
        add => _writer.Doubted += value;
        remove => _writer.Doubted -= value;
    }

    /// <inheritdoc/>
    public ITransactionJournals Journals { get; }

    /// <inheritdoc/>
    public SpaceId Space { get; }

    /// <inheritdoc/>
    public LocalId SpaceHolon { get; }

    /// <inheritdoc/>
    public long LatestCommit => State.Number;

    /// <inheritdoc/>
    public string? Doubt => _writer.Doubt;

    /// <summary>Whether a write failed, so that nothing more is written before the database is opened anew.</summary>
    internal bool IsInDoubt => _writer.Doubt is not null;

    /// <summary>Whether the database is open now.</summary>
    internal bool IsOpen => _gate.IsOpen;

    /// <summary>How many groups of commits were written.</summary>
    internal long Groups => _writer.Groups;

    /// <summary>How many writes wait for the next group.</summary>
    internal int WaitingWrites => _writer.Waiting;

    /// <summary>The state after the last published commit.</summary>
    internal CommitState State
    {
        get
        {
            if (_published.Last is { } published) return published;
            using (_gate.Enter()) return _published.Last!;
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

    /// <summary>
    /// Closes the database if nobody uses it; it is opened when it is next used. Not while in doubt: the disk may not
    /// let it be opened then, and reads are to go on.
    /// </summary>
    /// <returns>Whether it is closed now.</returns>
    internal bool TryClose() => !IsInDoubt && _gate.TryClose();

    /// <summary>When it was last used: now, if it was since the last time this was asked.</summary>
    internal long LastUse(long now) => _gate.LastUse(now);

    /// <summary>How many bytes of memory hold what was written and is not in tables yet; 0 when it is closed.</summary>
    internal long BufferedBytes()
    {
        using var lease = _gate.Peek();
        return lease?.Store.Rows.BufferedBytes() ?? 0;
    }

    /// <summary>Writes what is in memory into tables, if it is open. Reads and writes go on meanwhile.</summary>
    internal void Flush()
    {
        using var lease = _gate.Peek();
        lease?.Store.Rows.Flush();
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
    public IEnumerable<SavedHolon> FindHolons(IEnumerable<LocalId> ids, IReadOnlyCollection<string>? properties, long asOf)
    {
        At(asOf);
        return _holons.FindAll(ids, properties is null ? null : new PropertyChoice(properties), asOf);
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
        return _links.Links(new LinkGroupId(holon, direction, relationship), after, asOf);
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
        return _writer.Commit(plan, nowUnixMicros);
    }

    /// <inheritdoc/>
    public void RecordRollback(TransactionId transaction, long nowUnixMicros)
    {
        Invariant.Require(transaction.Space == Space, "a transaction is recorded in its own space");
        _writer.RecordRollback(transaction, nowUnixMicros);
    }

    /// <inheritdoc/>
    public TransactionOutcome? FindOutcome(TransactionId transaction)
    {
        Invariant.Require(transaction.Space == Space, "a transaction is sought in its own space");
        using var lease = _gate.Enter();
        return OutcomeRows.Find(lease.Store.Rows, transaction.Local);
    }

    /// <inheritdoc/>
    public void Recover()
    {
        if (!IsInDoubt) return;
        _requireRoom();
        Reopen();
    }

    /// <summary>Opens the database anew: what is on disk then counts.</summary>
    internal void Reopen() => _writer.Reopen();

    /// <summary>Writes journal rows of an open transaction, unsynced: they survive this process, but not a power cut.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="put">Puts the rows, and answers how many it has then.</param>
    /// <returns>How many bytes were written.</returns>
    internal long WriteJournal(TransactionId transaction, Func<WriteBatch, uint> put) =>
        _writer.WriteJournal(transaction, put);

    /// <summary>Closes the store for good once the last read has ended.</summary>
    public void Dispose() => _writer.Close();

    private OpenStore Adopt(OpenStore store, JournalTable journals)
    {
        try
        {
            Invariant.Require(store.SpaceHolon == SpaceHolon, "a space keeps its own holon");
            journals.Reconcile(store.Rows);
            _recent.Adopt(store.Last.Number);
            _published.Adopt(store.Last);
            return store;
        }
        catch
        {
            store.Close();
            throw;
        }
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
