using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Types;
using Map.Core.Values;
using Map.Core.Views;

namespace Map.Core.Traversing;

/// <summary>The types that holons at one point of a query may be of; <see cref="Any"/> where that is not known.</summary>
/// <param name="Types">The types, those that extend them included; null for any.</param>
internal sealed record PossibleTypes(IReadOnlySet<LocalId>? Types)
{
    public static readonly PossibleTypes Any = new((IReadOnlySet<LocalId>?)null);

    /// <summary>No holon can be here; then any name is legal.</summary>
    public static readonly PossibleTypes None = new(new HashSet<LocalId>());

    public bool Has(LocalId? type) => Types is null || (type is { } id && Types.Contains(id));
}

/// <summary>
/// Follows the possible types through a query, so that names which no type knows are told before anything is searched. Where types
/// allow names that nobody declares, or describe other types, any name is legal.
/// </summary>
internal sealed class TypeFlow(TransactionView view)
{
    // So many contracts are looked at for each name; beyond this it is not known which types there are.
    private const int MaxTypes = 1_000;

    private readonly DescriptorLinks _descriptors = view.Descriptors;

    public static PossibleTypes Exactly(LocalId? type) => type is { } id ? new PossibleTypes(new HashSet<LocalId> { id }) : PossibleTypes.Any;

    public PossibleTypes WithSubtypes(LocalId? type)
    {
        if (type is not { } id) return PossibleTypes.Any;
        var types = _descriptors.WithSubtypes(id);
        return types.Count > MaxTypes ? PossibleTypes.Any : new PossibleTypes(types);
    }

    public static PossibleTypes Union(IEnumerable<PossibleTypes> parts)
    {
        var union = new HashSet<LocalId>();
        foreach (var part in parts)
        {
            if (part.Types is null) return PossibleTypes.Any;
            union.UnionWith(part.Types);
        }

        return union.Count > MaxTypes ? PossibleTypes.Any : new PossibleTypes(union);
    }

    /// <summary>Those of some types that a type condition leaves.</summary>
    public PossibleTypes Narrow(PossibleTypes types, LocalId type)
    {
        var left = WithSubtypes(type);
        if (types.Types is null || left.Types is null) return left;
        return new PossibleTypes(left.Types.Intersect(types.Types).ToHashSet());
    }

    /// <summary>What values of a property may be, by each type that knows it; empty where none does.</summary>
    public IReadOnlyList<ValueRule> ValuesOf(PossibleTypes types, string property)
    {
        if (property == Names.Key) return [KeyRule];
        if (IsOpen(types)) return [ValueRule.Any];
        var rules = new List<ValueRule>();
        foreach (var type in types.Types!)
        {
            var contract = view.ContractOf(type);
            if (contract.Properties.TryGetValue(property, out var rule)) rules.Add(rule.Values);
            else if (contract.AllowsMoreProperties) rules.Add(ValueRule.Any);
        }

        return [.. rules.DistinctBy(rule => rule.ToString(), StringComparer.Ordinal)];
    }

    /// <summary>The types of what is reached under a name; null where no type knows it.</summary>
    public PossibleTypes? After(PossibleTypes types, string name)
    {
        if (CoreSchema.IsKeptBySystem(name) || IsOpen(types)) return PossibleTypes.Any;
        var reached = new List<PossibleTypes>();
        foreach (var contract in types.Types!.Select(type => view.ContractOf(type)))
        {
            if (contract.Relationships.TryGetValue(name, out var declared)) reached.Add(WithSubtypes(declared.TargetType));
            else if (contract.Inverse(name) is { Count: > 0 } inverse) reached.Add(Union(inverse.SelectMany(SourcesOf)));
            else if (contract.AllowsMoreRelationships) return PossibleTypes.Any;
        }

        return reached.Count == 0 ? null : Union(reached);
    }

    /// <summary>How many members a holon has at most under a name, by what the types say and how many holons there are.</summary>
    /// <param name="types">The types of the holon.</param>
    /// <param name="name">The name.</param>
    /// <param name="after">The types of the members.</param>
    public long MostMembers(PossibleTypes types, string name, PossibleTypes after)
    {
        if (name is CoreSchema.DescribedBy or CoreSchema.OwnedBy) return 1;
        var all = CountOf(after);
        if (CoreSchema.IsKeptBySystem(name)) return all;
        // Any relationship may have the name, one in which a member stands more than once, too.
        if (IsOpen(types)) return long.MaxValue;
        return types.Types!.Select(type => view.ContractOf(type)).Max(contract => MostMembers(contract, name, all));
    }

    private static long MostMembers(Contract contract, string name, long all)
    {
        if (contract.Relationships.TryGetValue(name, out var declared)) return Most(declared.Facts, declared.Bounds);
        var inverse = contract.Inverse(name);
        if (inverse.Count == 0) return contract.AllowsMoreRelationships ? all : 0;
        // Several relationships may have one inverse.
        var most = 0L;
        foreach (var rule in inverse) most = Sum(most, Most(rule.Facts, rule.Inverse!.Bounds));
        return most;

        // Where a member may stand more than once, there is no knowing how often.
        long Most(RelationshipFacts facts, MemberBounds bounds) =>
            Math.Min(bounds.Max ?? long.MaxValue, facts.AllowsDuplicates ? long.MaxValue : all);

        static long Sum(long a, long b) => a > long.MaxValue - b ? long.MaxValue : a + b;
    }

    /// <summary>How many holons of some types there are at most.</summary>
    public long CountOf(PossibleTypes types)
    {
        var state = view.State;
        var all = view.Saved.CountHolons(state.Snapshot) + 1 + state.Nursery.Count + state.Transients.Count;
        if (types.Types is null) return all;
        return Math.Min(all, types.Types.Sum(type => view.Saved.CountInstances(type, state.Snapshot)) + state.Nursery.Count + state.Transients.Count);
    }

    /// <summary>The value rule of keys.</summary>
    private static ValueRule KeyRule { get; } = new("a key", ValueKind.String);

    private IEnumerable<PossibleTypes> SourcesOf(RelationshipRule rule)
    {
        var declaring = _descriptors.Sources(rule.Facts.Id, CoreSchema.InstanceRelationships).Select(type => WithSubtypes(type)).ToList();
        return declaring.Count == 0 ? [PossibleTypes.Any] : declaring;
    }

    /// <summary>Whether any name may be known: instances of some types describe others, and have what those say of them, too.</summary>
    private bool IsOpen(PossibleTypes types) =>
        types.Types is not { Count: > 0 } known || known.Any(type => view.ContractOf(type).Properties.ContainsKey(CoreSchema.TypeName));
}
