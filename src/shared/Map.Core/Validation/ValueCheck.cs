using Map.Core.Types;
using Map.Core.Values;

namespace Map.Core.Validation;

/// <summary>What is wrong with a value.</summary>
/// <param name="Rule">The rule that it breaks.</param>
/// <param name="Demand">What the value type demands, to follow "it is ...; ".</param>
internal sealed record ValueFault(TypeRule Rule, string Demand);

/// <summary>Compares values with what value types allow.</summary>
internal static class ValueCheck
{
    /// <summary>What is wrong with a value, or null.</summary>
    public static ValueFault? Find(BaseValue value, ValueRule rule) => rule.Kind switch
    {
        null => null,
        ValueKind.Enum => FindInVariant(value, rule),
        { } kind when value.Kind != kind => new ValueFault(TypeRule.ValueKind, $"{rule.Name} takes {ValueText.NameOf(kind)}"),
        ValueKind.String => FindInLength(CodePoints((StringValue)value, rule), rule, "character"),
        ValueKind.Bytes => FindInLength(((BytesValue)value).Value.Length, rule, "byte"),
        ValueKind.Integer or ValueKind.Double => FindInRange(value, rule),
        ValueKind.Array => FindInItems((ArrayValue)value, rule),
        _ => null,
    };

    private static ValueFault? FindInVariant(BaseValue value, ValueRule rule)
    {
        var name = value switch
        {
            EnumValue variant => variant.Variant,
            StringValue text => text.Value,
            _ => null,
        };
        if (name is null) return new ValueFault(TypeRule.ValueKind, $"{rule.Name} takes the name of a variant");
        return rule.Variants.Contains(name)
            ? null
            : new ValueFault(TypeRule.ValueVariant, $"{rule.Name} has the variants {string.Join(", ", rule.Variants)}");
    }

    private static ValueFault? FindInLength(long length, ValueRule rule, string unit)
    {
        if (length < rule.MinLength) return new ValueFault(TypeRule.ValueLength, $"{rule.Name} has at least {ValueText.Count(rule.MinLength.Value, unit)}");
        if (length > rule.MaxLength) return new ValueFault(TypeRule.ValueLength, $"{rule.Name} has at most {ValueText.Count(rule.MaxLength.Value, unit)}");
        return null;
    }

    /// <summary>The length of a text in code points; in UTF-16 units where that says as much, which needs no counting.</summary>
    private static long CodePoints(StringValue text, ValueRule rule)
    {
        var units = text.Value.Length;
        // A code point has one or two units.
        var isEnough = (rule.MaxLength is null || units <= rule.MaxLength) && (rule.MinLength is null || units / 2 >= rule.MinLength);
        if (isEnough) return units;
        long count = 0;
        foreach (var _ in text.Value.EnumerateRunes()) count++;
        return count;
    }

    private static ValueFault? FindInRange(BaseValue value, ValueRule rule)
    {
        if (value is DoubleValue { Value: double.NaN } && (rule.Min is not null || rule.Max is not null))
            return new ValueFault(TypeRule.ValueRange, $"{rule.Name} has bounds, and this is no number");
        if (rule.Min is { } min)
        {
            var order = NumberOrder.Compare(value, min.Value);
            if (order < 0 || (order == 0 && !min.IsInclusive))
                return new ValueFault(TypeRule.ValueRange, $"{rule.Name} is {(min.IsInclusive ? "at least" : "more than")} {ValueText.Of(min.Value)}");
        }

        if (rule.Max is { } max)
        {
            var order = NumberOrder.Compare(value, max.Value);
            if (order > 0 || (order == 0 && !max.IsInclusive))
                return new ValueFault(TypeRule.ValueRange, $"{rule.Name} is {(max.IsInclusive ? "at most" : "less than")} {ValueText.Of(max.Value)}");
        }

        return null;
    }

    private static ValueFault? FindInItems(ArrayValue array, ValueRule rule)
    {
        if (FindInLength(array.Items.Length, rule, "item") is { } length) return length;
        if (rule.Items is { } items)
        {
            foreach (var item in array.Items)
                if (Find(item, items) is { } fault) return fault with { Demand = $"of its items, {ValueText.Show(item)} does not fit: {fault.Demand}" };
        }

        if (!rule.HasUniqueItems) return null;
        var seen = new HashSet<BaseValue>();
        var twice = array.Items.FirstOrDefault(item => !seen.Add(item));
        return twice is null ? null : new ValueFault(TypeRule.ValueUniqueItems, $"{rule.Name} has each item once, and {ValueText.Show(twice)} stands twice");
    }
}
