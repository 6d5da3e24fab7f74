using Google.Protobuf;
using Map.V1;

namespace Map.Hub.Tests.Traversing;

/// <summary>Works a query out over a <see cref="GraphView"/>, step by step with lists, one walk after the other.</summary>
internal sealed class NaiveTraversal(GraphView view)
{
    /// <summary>More walks than this are not followed.</summary>
    private const int MaxWalks = 20_000;

    /// <summary>The rows, all pages together; null where there are too many walks to go through them one by one.</summary>
    public List<GraphHolon>? Rows(TraverseQuery query)
    {
        var found = query.Seeds.SelectMany(Seed).ToList();
        foreach (var step in query.Steps)
        {
            if (step.Where is { } condition) found = [.. found.Where(holon => Holds(condition, holon))];
            else if (Expand(step.Expand, found, query.Distinct) is { } reached) found = reached;
            else return null;
        }

        if (query.Distinct) found = [.. found.Distinct()];
        found.Sort((x, y) => Compare(query.OrderBy, x, y));
        return query.HasLimit ? [.. found.Take((int)query.Limit)] : found;
    }

    /// <summary>The order of two rows, with that of creation where all else is equal.</summary>
    public static int Compare(IEnumerable<TraverseOrder> orders, GraphHolon x, GraphHolon y)
    {
        foreach (var order in orders)
        {
            var (a, b) = (x.Properties.GetValueOrDefault(order.Property), y.Properties.GetValueOrDefault(order.Property));
            if (a is null && b is null) continue;
            if (a is null) return 1;
            if (b is null) return -1;
            var compared = NaiveValues.Order(a, b);
            if (compared != 0) return order.Descending ? -compared : compared;
        }

        return x.Place - y.Place;
    }

    private IEnumerable<GraphHolon> Seed(TraverseSeed seed)
    {
        switch (seed.SeedCase)
        {
            case TraverseSeed.SeedOneofCase.Holon:
                return [view.Holons[RandomEdits.Id(seed.Holon)]];
            case TraverseSeed.SeedOneofCase.HolonId:
                return [view.Holons[seed.HolonId.LocalId]];
            case TraverseSeed.SeedOneofCase.Key:
                return [view.Holons.Values.Single(holon => holon.Key == seed.Key.Key && (seed.Key.Type is null || IsOf(holon, seed.Key.Type, true)))];
            default:
                var list = seed.List;
                return view.Holons.Values.Where(holon => (list.Type is null || IsOf(holon, list.Type, list.ExactType))
                    && (!list.HasKeyPrefix || holon.Key?.StartsWith(list.KeyPrefix, StringComparison.Ordinal) == true));
        }
    }

    /// <summary>The ends of all walks of so many links; those of one length after the other.</summary>
    private List<GraphHolon>? Expand(TraverseExpand expand, List<GraphHolon> from, bool distinct)
    {
        var max = expand.HasMaxDepth ? expand.MaxDepth : 1;
        var min = expand.HasMinDepth ? expand.MinDepth : 1;
        List<GraphHolon> at = [.. from], ends = min == 0 ? [.. from] : [];
        for (var depth = 1; depth <= max; depth++)
        {
            at = [.. at.SelectMany(holon => expand.Relationships.SelectMany(name => Members(holon, name)))];
            if (distinct) at = [.. at.Distinct()];
            if (at.Count > MaxWalks) return null;
            if (depth >= min) ends.AddRange(at);
        }

        return distinct ? [.. ends.Distinct()] : ends;
    }

    private IEnumerable<GraphHolon> Members(GraphHolon holon, string name) =>
        holon.Members.GetValueOrDefault(name, []).Select(id => view.Holons[id]);

    private static bool Holds(TraverseCondition condition, GraphHolon holon) => condition.ConditionCase switch
    {
        TraverseCondition.ConditionOneofCase.Property => NaiveValues.Holds(condition.Property, holon),
        TraverseCondition.ConditionOneofCase.All => condition.All.Conditions.All(each => Holds(each, holon)),
        TraverseCondition.ConditionOneofCase.Any => condition.Any.Conditions.Any(each => Holds(each, holon)),
        TraverseCondition.ConditionOneofCase.Not => !Holds(condition.Not, holon),
        _ => IsOf(holon, condition.IsA.Type, isExact: false),
    };

    /// <summary>Tests name types by their keys.</summary>
    private static bool IsOf(GraphHolon holon, TypeSelector type, bool isExact) =>
        GraphSchema.Types.ContainsKey(holon.Type) && (isExact ? holon.Type == type.Name : GraphSchema.Lineage(holon.Type).Contains(type.Name));
}
