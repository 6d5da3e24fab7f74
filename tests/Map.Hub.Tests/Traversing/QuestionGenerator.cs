using Map.V1;

namespace Map.Hub.Tests.Traversing;

/// <summary>Makes random queries that are legal: it follows which types there can be, and picks names that one of them knows.</summary>
internal sealed class QuestionGenerator(Random random, GraphView view, GraphEdits values)
{
    private static readonly string[] Unordered = ["Done", "Shape", "Tags", "Colour"];

    private HashSet<string> _types = [];
    private bool _isAny;

    public TraverseQuery Next()
    {
        var query = new TraverseQuery { Distinct = random.Next(2) == 0 };
        (_types, _isAny) = ([], false);
        for (var i = Some(1, 3); i > 0; i--) query.Seeds.Add(Seed());
        for (var i = random.Next(5); i > 0; i--)
            query.Steps.Add(random.Next(3) == 0 ? new TraverseStep { Where = Condition(2) } : new TraverseStep { Expand = Expand() });
        for (var i = random.Next(3); i > 0; i--)
            query.OrderBy.Add(new TraverseOrder { Property = PropertyName(name => name is not ("Tags" or "Colour")), Descending = random.Next(2) == 0 });
        if (random.Next(5) == 0) query.Limit = (ulong)random.Next(1, 20);
        for (var i = random.Next(3); i > 0; i--)
            if (PropertyName(_ => true) is var name && !query.Select.Contains(name)) query.Select.Add(name);
        return query;
    }

    private TraverseSeed Seed()
    {
        var holon = Pick(view.Instances);
        switch (random.Next(6))
        {
            case 0:
                Meet(holon.Type);
                return new TraverseSeed { Holon = holon.Reference };
            case 1:
                Meet(holon.Type);
                return new TraverseSeed { HolonId = holon.Id };
            case 2 when holon.Key is not null:
                Meet(holon.Type);
                return new TraverseSeed { Key = new KeySeed { Key = holon.Key, Type = random.Next(2) == 0 ? null : Ask.Named(holon.Type) } };
            case 3 when random.Next(3) == 0:
                _isAny = true;
                return new TraverseSeed { List = new ListSeed { KeyPrefix = Pick(["", "a", "b1", "T"]) } };
            default:
                var type = Pick(GraphSchema.Types.Keys);
                var list = new ListSeed { Type = Ask.Named(type), ExactType = random.Next(3) == 0 };
                Meet(list.ExactType ? [type] : [.. GraphSchema.Family(type)]);
                if (random.Next(4) == 0) list.KeyPrefix = Pick(["", "a", "b", "c2"]);
                return new TraverseSeed { List = list };
        }
    }

    private TraverseExpand Expand()
    {
        var known = (_isAny ? GraphSchema.Types.Keys : _types).SelectMany(GraphSchema.NamesOf).Append((Name: "DescribedBy", To: null)).ToList();
        var picked = Enumerable.Range(0, Some(1, 2)).Select(_ => Pick(known)).DistinctBy(each => each.Name).ToList();
        var expand = new TraverseExpand { Relationships = { picked.Select(each => each.Name) } };
        var (min, max) = random.Next(3) switch { 0 => (1, 1), 1 => (random.Next(3), 2), _ => (random.Next(3), Some(2, 4)) };
        if (min != 1 || max != 1)
        {
            expand.MinDepth = (uint)min;
            expand.MaxDepth = (uint)max;
        }

        // What lies further on is of these types, too, or of any.
        if (min > 0) _types = [];
        if (max > 1 || picked.Any(each => each.To is null)) _isAny = true;
        foreach (var (_, to) in picked)
            if (to is { Length: > 0 }) Meet([.. GraphSchema.Family(to)]);
        return expand;
    }

    private TraverseCondition Condition(int depth)
    {
        switch (random.Next(depth == 0 ? 4 : 8))
        {
            case 4:
                return If.All([.. Enumerable.Range(0, Some(1, 3)).Select(_ => Condition(depth - 1))]);
            case 5:
                return If.Any([.. Enumerable.Range(0, Some(1, 3)).Select(_ => Condition(depth - 1))]);
            case 6:
                return If.Not(Condition(depth - 1));
            case 7:
                return If.IsA(Pick(GraphSchema.Types.Keys));
            default:
                var name = PropertyName(_ => true);
                return Comparison(name);
        }
    }

    private TraverseCondition Comparison(string name)
    {
        var isText = name is "Name" or "Key";
        var comparison = random.Next(9) switch
        {
            0 => V1.Comparison.Exists,
            1 => V1.Comparison.NotEqual,
            2 => V1.Comparison.OneOf,
            3 when isText => V1.Comparison.StartsWith,
            3 or 4 when isText || name == "Tags" => V1.Comparison.Contains,
            < 8 when !Unordered.Contains(name) => (V1.Comparison)random.Next((int)V1.Comparison.Less, (int)V1.Comparison.AtLeast + 1),
            _ => V1.Comparison.Equal,
        };
        var count = comparison switch { V1.Comparison.Exists => 0, V1.Comparison.OneOf => random.Next(4), _ => 1 };
        var condition = If.Is(name, comparison);
        for (var i = 0; i < count; i++)
            condition.Property.Values.Add(comparison == V1.Comparison.Contains ? values.AskedText() : values.Asked(name));
        return condition;
    }

    private string PropertyName(Func<string, bool> fits)
    {
        if (random.Next(8) == 0) return "Key";
        var types = _isAny ? GraphSchema.Types.Keys : (IEnumerable<string>)_types;
        var names = GraphSchema.Properties.Where(each => types.Any(type => GraphSchema.Lineage(type).Contains(each.Type)))
            .Select(each => each.Name).Concat(types.Contains(GraphSchema.Slip) ? ["Colour"] : []).Where(fits).Distinct().ToList();
        return names.Count == 0 ? "Key" : Pick(names);
    }

    private void Meet(params string[] types) => _types.UnionWith(types);

    private int Some(int least, int most) => random.Next(3) > 0 ? least : random.Next(least, most + 1);

    private T Pick<T>(IEnumerable<T> items)
    {
        var list = items as IReadOnlyList<T> ?? [.. items];
        return list[random.Next(list.Count)];
    }
}
