using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.Types;
using Map.Core.Values;
using Map.Core.Views;

namespace Map.Core.Traversing;

/// <summary>A condition made ready: names are known, and values have the kinds of their properties.</summary>
internal abstract record HolonTest
{
    /// <summary>Whether it is true of a holon.</summary>
    public abstract bool IsTrue(HolonSnapshot holon, TransactionView view);

    /// <summary>What it asks, for a person.</summary>
    public abstract string ToText();

    public sealed override string ToString() => ToText();

    /// <summary>
    /// The value that a holon has. What is staged has the kind that a commit will give it: text is a variant where the type has an
    /// enum.
    /// </summary>
    public static BaseValue? ValueOf(HolonSnapshot holon, string property, TransactionView view)
    {
        var value = holon.Properties[property];
        if (value is null || holon.Draft is null) return value;
        return view.ContractOf(holon).Properties.TryGetValue(property, out var rule) ? ValueConversion.Convert(value, rule.Values) : value;
    }
}

/// <summary>Compares a property with values, each of them as each of the possible types takes it.</summary>
internal sealed record PropertyTest(string Property, Comparison Comparison, IReadOnlyList<BaseValue> Values) : HolonTest
{
    private static readonly Dictionary<Comparison, string> Words = new()
    {
        [Comparison.Equal] = "is",
        [Comparison.NotEqual] = "is not",
        [Comparison.Less] = "is less than",
        [Comparison.AtMost] = "is at most",
        [Comparison.Greater] = "is greater than",
        [Comparison.AtLeast] = "is at least",
        [Comparison.OneOf] = "is one of",
        [Comparison.StartsWith] = "starts with",
        [Comparison.Contains] = "contains",
    };

    public override bool IsTrue(HolonSnapshot holon, TransactionView view)
    {
        if (ValueOf(holon, Property, view) is not { } value) return false;
        return Comparison switch
        {
            Comparison.Exists => true,
            Comparison.NotEqual => !Any(value, static (a, b) => ValueComparison.AreEqual(a, b)),
            Comparison.Equal or Comparison.OneOf => Any(value, static (a, b) => ValueComparison.AreEqual(a, b)),
            Comparison.Less => Any(value, static (a, b) => ValueComparison.CompareWithin(a, b) < 0),
            Comparison.AtMost => Any(value, static (a, b) => ValueComparison.CompareWithin(a, b) <= 0),
            Comparison.Greater => Any(value, static (a, b) => ValueComparison.CompareWithin(a, b) > 0),
            Comparison.AtLeast => Any(value, static (a, b) => ValueComparison.CompareWithin(a, b) >= 0),
            Comparison.StartsWith => Any(value, static (a, b) => ValueComparison.StartsWith(a, b)),
            Comparison.Contains => Any(value, static (a, b) => ValueComparison.Contains(a, b)),
            _ => throw new InvariantException($"No such comparison: {Comparison}"),
        };
    }

    public override string ToText() => Comparison == Comparison.Exists
        ? $"{Property} has a value"
        : $"{Property} {Words[Comparison]} {string.Join(", ", Values.Select(ValueText.Show).Distinct(StringComparer.Ordinal))}";

    private bool Any(BaseValue value, Func<BaseValue, BaseValue, bool> compare)
    {
        foreach (var other in Values)
            if (compare(value, other)) return true;
        return false;
    }
}

/// <summary>True of holons of some types.</summary>
internal sealed record TypeTest(IReadOnlySet<LocalId> Types, string Name) : HolonTest
{
    public override bool IsTrue(HolonSnapshot holon, TransactionView view) => holon.Descriptor is { } type && Types.Contains(type);

    public override string ToText() => $"is of type {Name}";
}

/// <summary>True when all are.</summary>
internal sealed record AllTest(IReadOnlyList<HolonTest> Tests) : HolonTest
{
    public override bool IsTrue(HolonSnapshot holon, TransactionView view) => Tests.All(test => test.IsTrue(holon, view));

    public override string ToText() => string.Join(" and ", Tests.Select(test => test is AnyTest ? $"({test})" : test.ToText()));
}

/// <summary>True when one of them is.</summary>
internal sealed record AnyTest(IReadOnlyList<HolonTest> Tests) : HolonTest
{
    public override bool IsTrue(HolonSnapshot holon, TransactionView view) => Tests.Any(test => test.IsTrue(holon, view));

    public override string ToText() => string.Join(" or ", Tests.Select(test => test is AllTest ? $"({test})" : test.ToText()));
}

/// <summary>True when another is not.</summary>
internal sealed record NotTest(HolonTest Test) : HolonTest
{
    public override bool IsTrue(HolonSnapshot holon, TransactionView view) => !Test.IsTrue(holon, view);

    public override string ToText() => $"not ({Test})";
}
