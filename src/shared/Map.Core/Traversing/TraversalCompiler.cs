using Map.Core.Errors;
using Map.Core.References;
using Map.Core.Types;
using Map.Core.Values;
using Map.Core.Views;

namespace Map.Core.Traversing;

/// <summary>Makes a query ready to run: checks all that can be checked before, and plans how it is worked out.</summary>
internal sealed class TraversalCompiler
{
    private readonly TransactionView _view;
    private readonly TraversalLimits _limits;
    private readonly TypeFlow _flow;
    private readonly TypeNames _names;
    private readonly SeedPlanner _seeds;

    // What is known of the holons at the step under way.
    private PossibleTypes _types = PossibleTypes.Any;
    private long _holons;
    private bool _areRead;
    private IReadOnlyCollection<string> _properties = [];

    public TraversalCompiler(TransactionView view, TraversalLimits limits)
    {
        _view = view;
        _limits = limits;
        _flow = new TypeFlow(view);
        _names = new TypeNames(view);
        _seeds = new SeedPlanner(view, _flow, _names);
    }

    /// <summary>Makes a query ready.</summary>
    /// <exception cref="HolonException">It asks for what no type knows, or for too much.</exception>
    public CompiledTraversal Compile(Traversal traversal)
    {
        RequireSizes(traversal);
        _properties = PropertiesOf(traversal);
        var seeds = _seeds.Plan(traversal, _limits.MaxRowsRead);
        _types = TypeFlow.Union(seeds.Select(seed => seed.Types));
        _holons = Cut(seeds.Sum(seed => Cut(seed.Holons)));
        _areRead = seeds.All(seed => seed.AreRead);
        var conditions = new ConditionCompiler(_view, _flow, _names, _limits);
        var steps = traversal.Steps.Select(TraversalNode (step, i) => step switch
        {
            WhereStep where => Filter(where, conditions, $"steps[{i}].where"),
            ExpandStep expand => Expand(expand, traversal.IsDistinct, $"steps[{i}].expand"),
            _ => throw new InvariantException($"No such step: {step.GetType()}"),
        }).ToList();
        for (var i = 0; i < traversal.OrderBy.Count; i++) RequireKnown(traversal.OrderBy[i].Property, $"order_by[{i}].property");
        for (var i = 0; i < traversal.Select.Count; i++) RequireKnown(traversal.Select[i], $"select[{i}]");
        var fetch = new HolonFetch(_properties, _areRead);
        return new CompiledTraversal(traversal, [.. seeds.Select(seed => seed.Node)], steps, Ordering(traversal), fetch, Selection(traversal));
    }

    /// <summary>All that any part of a query asks for, and what tells whether a holon is a type.</summary>
    private static HashSet<string> PropertiesOf(Traversal traversal) =>
    [
        CoreSchema.TypeName,
        .. traversal.Select,
        .. traversal.OrderBy.Select(order => order.Property),
        .. traversal.Steps.OfType<WhereStep>().SelectMany(where => PropertiesOf(where.Condition)),
    ];

    private static IEnumerable<string> PropertiesOf(Condition condition) => condition switch
    {
        PropertyCondition property => [property.Property],
        AllCondition all => all.Conditions.SelectMany(PropertiesOf),
        AnyCondition any => any.Conditions.SelectMany(PropertiesOf),
        NotCondition not => PropertiesOf(not.Condition),
        _ => [],
    };

    private void RequireSizes(Traversal traversal)
    {
        Require(traversal.Seeds.Count, _limits.MaxParts, "seeds", "seeds");
        Require(traversal.Steps.Count, _limits.MaxParts, "steps", "steps");
        Require(traversal.OrderBy.Count, _limits.MaxConditions, "order_by", "properties to order by");
        Require(traversal.Select.Count, _limits.MaxConditions, "select", "properties to select");
        var hops = 0L;
        for (var i = 0; i < traversal.Steps.Count; i++)
        {
            if (traversal.Steps[i] is not ExpandStep expand) continue;
            Require(expand.Names.Count, _limits.MaxConditions, $"steps[{i}].expand.relationships", "relationships in a step");
            hops += expand.MaxDepth;
            if (hops <= _limits.MaxHops) continue;
            throw new HolonException([new HolonError(
                HolonErrorCode.QueryTooDeep, $"The query follows up to {hops:N0} links one after the other; at most {_limits.MaxHops:N0} are allowed.")
            {
                Field = $"steps[{i}].expand",
                Limit = _limits.MaxHops,
            }]);
        }
    }

    private static void Require(int count, int limit, string place, string what)
    {
        if (count > limit) throw Refusals.TooLarge(place, $"A query has at most {limit:N0} {what}.", limit);
    }

    private void RequireKnown(string property, string place)
    {
        if (_flow.ValuesOf(_types, property).Count == 0) throw Refusals.UnknownProperty(_names, _types, property, place);
    }

    private FilterNode Filter(WhereStep where, ConditionCompiler conditions, string place)
    {
        var types = _types;
        var test = conditions.Compile(where.Condition, ref types, place);
        var text = $"{(_areRead ? "K" : "Reads each of the holons and k")}eeps those of which this is true: {test}.";
        var explained = new TraversalPlanStep(text, place, _areRead ? "" : "holons", _areRead ? 0 : _holons);
        var fetch = new HolonFetch(_properties, _areRead);
        _types = types;
        _holons = Math.Min(_holons, _flow.CountOf(types));
        _areRead = true;
        return new FilterNode(explained, test, fetch);
    }

    private ExpandNode Expand(ExpandStep expand, bool isDistinct, string place)
    {
        long rows = 0, reached = expand.MinDepth == 0 ? _holons : 0;
        var ends = new List<PossibleTypes>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        var beginning = _types;
        if (expand.MinDepth == 0) ends.Add(_types);
        for (var depth = 1; depth <= expand.MaxDepth && !(depth > 1 && _types == PossibleTypes.None); depth++)
        {
            rows = Cut(rows + Hop(expand, depth, known));
            if (depth < expand.MinDepth) continue;
            reached = Cut(reached + _holons);
            ends.Add(_types);
        }

        // A name may come into its own further on: from a book to its authors, and from them to what else they wrote.
        for (var i = 0; i < expand.Names.Count; i++)
            if (expand.MaxDepth > 0 && !known.Contains(expand.Names[i]))
                throw Refusals.UnknownRelationship(_names, beginning, expand.Names[i], $"{place}.relationships[{i}]");
        _types = TypeFlow.Union(ends);
        _holons = Math.Min(reached, _flow.CountOf(_types));
        _areRead = false;
        var names = string.Join(" or ", expand.Names.Select(name => $"\"{name}\""));
        var far = expand switch
        {
            { MinDepth: 1, MaxDepth: 1 } => "",
            { MinDepth: var min, MaxDepth: var max } when min == max => $" over {max} links",
            _ => $" over {expand.MinDepth} to {expand.MaxDepth} links",
        };
        return new ExpandNode(
            new TraversalPlanStep($"From each goes on to its {names}{far}, by the index of links.", place, "links", rows), expand, isDistinct, _limits);
    }

    /// <summary>Follows the types over one hop, and tells how many rows it reads at most.</summary>
    /// <param name="expand">What is followed.</param>
    /// <param name="depth">Which hop, 1 first.</param>
    /// <param name="known">Takes the names that lead on.</param>
    private long Hop(ExpandStep expand, int depth, HashSet<string> known)
    {
        // Where limits allow very many hops, planning them takes long, too.
        _view.Cancellation.ThrowIfCancellationRequested();
        var reached = new List<PossibleTypes>();
        var most = 0L;
        foreach (var name in expand.Names)
        {
            if (_flow.After(_types, name) is not { } after) continue;
            known.Add(name);
            reached.Add(after);
            most = Cut(most + Cut(_flow.MostMembers(_types, name, after)));
        }

        var links = Multiply(_holons, most);
        // Of what is staged, the store is asked whether it is there still.
        var rows = Cut((_areRead && depth == 1 ? 0 : _holons) + links + Multiply(Math.Min(_holons, _view.State.Nursery.Count), most));
        _types = reached.Count == 0 ? PossibleTypes.None : TypeFlow.Union(reached);
        _holons = Math.Min(links, _flow.CountOf(_types));
        return rows;
    }

    private TraversalPlanStep? Ordering(Traversal traversal)
    {
        if (traversal.OrderBy.Count == 0) return null;
        var by = string.Join(", then ", traversal.OrderBy.Select(order => order.Property + (order.IsDescending ? " descending" : "")));
        var text = $"{(_areRead ? "P" : "Reads each of the holons and p")}uts them in order of {by}, and keeps as many as the page has.";
        var explained = new TraversalPlanStep(text, "order_by", _areRead ? "" : "holons", _areRead ? 0 : _holons);
        _areRead = true;
        return explained;
    }

    private TraversalPlanStep? Selection(Traversal traversal)
    {
        if (traversal.Select.Count == 0) return null;
        var text = $"{(_areRead ? "T" : "Reads the holons of the page and t")}ells {string.Join(", ", traversal.Select)}.";
        return new TraversalPlanStep(text, "select", _areRead ? "" : "holons", _areRead ? 0 : _holons);
    }

    /// <summary>No query reads more rows than the limit.</summary>
    private long Cut(long rows) => Math.Min(rows, _limits.MaxRowsRead);

    private long Multiply(long a, long b) => a == 0 || b <= _limits.MaxRowsRead / a ? a * b : _limits.MaxRowsRead;
}
