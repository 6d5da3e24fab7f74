using Map.Core.Identity;
using Map.Core.Services;

namespace Map.Core.Types;

/// <summary>
/// What a type says of its instances, worked out along <c>Extends</c>: properties, relationships and dances add up, of
/// one name the nearest counts; the nearest key rule counts. Immutable.
/// </summary>
public sealed class Contract
{
    /// <summary>The contract of a holon without a type: anything goes.</summary>
    public static readonly Contract None = new(new ContractParts(), static () => []);

    private readonly ContractParts _parts;
    private readonly Lazy<Inverses> _inverses;

    internal Contract(ContractParts parts, Func<List<RelationshipRule>> inverses)
    {
        _parts = parts;
        _inverses = new Lazy<Inverses>(() => new Inverses(inverses()));
        Expected = [.. parts.Properties.Values.Where(rule => rule.IsRequired || rule.Default is not null)];
        Bounded = [.. parts.Relationships.Values.Where(rule => rule.Bounds.IsBounded && !CoreSchema.IsKeptBySystem(rule.Name))];
    }

    /// <summary>The type and what it extends, nearest first.</summary>
    public IReadOnlyList<LocalId> Lineage => _parts.Lineage;

    /// <summary>Whether the type is abstract: it describes no holon itself, only types that extend it do.</summary>
    public bool IsAbstract => _parts.IsAbstract;

    /// <summary>Whether instances may have properties that no type declares.</summary>
    public bool AllowsMoreProperties => _parts.AllowsMoreProperties;

    /// <summary>Whether instances may have relationships that no type declares.</summary>
    public bool AllowsMoreRelationships => _parts.AllowsMoreRelationships;

    /// <summary>How keys of instances are made.</summary>
    public KeyRule KeyRule => _parts.KeyRule;

    /// <summary>The properties of instances, by name.</summary>
    public IReadOnlyDictionary<string, PropertyRule> Properties => _parts.Properties;

    /// <summary>The relationships that instances declare, by name.</summary>
    public IReadOnlyDictionary<string, RelationshipRule> Relationships => _parts.Relationships;

    /// <summary>The dances that instances afford: the dance types, by name.</summary>
    public IReadOnlyDictionary<string, LocalId> Dances => _parts.Dances;

    /// <summary>The validators that judge instances, nearest first. No part of <see cref="ToText"/>: they judge what is staged alone.</summary>
    public IReadOnlyList<LocalId> Validators => _parts.Validators;

    /// <summary>The properties that are required or have a default.</summary>
    internal IReadOnlyList<PropertyRule> Expected { get; }

    /// <summary>The relationships of which the number of members is bounded, those that the system keeps not among them.</summary>
    internal IReadOnlyList<RelationshipRule> Bounded { get; }

    /// <summary>The relationships that have instances as targets and declare an inverse.</summary>
    internal IReadOnlyList<RelationshipRule> Incoming => _inverses.Value.All;

    /// <summary>Those of <see cref="Incoming"/> of which the number of sources is bounded.</summary>
    internal IReadOnlyList<RelationshipRule> BoundedIncoming => _inverses.Value.Bounded;

    /// <summary>The names of the relationships that types declare for their instances.</summary>
    public IEnumerable<string> DeclaredNames => _parts.Relationships.Keys;

    /// <summary>The names of the inverses of relationships that have instances as targets.</summary>
    public IEnumerable<string> InverseNames => _inverses.Value.ByName.Keys;

    /// <summary>
    /// The relationship that instances declare by a name. Where no type declares it, the facts of a bare name:
    /// unordered, without duplicates, definitional (a version too many loses nothing).
    /// </summary>
    public RelationshipFacts Declared(string name) =>
        _parts.Relationships.TryGetValue(name, out var rule) ? rule.Facts : BareName(name);

    /// <summary>Whether a type declares a relationship of that name for its instances.</summary>
    public bool Declares(string name) => _parts.Relationships.ContainsKey(name);

    /// <summary>The declared relationships, with instances as targets, whose inverse has that name.</summary>
    public IReadOnlyList<RelationshipRule> Inverse(string name) => _inverses.Value.ByName.GetValueOrDefault(name, []);

    /// <summary>The facts of a relationship that no type declares.</summary>
    public static RelationshipFacts BareName(string name) => new(
        LocalId.OfName(name), name, IsTyped: false, IsOrdered: false, AllowsDuplicates: false, IsDefinitional: true);

    /// <summary>
    /// Everything that it demands, as text: contracts of equal text judge holons alike. Not for persons.
    /// </summary>
    internal string ToText() => string.Join('\n', (IEnumerable<string>)
    [
        string.Join(' ', Lineage),
        $"{IsAbstract} {AllowsMoreProperties} {AllowsMoreRelationships} {KeyRule}",
        .. Properties.Values.OrderBy(rule => rule.Name, StringComparer.Ordinal).Select(rule => rule.ToString()),
        .. Relationships.Values.OrderBy(rule => rule.Name, StringComparer.Ordinal).Select(rule => rule.ToString()),
        .. Incoming.OrderBy(rule => rule.Facts.Id).Select(rule => rule.ToString()),
    ]);

    private sealed class Inverses(List<RelationshipRule> all)
    {
        public List<RelationshipRule> All { get; } = all;

        public List<RelationshipRule> Bounded { get; } =
            [.. all.Where(rule => rule.Inverse!.Bounds.IsBounded && !CoreSchema.IsKeptBySystem(rule.Name))];

        public Dictionary<string, IReadOnlyList<RelationshipRule>> ByName { get; } = all
            .GroupBy(rule => rule.Inverse!.Name, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => (IReadOnlyList<RelationshipRule>)[.. group], StringComparer.Ordinal);
    }
}

/// <summary>What a contract is made of.</summary>
internal sealed record ContractParts
{
    public IReadOnlyList<LocalId> Lineage { get; init; } = [];

    public bool IsAbstract { get; init; }

    public bool AllowsMoreProperties { get; init; } = true;

    public bool AllowsMoreRelationships { get; init; } = true;

    public KeyRule KeyRule { get; init; } = KeyRule.None;

    public Dictionary<string, PropertyRule> Properties { get; init; } = [];

    public Dictionary<string, RelationshipRule> Relationships { get; init; } = [];

    public Dictionary<string, LocalId> Dances { get; init; } = [];

    public IReadOnlyList<LocalId> Validators { get; init; } = [];
}
