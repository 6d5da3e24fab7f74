using Map.Core.Errors;
using Map.Core.Types;
using Map.Core.Values;
using Map.Core.Views;

namespace Map.Core.Traversing;

/// <summary>Makes conditions ready: every name is known, and every value has the kind of its property.</summary>
internal sealed class ConditionCompiler(TransactionView view, TypeFlow flow, TypeNames names, TraversalLimits limits)
{
    private int _count;

    /// <summary>Makes a condition ready.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="types">What the holons may be; what is left of it is told.</param>
    /// <param name="place">Where it stands in the query.</param>
    public HolonTest Compile(Condition condition, ref PossibleTypes types, string place) => Compile(condition, ref types, place, 1);

    private HolonTest Compile(Condition condition, ref PossibleTypes types, string place, int nesting)
    {
        if (nesting > limits.MaxNesting)
            throw Refusals.TooLarge(place, $"Conditions stand at most {limits.MaxNesting} deep in one another.", limits.MaxNesting);
        if (++_count > limits.MaxConditions)
            throw Refusals.TooLarge(place, $"A query has at most {limits.MaxConditions:N0} conditions.", limits.MaxConditions);
        switch (condition)
        {
            case PropertyCondition property:
                return CompileProperty(property, types, $"{place}.property");
            case TypeCondition type:
                var id = names.Resolve(type.Type, $"{place}.is_a.type");
                types = flow.Narrow(types, id);
                return new TypeTest(view.Descriptors.WithSubtypes(id), view.Display(id));
            case AllCondition all:
                var tests = new List<HolonTest>(all.Conditions.Count);
                // What one says of the type, the next may rely on.
                for (var i = 0; i < all.Conditions.Count; i++)
                    tests.Add(Compile(all.Conditions[i], ref types, $"{place}.all.conditions[{i}]", nesting + 1));
                return new AllTest(tests);
            case AnyCondition any:
                var left = types;
                return new AnyTest([.. any.Conditions.Select((each, i) => CompileApart(each, left, $"{place}.any.conditions[{i}]", nesting))]);
            case NotCondition not:
                return new NotTest(CompileApart(not.Condition, types, $"{place}.not", nesting));
            default:
                throw new InvariantException($"No such condition: {condition.GetType()}");
        }
    }

    private HolonTest CompileApart(Condition condition, PossibleTypes types, string place, int nesting) =>
        Compile(condition, ref types, place, nesting + 1);

    private PropertyTest CompileProperty(PropertyCondition condition, PossibleTypes types, string place)
    {
        var rules = flow.ValuesOf(types, condition.Property);
        if (rules.Count == 0) throw Refusals.UnknownProperty(names, types, condition.Property, $"{place}.name");
        RequireCount(condition, place);
        if (!rules.Any(rule => IsDefined(condition.Comparison, rule.Kind)))
        {
            throw Refusals.At(
                HolonErrorCode.ComparisonUndefined, $"{place}.comparison",
                $"\"{condition.Property}\" is {ValueText.NameOf(rules[0].Kind!.Value)}, which {Reason(condition.Comparison)}. Choose another comparison.");
        }

        var values = condition.Values.SelectMany((value, i) => Candidates(condition, value, rules, $"{place}.values[{i}]"));
        return new PropertyTest(condition.Property, condition.Comparison, [.. values]);
    }

    private void RequireCount(PropertyCondition condition, string place)
    {
        var count = condition.Values.Count;
        if (count > limits.MaxValues)
            throw Refusals.TooLarge($"{place}.values", $"A comparison has at most {limits.MaxValues:N0} values.", limits.MaxValues);
        var isRight = condition.Comparison switch
        {
            Comparison.OneOf => true,
            Comparison.Exists => count == 0,
            _ => count == 1,
        };
        if (isRight) return;
        var rule = condition.Comparison == Comparison.Exists ? "no value" : "one value";
        throw Refusals.At(HolonErrorCode.InvalidRequest, $"{place}.values", $"This comparison of \"{condition.Property}\" takes {rule}, not {count}.");
    }

    private static bool IsDefined(Comparison comparison, ValueKind? kind) => kind is null || comparison switch
    {
        Comparison.Less or Comparison.AtMost or Comparison.Greater or Comparison.AtLeast => ValueComparison.IsOrdered(kind.Value),
        Comparison.StartsWith => kind == ValueKind.String,
        Comparison.Contains => kind is ValueKind.String or ValueKind.Array,
        _ => true,
    };

    private static string Reason(Comparison comparison) => comparison switch
    {
        Comparison.StartsWith => "begins with nothing",
        Comparison.Contains => "has nothing in it",
        _ => "has no order",
    };

    /// <summary>A value as each of the rules takes it.</summary>
    private static IEnumerable<BaseValue> Candidates(
        PropertyCondition condition, BaseValue value, IReadOnlyList<ValueRule> rules, string place)
    {
        var candidates = new List<BaseValue>();
        foreach (var rule in rules.Where(rule => IsDefined(condition.Comparison, rule.Kind)))
        {
            var sought = condition.Comparison == Comparison.Contains && rule.Kind == ValueKind.Array ? rule.Items ?? ValueRule.Any : rule;
            var converted = ValueConversion.Convert(value, sought);
            if (Fits(converted, sought)) candidates.Add(converted);
            if (sought.Kind is null && value is StringValue text) candidates.AddRange(ReadingsOf(text));
        }

        return candidates.Count > 0 ? candidates.Distinct() : throw Misfit(condition, value, rules[0], place);
    }

    /// <summary>What text may stand for in a property of any kind, beside itself: a variant, a moment or bytes.</summary>
    private static IEnumerable<BaseValue> ReadingsOf(StringValue text) =>
        new[] { ValueKind.Timestamp, ValueKind.Bytes }
            .Select(kind => ValueConversion.Convert(text, new ValueRule("any", kind))).Where(value => value is not StringValue)
            .Prepend(new EnumValue(text.Value));

    private static bool Fits(BaseValue value, ValueRule rule) => rule.Kind switch
    {
        null => true,
        ValueKind.Enum => value is EnumValue variant && rule.Variants.Contains(variant.Variant),
        ValueKind.Integer or ValueKind.Double => value.Kind is ValueKind.Integer or ValueKind.Double,
        _ => value.Kind == rule.Kind,
    };

    private static HolonException Misfit(PropertyCondition condition, BaseValue value, ValueRule rule, string place)
    {
        var sought = condition.Comparison == Comparison.Contains && rule.Kind == ValueKind.Array ? rule.Items! : rule;
        if (sought.Kind == ValueKind.Enum && value is StringValue or EnumValue)
        {
            return Refusals.At(
                HolonErrorCode.UnknownVariant, place,
                $"{ValueText.Show(value)} is no variant of \"{condition.Property}\"; {sought.Name} has {string.Join(", ", sought.Variants)}.");
        }

        var kind = ValueText.NameOf(sought.Kind!.Value);
        return Refusals.At(
            HolonErrorCode.ValueKindMismatch, place, $"\"{condition.Property}\" is compared with {ValueText.Show(value)}; it takes {kind}.");
    }
}
