using Map.Core.Errors;
using Map.Core.Traversing;
using Map.Core.Values;

namespace Map.Hub.Binding;

/// <summary>Turns the message of a query into the core's form of it. Whether its names and values make sense is judged there.</summary>
internal static class TraversalReader
{
    public static Traversal Read(V1.TraverseQuery query)
    {
        if (query.Seeds.Count == 0) throw WireReader.Missing("seeds");
        return new Traversal(
            [.. query.Seeds.Select((seed, i) => ToSeed(seed, $"seeds[{i}]"))], [.. query.Steps.Select((step, i) => ToStep(step, $"steps[{i}]"))])
        {
            IsDistinct = query.Distinct,
            OrderBy = [.. query.OrderBy.Select(
                (order, i) => new TraversalOrder(WireReader.ToName(order.Property, $"order_by[{i}].property"), order.Descending))],
            Limit = query.HasLimit ? query.Limit : null,
            Select = [.. query.Select.Select((name, i) => WireReader.ToName(name, $"select[{i}]"))],
        };
    }

    private static TraversalSeed ToSeed(V1.TraverseSeed seed, string place) => seed.SeedCase switch
    {
        V1.TraverseSeed.SeedOneofCase.Holon => new HolonSeed(WireReader.ToReference(seed.Holon, $"{place}.holon")),
        V1.TraverseSeed.SeedOneofCase.HolonId => new IdSeed(WireReader.ToHolonId(seed.HolonId, $"{place}.holon_id")),
        V1.TraverseSeed.SeedOneofCase.Key =>
            new KeySeed(WireReader.ToKey(seed.Key.Key, $"{place}.key.key"), ToOptionalType(seed.Key.Type, $"{place}.key.type")),
        V1.TraverseSeed.SeedOneofCase.List => new ListSeed(
            ToOptionalType(seed.List.Type, $"{place}.list.type"), seed.List.ExactType, seed.List.HasKeyPrefix ? seed.List.KeyPrefix : null),
        _ => throw WireReader.Missing(place),
    };

    private static TypeSelector? ToOptionalType(V1.TypeSelector? type, string place) => type is null ? null : ToType(type, place);

    private static TypeSelector ToType(V1.TypeSelector? type, string place) => type?.ByCase switch
    {
        V1.TypeSelector.ByOneofCase.Holon => new TypeSelector(WireReader.ToReference(type.Holon, $"{place}.holon"), null),
        V1.TypeSelector.ByOneofCase.Name => new TypeSelector(null, WireReader.ToKey(type.Name, $"{place}.name")),
        _ => throw WireReader.Missing(place),
    };

    private static TraversalStep ToStep(V1.TraverseStep step, string place) => step.StepCase switch
    {
        V1.TraverseStep.StepOneofCase.Expand => ToExpand(step.Expand, $"{place}.expand"),
        V1.TraverseStep.StepOneofCase.Where => new WhereStep(ToCondition(step.Where, $"{place}.where")),
        _ => throw WireReader.Missing(place),
    };

    private static ExpandStep ToExpand(V1.TraverseExpand expand, string place)
    {
        if (expand.Relationships.Count == 0) throw WireReader.Missing($"{place}.relationships");
        var names = expand.Relationships.Select((name, i) => WireReader.ToName(name, $"{place}.relationships[{i}]")).ToList();
        if (expand is { HasMinDepth: true, HasMaxDepth: false })
        {
            throw new HolonException(
                HolonErrorCode.QueryUnbounded, $"\"{place}\" has a least depth and no greatest one. Say how far to go with \"max_depth\".",
                field: $"{place}.max_depth");
        }

        // Beyond this the daemon's limit on hops refuses it anyway, with what is allowed.
        var max = expand.HasMaxDepth ? (int)Math.Min(expand.MaxDepth, int.MaxValue) : 1;
        var min = expand.HasMinDepth ? (int)Math.Min(expand.MinDepth, int.MaxValue) : 1;
        if (min > max) throw WireReader.Invalid($"{place}.min_depth", $"must be at most \"max_depth\", which is {max:N0}");
        return new ExpandStep(names, min, max);
    }

    private static Condition ToCondition(V1.TraverseCondition? condition, string place) => condition?.ConditionCase switch
    {
        V1.TraverseCondition.ConditionOneofCase.Property => ToComparison(condition.Property, $"{place}.property"),
        V1.TraverseCondition.ConditionOneofCase.All => new AllCondition(ToConditions(condition.All, $"{place}.all")),
        V1.TraverseCondition.ConditionOneofCase.Any => new AnyCondition(ToConditions(condition.Any, $"{place}.any")),
        V1.TraverseCondition.ConditionOneofCase.Not => new NotCondition(ToCondition(condition.Not, $"{place}.not")),
        V1.TraverseCondition.ConditionOneofCase.IsA => new TypeCondition(ToType(condition.IsA.Type, $"{place}.is_a.type")),
        _ => throw WireReader.Missing(place),
    };

    private static List<Condition> ToConditions(V1.TraverseConditions conditions, string place)
    {
        if (conditions.Conditions.Count == 0) throw WireReader.Missing($"{place}.conditions");
        return [.. conditions.Conditions.Select((condition, i) => ToCondition(condition, $"{place}.conditions[{i}]"))];
    }

    private static PropertyCondition ToComparison(V1.PropertyComparison comparison, string place) => new(
        WireReader.ToName(comparison.Name, $"{place}.name"),
        comparison.Comparison switch
        {
            V1.Comparison.Equal => Comparison.Equal,
            V1.Comparison.NotEqual => Comparison.NotEqual,
            V1.Comparison.Less => Comparison.Less,
            V1.Comparison.AtMost => Comparison.AtMost,
            V1.Comparison.Greater => Comparison.Greater,
            V1.Comparison.AtLeast => Comparison.AtLeast,
            V1.Comparison.OneOf => Comparison.OneOf,
            V1.Comparison.StartsWith => Comparison.StartsWith,
            V1.Comparison.Contains => Comparison.Contains,
            V1.Comparison.Exists => Comparison.Exists,
            V1.Comparison.Unspecified => throw WireReader.Missing($"{place}.comparison"),
            _ => throw WireReader.Invalid($"{place}.comparison", "is none that this daemon knows"),
        },
        [.. comparison.Values.Select((value, i) => WireReader.ToValue(value, $"{place}.values[{i}]"))]);
}
