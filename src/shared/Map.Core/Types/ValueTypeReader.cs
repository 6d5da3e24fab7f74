using Map.Core.Identity;
using Map.Core.Values;

namespace Map.Core.Types;

/// <summary>Works out what value types allow. All constraints along a lineage hold, so of two alike the narrower counts.</summary>
internal sealed class ValueTypeReader(DescriptorLinks links, Lineages lineages)
{
    private readonly HashSet<LocalId> _open = [];

    /// <summary>What a value type allows; anything where it is null or of no known kind.</summary>
    public ValueRule Read(LocalId? type)
    {
        // A list type whose items are lists of itself allows any items.
        if (type is not { } id || !_open.Add(id)) return ValueRule.Any;
        var lineage = lineages.Of(id);
        var kind = lineage.Select(each => KindOf(links.TypeName(each))).FirstOrDefault(each => each is not null);
        var rule = new ValueRule(links.TypeName(id) ?? ValueRule.Any.Name, kind);
        if (kind == ValueKind.Enum) rule = rule with { Variants = Variants(lineage) };
        if (kind == ValueKind.Array) rule = rule with { Items = Read(lineages.First(lineage, CoreSchema.ElementValueType)) };
        foreach (var each in lineage)
            foreach (var constraint in links.Targets(each, CoreSchema.Constraints)) rule = Narrow(rule, constraint);
        _open.Remove(id);
        return rule;
    }

    private static ValueKind? KindOf(string? typeName) => typeName switch
    {
        "StringValueType" => ValueKind.String,
        "IntegerValueType" => ValueKind.Integer,
        "DoubleValueType" => ValueKind.Double,
        "BooleanValueType" => ValueKind.Boolean,
        "BytesValueType" => ValueKind.Bytes,
        "TimestampValueType" => ValueKind.Timestamp,
        "EnumValueType" => ValueKind.Enum,
        "ValueArrayValueType" => ValueKind.Array,
        _ => null,
    };

    private List<string> Variants(List<LocalId> lineage) =>
        [.. lineage.SelectMany(type => links.Targets(type, CoreSchema.Variants)).Select(NameOf).OfType<string>()];

    /// <summary>The name of a variant as it was written: values are compared with it.</summary>
    private string? NameOf(LocalId variant) => (links.Properties(variant)?[CoreSchema.TypeName] as StringValue)?.Value;

    private ValueRule Narrow(ValueRule rule, LocalId constraint)
    {
        if (links.Descriptor(constraint) is not { } type || links.Properties(constraint) is not { } says) return rule;
        var isInclusive = says["ConstraintIsInclusive"] is not BooleanValue { Value: false };
        var number = says["ConstraintIntegerValue"] ?? says["ConstraintDoubleValue"];
        return links.TypeName(type) switch
        {
            "MinimumLength" => rule with { MinLength = Greater(rule.MinLength, Count(says["ConstraintLength"])) },
            "MaximumLength" => rule with { MaxLength = Smaller(rule.MaxLength, Count(says["ConstraintLength"])) },
            "MinimumItems" => rule with { MinLength = Greater(rule.MinLength, Count(says["ConstraintItemCount"])) },
            "MaximumItems" => rule with { MaxLength = Smaller(rule.MaxLength, Count(says["ConstraintItemCount"])) },
            "MinimumValue" when number is not null => rule with { Min = Later(rule.Min, new NumberBound(number, isInclusive)) },
            "MaximumValue" when number is not null => rule with { Max = Earlier(rule.Max, new NumberBound(number, isInclusive)) },
            "UniqueItems" => rule with { HasUniqueItems = rule.HasUniqueItems || says["ConstraintEnabled"] is not BooleanValue { Value: false } },
            _ => rule,
        };
    }

    private static long? Count(BaseValue? value) => (value as IntegerValue)?.Value;

    private static long? Greater(long? x, long? y) => x is null || y > x ? y : x;

    private static long? Smaller(long? x, long? y) => x is null || y < x ? y : x;

    private static NumberBound Later(NumberBound? before, NumberBound bound) =>
        before is { } known && !IsNarrower(NumberOrder.Compare(bound.Value, known.Value), bound, known) ? known : bound;

    private static NumberBound Earlier(NumberBound? before, NumberBound bound) =>
        before is { } known && !IsNarrower(NumberOrder.Compare(known.Value, bound.Value), bound, known) ? known : bound;

    private static bool IsNarrower(int order, NumberBound bound, NumberBound known) =>
        order > 0 || (order == 0 && !bound.IsInclusive && known.IsInclusive);
}
