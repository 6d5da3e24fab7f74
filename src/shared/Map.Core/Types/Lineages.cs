using Map.Core.Identity;
using Map.Core.Values;

namespace Map.Core.Types;

/// <summary>Reads descriptors along <c>Extends</c>, of what is said several times the nearest.</summary>
internal sealed class Lineages(DescriptorLinks links)
{
    /// <summary>Lineages longer than this end; validation reports what makes them so.</summary>
    public const int MaxLength = 64;

    /// <summary>A type and what it extends, nearest first; empty for a holon that is no type.</summary>
    public List<LocalId> Of(LocalId type)
    {
        // A type is one by its name: a holon without one says nothing of others.
        if (links.TypeName(type) is null) return [];
        var lineage = new List<LocalId> { type };
        while (lineage.Count < MaxLength)
        {
            if (First(lineage[^1], CoreSchema.Extends) is not { } next || lineage.Contains(next) || links.TypeName(next) is null) break;
            lineage.Add(next);
        }

        return lineage;
    }

    /// <summary>The first target of a relationship.</summary>
    public LocalId? First(LocalId source, string name) => links.Targets(source, name).Cast<LocalId?>().FirstOrDefault();

    /// <summary>The first target of a relationship that the nearest type has.</summary>
    public LocalId? First(List<LocalId> lineage, string name) =>
        lineage.Select(type => First(type, name)).FirstOrDefault(target => target is not null);

    /// <summary>The value of a property that the nearest type has.</summary>
    public BaseValue? Value(List<LocalId> lineage, string name) =>
        lineage.Select(type => links.Properties(type)?[name]).FirstOrDefault(value => value is not null);

    /// <summary>Whether the nearest type that has a property has it true.</summary>
    public bool Flag(List<LocalId> lineage, string name) => Value(lineage, name) is BooleanValue { Value: true };
}
