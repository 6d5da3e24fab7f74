using Map.Core.Identity;
using Map.Core.Services;

namespace Map.Core.Types;

/// <summary>What a type says of its instances, worked out along <c>Extends</c>.</summary>
public sealed class Contract
{
    /// <summary>The contract of a holon without a type.</summary>
    public static readonly Contract None = new(
        [],
        new Dictionary<string, RelationshipFacts>(),
        static () => new Dictionary<string, IReadOnlyList<RelationshipFacts>>());

    private readonly IReadOnlyDictionary<string, RelationshipFacts> _declared;
    private readonly Lazy<IReadOnlyDictionary<string, IReadOnlyList<RelationshipFacts>>> _inverse;

    internal Contract(
        IReadOnlyList<LocalId> lineage,
        IReadOnlyDictionary<string, RelationshipFacts> declared,
        Func<IReadOnlyDictionary<string, IReadOnlyList<RelationshipFacts>>> inverse)
    {
        Lineage = lineage;
        _declared = declared;
        _inverse = new Lazy<IReadOnlyDictionary<string, IReadOnlyList<RelationshipFacts>>>(inverse);
    }

    /// <summary>The type and what it extends, nearest first.</summary>
    public IReadOnlyList<LocalId> Lineage { get; }

    /// <summary>The names of the relationships that types declare for their instances.</summary>
    public IEnumerable<string> DeclaredNames => _declared.Keys;

    /// <summary>The names of the inverses of relationships that have instances as targets.</summary>
    public IEnumerable<string> InverseNames => _inverse.Value.Keys;

    /// <summary>
    /// The relationship that instances declare by a name. Where no type declares it, the facts of a bare name:
    /// unordered, without duplicates, definitional (a version too many loses nothing).
    /// </summary>
    public RelationshipFacts Declared(string name) =>
        _declared.TryGetValue(name, out var facts) ? facts : BareName(name);

    /// <summary>Whether a type declares a relationship of that name for its instances.</summary>
    public bool Declares(string name) => _declared.ContainsKey(name);

    /// <summary>The declared relationships, with instances as targets, whose inverse has that name.</summary>
    public IReadOnlyList<RelationshipFacts> Inverse(string name) => _inverse.Value.GetValueOrDefault(name, []);

    /// <summary>The facts of a relationship that no type declares.</summary>
    public static RelationshipFacts BareName(string name) => new(
        LocalId.OfName(name), name, IsTyped: false, IsOrdered: false, AllowsDuplicates: false, IsDefinitional: true);
}
