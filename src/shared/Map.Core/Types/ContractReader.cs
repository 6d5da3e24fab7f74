using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Values;

namespace Map.Core.Types;

/// <summary>
/// Works contracts out from the descriptors in a transaction's view. It reads the descriptors' own relationships by
/// their bare names, not through contracts: the types that declare <c>Extends</c> are themselves found along
/// <c>Extends</c>.
/// </summary>
internal sealed class ContractReader(DescriptorLinks links)
{
    /// <summary>Lineages longer than this end; validation reports what makes them so.</summary>
    private const int MaxLineage = 64;

    public Contract Read(LocalId descriptor)
    {
        var lineage = Lineage(descriptor);
        var declared = new Dictionary<string, RelationshipFacts>(StringComparer.Ordinal);
        foreach (var type in lineage)
        {
            foreach (var relationship in links.Targets(type, CoreSchema.InstanceRelationships))
            {
                var facts = Facts(relationship);
                if (facts is not null) declared.TryAdd(facts.Name, facts);
            }
        }

        return new Contract(lineage, declared, () => Inverses(lineage));
    }

    private List<LocalId> Lineage(LocalId type)
    {
        // A type is one by its name: a holon without one says nothing of others.
        if (links.TypeName(type) is null) return [];
        var lineage = new List<LocalId> { type };
        while (lineage.Count < MaxLineage)
        {
            var next = links.Targets(lineage[^1], CoreSchema.Extends).Cast<LocalId?>().FirstOrDefault();
            if (next is null || lineage.Contains(next.Value) || links.TypeName(next.Value) is null) break;
            lineage.Add(next.Value);
        }

        return lineage;
    }

    private Dictionary<string, IReadOnlyList<RelationshipFacts>> Inverses(List<LocalId> lineage)
    {
        var inverses = new Dictionary<string, IReadOnlyList<RelationshipFacts>>(StringComparer.Ordinal);
        foreach (var type in lineage)
        {
            foreach (var relationship in links.Sources(type, CoreSchema.TargetType))
            {
                if (InverseName(relationship) is not { } name || Facts(relationship) is not { } facts) continue;
                inverses[name] = [.. inverses.GetValueOrDefault(name, []), facts];
            }
        }

        return inverses;
    }

    private string? InverseName(LocalId relationship)
    {
        foreach (var type in Lineage(relationship))
            foreach (var inverse in links.Targets(type, CoreSchema.HasInverse))
                return links.TypeName(inverse);
        return null;
    }

    private RelationshipFacts? Facts(LocalId relationship)
    {
        if (links.TypeName(relationship) is not { } name) return null;
        var lineage = Lineage(relationship);
        return new RelationshipFacts(
            relationship,
            name,
            IsTyped: true,
            Flag(lineage, CoreSchema.IsOrdered),
            Flag(lineage, CoreSchema.AllowsDuplicates),
            Flag(lineage, CoreSchema.IsDefinitional));
    }

    /// <summary>A property of a relationship type, the nearest along its own lineage counting.</summary>
    private bool Flag(List<LocalId> lineage, string name)
    {
        foreach (var type in lineage)
            if (links.Properties(type)?[name] is BooleanValue value) return value.Value;
        return false;
    }
}
