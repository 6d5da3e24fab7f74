using Map.V1;

namespace Map.Hub.Tests.Traversing;

/// <summary>Makes random queries that are legal: it follows which types there can be, and picks names that one of them knows.</summary>
internal sealed class QuestionGenerator(Random random, GraphView view, GraphEdits values)
{
    private static readonly string[] Unordered = ["Done", "Shape", "Tags", "Colour"];

    // The types that there may be at the step under way; null for any.
    private HashSet<string>? _types = [];

    public TraverseQuery Next()
    {
        var query = new TraverseQuery { Distinct = random.Next(2) == 0 };
        _types = [];
        for (var i = Some(1, 3); i > 0; i--) query.Seeds.Add(Seed());
        for (var i = random.Next(5); i > 0; i--)
            query.Steps.Add(random.Next(3) == 0 ? new TraverseStep { Where = Condition(2) } : new TraverseStep { Expand = Expand() });
        for (var i = random.Next(3); i > 0; i--)
        {
            var property = PropertyName(name => name is not ("Tags" or "Colour"));
            query.OrderBy.Add(new TraverseOrder { Property = property, Descending = random.Next(2) == 0 });
        }

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
                _types = null;
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
        var known = Known.SelectMany(GraphSchema.NamesOf).Select(each => each.Name).Append("DescribedBy").ToList();
        var expand = new TraverseExpand { Relationships = { Enumerable.Range(0, Some(1, 2)).Select(_ => Pick(known)).Distinct() } };
        var (min, max) = random.Next(3) switch { 0 => (1, 1), 1 => (random.Next(3), 2), _ => (random.Next(3), Some(2, 4)) };
        if (min != 1 || max != 1)
        {
            expand.MinDepth = (uint)min;
            expand.MaxDepth = (uint)max;
        }

        List<HashSet<string>?> at = [_types];
        // Where no type knows one of the names, the way ends.
        for (var depth = 1; depth <= max && !(depth > 1 && at[^1] is { Count: 0 }); depth++) at.Add(After(at[^1], expand.Relationships));
        var ends = at.Skip(min).ToList();
        _types = ends.Contains(null) ? null : [.. ends.SelectMany(types => types!)];
        return expand;
    }

    /// <summary>The types of what holons of some types have under some names.</summary>
    private static HashSet<string>? After(HashSet<string>? types, IEnumerable<string> names)
    {
        var after = new HashSet<string>();
        foreach (var name in names)
        {
            // A slip may have members under any name.
            if (types is null || types.Count == 0 || name == "DescribedBy") return null;
            foreach (var type in types)
            {
                var found = GraphSchema.NamesOf(type).Where(each => each.Name == name && each.To is not null).ToList();
                if (found.Count == 0 && type == GraphSchema.Slip) return null;
                after.UnionWith(found.SelectMany(each => GraphSchema.Family(each.To!)));
            }
        }

        return after;
    }

    private TraverseCondition Condition(int depth)
    {
        switch (random.Next(depth == 0 ? 4 : 8))
        {
            case 4:
                // What one says of the type, the next may rely on.
                return If.All([.. Enumerable.Range(0, Some(1, 3)).Select(_ => Condition(depth - 1))]);
            case 5:
                return If.Any([.. Enumerable.Range(0, Some(1, 3)).Select(_ => Apart(depth - 1))]);
            case 6:
                return If.Not(Apart(depth - 1));
            case 7:
                var type = Pick(GraphSchema.Types.Keys);
                _types = [.. GraphSchema.Family(type).Where(each => _types?.Contains(each) ?? true)];
                return If.IsA(type);
            default:
                var name = PropertyName(_ => true);
                return Comparison(name);
        }
    }

    private TraverseCondition Apart(int depth)
    {
        var types = _types;
        var condition = Condition(depth);
        _types = types;
        return condition;
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
        var names = GraphSchema.Properties.Where(each => Known.Any(type => GraphSchema.Lineage(type).Contains(each.Type)))
            .Select(each => each.Name).Concat(Known.Contains(GraphSchema.Slip) ? ["Colour"] : []).Where(fits).Distinct().ToList();
        return names.Count == 0 ? "Key" : Pick(names);
    }

    /// <summary>The types of which names may be used.</summary>
    private IReadOnlyCollection<string> Known => _types is { Count: > 0 } types ? types : [.. GraphSchema.Types.Keys];

    private void Meet(params string[] types) => _types?.UnionWith(types);

    private int Some(int least, int most) => random.Next(3) > 0 ? least : random.Next(least, most + 1);

    private T Pick<T>(IEnumerable<T> items)
    {
        var list = items as IReadOnlyList<T> ?? [.. items];
        return list[random.Next(list.Count)];
    }
}
