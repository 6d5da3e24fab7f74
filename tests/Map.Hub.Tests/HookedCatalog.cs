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

    /// <summary>Runs before the end of a transaction without a commit is recorded; what it throws is what that throws.</summary>
    public Action? BeforeRollback { get; set; }

    /// <summary>Runs before anything saved is read, with the name of the method; what it throws is what the read throws.</summary>
    public Action<string>? BeforeRead { get; set; }

    /// <summary>
    /// Runs for each row that is read of saved holons, with the method and the holon that it is read of: a holon looked up, an id, a
    /// link, an entry of an index.
    /// </summary>
    public Action<string, LocalId>? RowRead { get; set; }

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

        public long SchemaEpoch(long asOf) =>
            Read(nameof(SchemaEpoch)).SchemaEpoch(asOf);

        public long CountHolons(long asOf) =>
            Read(nameof(CountHolons)).CountHolons(asOf);

        public SavedHolon? FindHolon(LocalId id, long asOf)
        {
            catalog.BeforeRead?.Invoke(nameof(FindHolon));
            var found = inner.FindHolon(id, asOf);
            catalog.RowRead?.Invoke(nameof(FindHolon), id);
            return found;
        }

        public IEnumerable<SavedHolon> FindHolons(IEnumerable<LocalId> ids, IReadOnlyCollection<string>? properties, long asOf) =>
            Rows(nameof(FindHolons), Read(nameof(FindHolons)).FindHolons(ids, properties, asOf), static holon => holon.Id);

        public SavedHolon? FindVersion(LocalId id, int version, long asOf) =>
            Read(nameof(FindVersion)).FindVersion(id, version, asOf);

        public long? FindEnd(LocalId id, long asOf) =>
            Read(nameof(FindEnd)).FindEnd(id, asOf);

        public IEnumerable<SavedHolon> Versions(LocalId id, long asOf) =>
            Rows(nameof(Versions), Read(nameof(Versions)).Versions(id, asOf), _ => id);

        public SavedCommit ReadCommit(long number) => inner.ReadCommit(number);

        public IEnumerable<CommitChange> CommitChanges(long number) => inner.CommitChanges(number);

        public IEnumerable<KeyMatch> FindByKey(string key, long asOf) =>
            Rows(nameof(FindByKey), Read(nameof(FindByKey)).FindByKey(key, asOf), match => match.Holon);

        public IEnumerable<KeyMatch> ScanKeys(string prefix, KeyMatch? after, long asOf) =>
            Rows(nameof(ScanKeys), Read(nameof(ScanKeys)).ScanKeys(prefix, after, asOf), match => match.Holon);

        public IEnumerable<LocalId> ScanHolons(LocalId? after, long asOf) =>
            Rows(nameof(ScanHolons), Read(nameof(ScanHolons)).ScanHolons(after, asOf), id => id);

        public IEnumerable<LocalId> ScanInstances(LocalId type, LocalId? after, long asOf) =>
            Rows(nameof(ScanInstances), Read(nameof(ScanInstances)).ScanInstances(type, after, asOf), id => id);

        public long CountInstances(LocalId type, long asOf) =>
            Read(nameof(CountInstances)).CountInstances(type, asOf);

        public IEnumerable<LinkGroup> LinkGroups(LocalId holon, LinkDirection direction, long asOf) =>
            Rows(nameof(LinkGroups), Read(nameof(LinkGroups)).LinkGroups(holon, direction, asOf), _ => holon);

        public IEnumerable<LinkSlot> Links(LocalId holon, LinkDirection direction, LocalId relationship, LinkSlot? after, long asOf) =>
            Rows(nameof(Links), Read(nameof(Links)).Links(holon, direction, relationship, after, asOf), _ => holon);

        public IEnumerable<LinkSlot> LinksBetween(LocalId source, LocalId relationship, LocalId target, long asOf) =>
            Rows(nameof(LinksBetween), Read(nameof(LinksBetween)).LinksBetween(source, relationship, target, asOf), _ => source);

        public CommitOutcome Commit(CommitPlan plan, long nowUnixMicros)
        {
            catalog.BeforeCommit?.Invoke();
            return inner.Commit(plan, nowUnixMicros);
        }

        public void RecordRollback(TransactionId transaction, long nowUnixMicros)
        {
            catalog.BeforeRollback?.Invoke();
            inner.RecordRollback(transaction, nowUnixMicros);
        }

        public TransactionOutcome? FindOutcome(TransactionId transaction) =>
            Read(nameof(FindOutcome)).FindOutcome(transaction);

        private IEnumerable<T> Rows<T>(string method, IEnumerable<T> rows, Func<T, LocalId> of) =>
            catalog.RowRead is null ? rows : Told(method, rows, of);

        private IEnumerable<T> Told<T>(string method, IEnumerable<T> rows, Func<T, LocalId> of)
        {
            foreach (var row in rows)
            {
                catalog.RowRead?.Invoke(method, of(row));
                yield return row;
            }
        }

        private IHolonStore Read(string method)
        {
            catalog.BeforeRead?.Invoke(method);
            return inner;
        }
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
