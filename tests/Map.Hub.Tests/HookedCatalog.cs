using Map.Core.Identity;
using Map.Core.Services;

namespace Map.Hub.Tests;

/// <summary>The real spaces, with a hook in front of each commit.</summary>
internal sealed class HookedCatalog(ISpaceCatalog inner) : ISpaceCatalog
{
    /// <summary>Runs before the store's own commit; what it throws is what the commit throws.</summary>
    public Action? BeforeCommit { get; set; }

    /// <summary>Runs before a command is journaled; what it throws is what the append throws.</summary>
    public Action? BeforeAppend { get; set; }

    /// <summary>Runs after a command was journaled.</summary>
    public Action? AfterAppend { get; set; }

    /// <summary>Runs before a saved holon is read.</summary>
    public Action? BeforeFind { get; set; }

    public IReadOnlyList<SpaceRecord> List() => inner.List();

    public IHolonStore Create(SpaceRecord space) => new Store(inner.Create(space), this);

    public void Publish(SpaceId space) => inner.Publish(space);

    public void Discard(SpaceId space) => inner.Discard(space);

    public IHolonStore Open(SpaceId space) => new Store(inner.Open(space), this);

    public void Dispose() => inner.Dispose();

    private sealed class Store(IHolonStore inner, HookedCatalog catalog) : IHolonStore
    {
        public event Action<long>? Published
        {
            add => inner.Published += value;
            remove => inner.Published -= value;
        }

        public event Action? Doubted
        {
            add => inner.Doubted += value;
            remove => inner.Doubted -= value;
        }

        public string? Doubt => inner.Doubt;

        public void Recover() => inner.Recover();

        public ITransactionJournals Journals { get; } = new HookedJournals(inner.Journals, catalog);

        public SpaceId Space => inner.Space;

        public LocalId SpaceHolon => inner.SpaceHolon;

        public long LatestCommit => inner.LatestCommit;

        public long SchemaEpoch(long asOf) => inner.SchemaEpoch(asOf);

        public long CountHolons(long asOf) => inner.CountHolons(asOf);

        public SavedHolon? FindHolon(LocalId id, long asOf)
        {
            catalog.BeforeFind?.Invoke();
            return inner.FindHolon(id, asOf);
        }

        public SavedHolon? FindVersion(LocalId id, int version, long asOf) => inner.FindVersion(id, version, asOf);

        public long? FindEnd(LocalId id, long asOf) => inner.FindEnd(id, asOf);

        public IEnumerable<SavedHolon> Versions(LocalId id, long asOf) => inner.Versions(id, asOf);

        public SavedCommit ReadCommit(long number) => inner.ReadCommit(number);

        public IEnumerable<CommitChange> CommitChanges(long number) => inner.CommitChanges(number);

        public IEnumerable<KeyMatch> FindByKey(string key, long asOf) => inner.FindByKey(key, asOf);

        public IEnumerable<KeyMatch> ScanKeys(string prefix, KeyMatch? after, long asOf) => inner.ScanKeys(prefix, after, asOf);

        public IEnumerable<LocalId> ScanHolons(LocalId? after, long asOf) => inner.ScanHolons(after, asOf);

        public IEnumerable<LocalId> ScanInstances(LocalId type, LocalId? after, long asOf) => inner.ScanInstances(type, after, asOf);

        public long CountInstances(LocalId type, long asOf) => inner.CountInstances(type, asOf);

        public IEnumerable<LinkGroup> LinkGroups(LocalId holon, LinkDirection direction, long asOf) =>
            inner.LinkGroups(holon, direction, asOf);

        public IEnumerable<LinkSlot> Links(LocalId holon, LinkDirection direction, LocalId relationship, LinkSlot? after, long asOf) =>
            inner.Links(holon, direction, relationship, after, asOf);

        public IEnumerable<LinkSlot> LinksBetween(LocalId source, LocalId relationship, LocalId target, long asOf) =>
            inner.LinksBetween(source, relationship, target, asOf);

        public CommitOutcome Commit(CommitPlan plan, long nowUnixMicros)
        {
            catalog.BeforeCommit?.Invoke();
            return inner.Commit(plan, nowUnixMicros);
        }

        public void RecordRollback(TransactionId transaction, long nowUnixMicros) => inner.RecordRollback(transaction, nowUnixMicros);

        public TransactionOutcome? FindOutcome(TransactionId transaction) => inner.FindOutcome(transaction);
    }

    private sealed class HookedJournals(ITransactionJournals inner, HookedCatalog catalog) : ITransactionJournals
    {
        public void Begin(TransactionOrigin origin) => inner.Begin(origin);

        public long Append(TransactionId transaction, JournalEntry entry)
        {
            catalog.BeforeAppend?.Invoke();
            var bytes = inner.Append(transaction, entry);
            catalog.AfterAppend?.Invoke();
            return bytes;
        }

        public IEnumerable<TransactionId> Find() => inner.Find();

        public TransactionJournal Read(TransactionId transaction) => inner.Read(transaction);

        public string SetAside(TransactionId transaction, long nowUnixMicros) => inner.SetAside(transaction, nowUnixMicros);
    }
}
