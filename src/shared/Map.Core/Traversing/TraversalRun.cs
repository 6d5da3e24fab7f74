using Map.Core.Editing;
using Map.Core.Values;
using Map.Core.Views;

namespace Map.Core.Traversing;

/// <summary>One run of a query, for one page of its rows.</summary>
internal sealed class TraversalRun(TransactionView view, CompiledTraversal compiled, TraversalLimits limits)
{
    private readonly ReadBudget _budget = new(limits.MaxRowsRead, view.Cancellation);
    private readonly List<TraversalPlanStep> _plan = [];
    private readonly List<ReadMeter> _meters = [];

    private Traversal Query => compiled.Query;

    /// <summary>Finds the rows of a page.</summary>
    /// <param name="after">Where to continue; null to start.</param>
    /// <param name="size">How many rows at most.</param>
    public TraversalPage Page(TraversalPosition? after, int size)
    {
        var told = after?.Told ?? 0;
        var left = Query.Limit is { } limit ? limit - Math.Min(limit, told) : ulong.MaxValue;
        var wanted = (int)Math.Min((ulong)size, left);
        var found = Steps(Begin(after));
        var candidates = compiled.Ordering is { } ordering
            ? new RowOrder(Query.OrderBy).First(Behind(WithValues(found, Metered(ordering)), after), wanted + 1)
            : Behind(found.Select(each => new Candidate(each, [])), after);
        return ToPage(candidates, after, wanted, isLast: (ulong)wanted == left);
    }

    private IEnumerable<Found> Begin(TraversalPosition? after)
    {
        if (compiled.Seeds is [{ IsInOrder: true } only])
        {
            // A later page begins behind the last holon, where what follows only leaves some out.
            var goesOn = compiled.Ordering is null && compiled.Steps.All(step => step is FilterNode);
            return only.Begin(goesOn ? after?.Holon : null, Metered(only.Explanation));
        }

        var bag = new HolonBag(Query.IsDistinct, limits.MaxHeld);
        foreach (var seed in compiled.Seeds)
            foreach (var found in seed.Begin(null, Metered(seed.Explanation))) bag.Add(found.Id, found.Ways);
        return bag.ToList();
    }

    private IEnumerable<Found> Steps(IEnumerable<Found> found)
    {
        foreach (var step in compiled.Steps) found = step.Run(found, Metered(step.Explanation));
        return found;
    }

    private IEnumerable<Candidate> WithValues(IEnumerable<Found> found, TransactionView read)
    {
        foreach (var each in compiled.OrderedFetch.Read(found, read))
        {
            var values = new BaseValue?[Query.OrderBy.Count];
            for (var i = 0; i < values.Length; i++) values[i] = HolonTest.ValueOf(each.Holon!, Query.OrderBy[i].Property, read);
            yield return new Candidate(each, values);
        }
    }

    /// <summary>The candidates at and behind a position: rows of its own holon may be left.</summary>
    private IEnumerable<Candidate> Behind(IEnumerable<Candidate> candidates, TraversalPosition? after)
    {
        if (after is null) return candidates;
        var order = new RowOrder(Query.OrderBy);
        return candidates.Where(candidate => order.Compare(candidate.Values, candidate.Found.Id, after.Values, after.Holon) switch
        {
            0 => candidate.Found.Ways > after.Nth,
            var at => at > 0,
        });
    }

    private TraversalPage ToPage(IEnumerable<Candidate> candidates, TraversalPosition? after, int wanted, bool isLast)
    {
        var read = compiled.Selection is { } selection ? Metered(selection) : view;
        var rows = new List<TraversalRow>();
        TraversalPosition? last = null;
        var hasMore = false;
        long bytes = 0;
        foreach (var (found, values) in candidates)
        {
            if (hasMore = rows.Count == wanted || bytes > limits.MaxPageBytes) break;
            var nth = after is { } at && at.Holon == found.Id && IsAt(values, at) ? at.Nth : 0;
            if (ToRow(found, read) is not { } row) continue;
            var size = row.Properties.Sum(property => (long)PropertyRules.Size(property.Value));
            var fit = size == 0 ? long.MaxValue : 1 + (Math.Max(0, limits.MaxPageBytes - bytes) / size);
            var count = Math.Min(found.Ways - nth, (ulong)Math.Min(wanted - rows.Count, fit));
            for (var i = 0UL; i < count; i++) rows.Add(row);
            bytes += size * (long)count;
            last = new TraversalPosition((after?.Told ?? 0) + (ulong)rows.Count, found.Id, nth + count, values);
            if (hasMore = nth + count < found.Ways) break;
        }

        return new TraversalPage(rows, hasMore && !(isLast && rows.Count == wanted) ? last : null, Read());
    }

    private bool IsAt(BaseValue?[] values, TraversalPosition at) => new RowOrder(Query.OrderBy).Compare(values, at.Holon, at.Values, at.Holon) == 0;

    private TraversalRow? ToRow(Found found, TransactionView read)
    {
        if (Query.Select.Count == 0) return new TraversalRow(view.ReferenceTo(found.Id), []);
        if ((found.Holon ?? read.Find(found.Id)) is not { } holon) return null;
        var properties = new List<KeyValuePair<string, BaseValue>>(Query.Select.Count);
        foreach (var name in Query.Select)
            if (holon.Properties[name] is { } value) properties.Add(new(name, value));
        return new TraversalRow(view.ReferenceTo(found.Id), properties);
    }

    /// <summary>The view for one step of the plan, through which what it reads is counted.</summary>
    private TransactionView Metered(TraversalPlanStep step)
    {
        var meter = new ReadMeter(_budget);
        _plan.Add(step);
        _meters.Add(meter);
        return view.ThroughForHolons(new MeteredService(view.Saved, meter));
    }

    private List<TraversalPlanStep> Read() => [.. _plan.Zip(_meters, (step, meter) => step with { RowsRead = meter.Rows })];
}
