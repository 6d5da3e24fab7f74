using Map.Core.Values;

namespace Map.Core.Types;

/// <summary>What a value type allows: its kind, and the constraints along its lineage, all of which hold.</summary>
/// <param name="Name">The name of the value type, for messages.</param>
/// <param name="Kind">The kind of value; null where any is allowed.</param>
public sealed record ValueRule(string Name, ValueKind? Kind)
{
    /// <summary>The rule of a property without a value type.</summary>
    public static readonly ValueRule Any = new("any value", null);

    /// <summary>Least length: of text in Unicode code points, of bytes in bytes; of a list its number of items.</summary>
    public long? MinLength { get; init; }

    /// <summary>Greatest length, as <see cref="MinLength"/> counts it.</summary>
    public long? MaxLength { get; init; }

    /// <summary>Where the values of numbers begin.</summary>
    public NumberBound? Min { get; init; }

    /// <summary>Where the values of numbers end.</summary>
    public NumberBound? Max { get; init; }

    /// <summary>The names of an enum's variants, in order.</summary>
    public IReadOnlyList<string> Variants { get; init; } = [];

    /// <summary>What the items of a list may be.</summary>
    public ValueRule? Items { get; init; }

    /// <summary>Whether no item of a list stands twice.</summary>
    public bool HasUniqueItems { get; init; }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Kind?.ToString() ?? "any"} {MinLength}..{MaxLength} {Min}..{Max} [{string.Join('|', Variants)}] {Items} {HasUniqueItems}";
}

/// <summary>Where the values of numbers begin or end.</summary>
/// <param name="Value">The number: whole or not.</param>
/// <param name="IsInclusive">Whether it is allowed itself.</param>
public readonly record struct NumberBound(BaseValue Value, bool IsInclusive)
{
    /// <inheritdoc/>
    public override string ToString() => $"{ValueText.Of(Value)}{(IsInclusive ? "" : " excluded")}";
}
