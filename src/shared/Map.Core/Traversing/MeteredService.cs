using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.Services;

namespace Map.Core.Traversing;

/// <summary>The rows that a query may read, all its steps together.</summary>
/// <param name="limit">How many rows at most.</param>
/// <param name="cancellation">Ends the query.</param>
internal sealed class ReadBudget(long limit, CancellationToken cancellation)
{
    private long _rows;

    /// <summary>Takes a row, if there is one left and somebody waits for it still.</summary>
    public void Take()
    {
        cancellation.ThrowIfCancellationRequested();
        if (_rows++ >= limit) throw TooMuch();
    }

    private HolonException TooMuch() => new([new HolonError(
        HolonErrorCode.QueryReadsTooMuch,
        $"The query reads more than {limit:N0} rows. Filter earlier, begin with fewer holons, or follow fewer links.") { Limit = limit }]);
}

/// <summary>Counts the rows that one step of a query reads.</summary>
internal sealed class ReadMeter(ReadBudget budget)
{
    /// <summary>How many rows were read.</summary>
    public long Rows { get; private set; }

    /// <summary>One row more.</summary>
    public void Read()
    {
        budget.Take();
        Rows++;
    }
}

/// <summary>Saved holons, of which each row that is read is counted.</summary>
internal sealed class MeteredService(IHolonService saved, ReadMeter meter) : IHolonService
{
    public SpaceId Space => saved.Space;

    public LocalId SpaceHolon => saved.SpaceHolon;

    public long LatestCommit => saved.LatestCommit;

    public long SchemaEpoch(long asOf) => saved.SchemaEpoch(asOf);

    public long CountHolons(long asOf) => saved.CountHolons(asOf);

    public SavedHolon? FindHolon(LocalId id, long asOf) => Count(saved.FindHolon(id, asOf));

    public IEnumerable<SavedHolon> FindHolons(IEnumerable<LocalId> ids, IReadOnlyCollection<string>? properties, long asOf) =>
        Count(saved.FindHolons(ids, properties, asOf));

    public SavedHolon? FindVersion(LocalId id, int version, long asOf) => Count(saved.FindVersion(id, version, asOf));

    public long? FindEnd(LocalId id, long asOf) => saved.FindEnd(id, asOf);

    public IEnumerable<SavedHolon> Versions(LocalId id, long asOf) => Count(saved.Versions(id, asOf));

    public SavedCommit ReadCommit(long number) => saved.ReadCommit(number);

    public IEnumerable<CommitChange> CommitChanges(long number) => Count(saved.CommitChanges(number));

    public IEnumerable<KeyMatch> FindByKey(string key, long asOf) => Count(saved.FindByKey(key, asOf));

    public IEnumerable<KeyMatch> ScanKeys(string prefix, KeyMatch? after, long asOf) => Count(saved.ScanKeys(prefix, after, asOf));

    public IEnumerable<LocalId> ScanHolons(LocalId? after, long asOf) => Count(saved.ScanHolons(after, asOf));

    public IEnumerable<LocalId> ScanInstances(LocalId type, LocalId? after, long asOf) => Count(saved.ScanInstances(type, after, asOf));

    public long CountInstances(LocalId type, long asOf) => saved.CountInstances(type, asOf);

    // What is in the heads of groups is no row of them.
    public IEnumerable<LinkGroup> LinkGroups(LocalId holon, LinkDirection direction, long asOf) => saved.LinkGroups(holon, direction, asOf);

    public IEnumerable<LinkSlot> Links(LocalId holon, LinkDirection direction, LocalId relationship, LinkSlot? after, long asOf) =>
        Count(saved.Links(holon, direction, relationship, after, asOf));

    public IEnumerable<LinkSlot> LinksBetween(LocalId source, LocalId relationship, LocalId target, long asOf) =>
        Count(saved.LinksBetween(source, relationship, target, asOf));

    private SavedHolon? Count(SavedHolon? holon)
    {
        meter.Read();
        return holon;
    }

    private IEnumerable<T> Count<T>(IEnumerable<T> rows)
    {
        foreach (var row in rows)
        {
            meter.Read();
            yield return row;
        }
    }
}
