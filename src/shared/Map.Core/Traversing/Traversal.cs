using Map.Core.Identity;
using Map.Core.References;
using Map.Core.Values;

namespace Map.Core.Traversing;

/// <summary>A question over many hops: it begins with the seeds, and each step works on the holons that the one before gave.</summary>
/// <param name="Seeds">Where it begins; at least one.</param>
/// <param name="Steps">What to do, in order.</param>
public sealed record Traversal(IReadOnlyList<TraversalSeed> Seeds, IReadOnlyList<TraversalStep> Steps)
{
    /// <summary>Each holon once; else it stands as often as there are ways to it.</summary>
    public bool IsDistinct { get; init; }

    /// <summary>By what rows stand in order, before the order of creation.</summary>
    public IReadOnlyList<TraversalOrder> OrderBy { get; init; } = [];

    /// <summary>How many rows at most, over all pages; null for all.</summary>
    public ulong? Limit { get; init; }

    /// <summary>The properties that rows tell, by canonical name.</summary>
    public IReadOnlyList<string> Select { get; init; } = [];
}

/// <summary>Where a query begins.</summary>
public abstract record TraversalSeed;

/// <summary>Begins with the holon of a reference, as it is in view.</summary>
/// <param name="Holon">The reference.</param>
public sealed record HolonSeed(HolonReference Holon) : TraversalSeed;

/// <summary>Begins with the holon of an id, as it is in view.</summary>
/// <param name="Id">The id.</param>
public sealed record IdSeed(HolonId Id) : TraversalSeed;

/// <summary>Begins with the one holon of a key in view.</summary>
/// <param name="Key">The key.</param>
/// <param name="Type">Its type, where several types may have the key.</param>
public sealed record KeySeed(string Key, TypeSelector? Type) : TraversalSeed;

/// <summary>Begins with all holons in view that are as described.</summary>
/// <param name="Type">Their type; null for all holons.</param>
/// <param name="IsExact">Whether those of types that extend it are left out.</param>
/// <param name="KeyPrefix">What their keys start with; null for all.</param>
public sealed record ListSeed(TypeSelector? Type, bool IsExact, string? KeyPrefix) : TraversalSeed;

/// <summary>Names a type; one of the two is set.</summary>
/// <param name="Holon">The type itself.</param>
/// <param name="Name">Its key, of which <c>.HolonType</c> may be left out.</param>
public sealed record TypeSelector(HolonReference? Holon, string? Name);

/// <summary>A step of a query.</summary>
public abstract record TraversalStep;

/// <summary>Goes from each holon to what it reaches.</summary>
/// <param name="Names">Relationships, by canonical names, declared or inverse.</param>
/// <param name="MinDepth">Over at least so many links one after the other.</param>
/// <param name="MaxDepth">And over at most so many.</param>
public sealed record ExpandStep(IReadOnlyList<string> Names, int MinDepth, int MaxDepth) : TraversalStep;

/// <summary>Keeps the holons of which a condition is true.</summary>
/// <param name="Condition">The condition.</param>
public sealed record WhereStep(Condition Condition) : TraversalStep;

/// <summary>What may be true of a holon.</summary>
public abstract record Condition;

/// <summary>Compares a property; false of a holon without a value.</summary>
/// <param name="Property">Its canonical name.</param>
/// <param name="Comparison">How.</param>
/// <param name="Values">With what.</param>
public sealed record PropertyCondition(string Property, Comparison Comparison, IReadOnlyList<BaseValue> Values) : Condition;

/// <summary>True when all are.</summary>
/// <param name="Conditions">At least one.</param>
public sealed record AllCondition(IReadOnlyList<Condition> Conditions) : Condition;

/// <summary>True when one of them is.</summary>
/// <param name="Conditions">At least one.</param>
public sealed record AnyCondition(IReadOnlyList<Condition> Conditions) : Condition;

/// <summary>True when another is not.</summary>
/// <param name="Condition">The other.</param>
public sealed record NotCondition(Condition Condition) : Condition;

/// <summary>True of holons of a type and of those that extend it.</summary>
/// <param name="Type">The type.</param>
public sealed record TypeCondition(TypeSelector Type) : Condition;

/// <summary>How a value is compared.</summary>
public enum Comparison
{
    /// <summary>Is the same.</summary>
    Equal,

    /// <summary>Is there, and another one.</summary>
    NotEqual,

    /// <summary>Comes before.</summary>
    Less,

    /// <summary>Comes before, or is the same.</summary>
    AtMost,

    /// <summary>Comes after.</summary>
    Greater,

    /// <summary>Comes after, or is the same.</summary>
    AtLeast,

    /// <summary>Is one of several.</summary>
    OneOf,

    /// <summary>Begins with a text.</summary>
    StartsWith,

    /// <summary>Has a text in it, or an item.</summary>
    Contains,

    /// <summary>Is there.</summary>
    Exists,
}

/// <summary>By what rows stand in order. Those without a value come last, either way.</summary>
/// <param name="Property">The canonical name.</param>
/// <param name="IsDescending">Whether the greatest come first.</param>
public sealed record TraversalOrder(string Property, bool IsDescending);

/// <summary>How much one query may take.</summary>
public sealed record TraversalLimits
{
    /// <summary>Links one after the other, over all steps.</summary>
    public int MaxHops { get; init; } = 16;

    /// <summary>Holons held at once.</summary>
    public int MaxHeld { get; init; } = 250_000;

    /// <summary>Rows of the store that are read: holons, links and entries of an index.</summary>
    public long MaxRowsRead { get; init; } = 2_000_000;

    /// <summary>Bytes of properties after which a page ends, so that a reply can always hold it.</summary>
    public int MaxPageBytes { get; init; } = 4 << 20;

    /// <summary>Steps, and seeds.</summary>
    public int MaxParts { get; init; } = 100;

    /// <summary>Conditions, relationships of a step, properties of an order or a row.</summary>
    public int MaxConditions { get; init; } = 200;

    /// <summary>Values of one comparison.</summary>
    public int MaxValues { get; init; } = 1_000;

    /// <summary>Conditions within conditions.</summary>
    public int MaxNesting { get; init; } = 16;
}
