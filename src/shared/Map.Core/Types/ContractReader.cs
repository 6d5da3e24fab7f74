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
    private readonly Lineages _lineages = new(links);

    public Contract Read(LocalId descriptor)
    {
        var lineage = _lineages.Of(descriptor);
        var properties = new Dictionary<string, PropertyRule>(StringComparer.Ordinal);
        var relationships = new Dictionary<string, RelationshipRule>(StringComparer.Ordinal);
        var dances = new Dictionary<string, LocalId>(StringComparer.Ordinal);
        foreach (var type in lineage)
        {
            foreach (var property in links.Targets(type, CoreSchema.InstanceProperties))
                if (Property(property) is { } rule) properties.TryAdd(rule.Name, rule);
            foreach (var relationship in links.Targets(type, CoreSchema.InstanceRelationships))
                if (Relationship(relationship) is { } rule) relationships.TryAdd(rule.Name, rule);
            foreach (var dance in links.Sources(type, CoreSchema.DanceAffordedBy))
                if (links.TypeName(dance) is { } name) dances.TryAdd(name, dance);
        }

        var parts = new ContractParts
        {
            Lineage = lineage,
            // Abstract is a type by itself, not for what it extends. A holon that is no type says nothing.
            IsAbstract = links.Properties(descriptor)?[CoreSchema.IsAbstractType] is BooleanValue { Value: true },
            AllowsMoreProperties = lineage.Count == 0 || _lineages.Flag(lineage, CoreSchema.AllowsAdditionalProperties),
            AllowsMoreRelationships = lineage.Count == 0 || _lineages.Flag(lineage, CoreSchema.AllowsAdditionalRelationships),
            KeyRule = KeyRule(_lineages.First(lineage, CoreSchema.InstanceKeyRule)),
            Properties = properties,
            Relationships = relationships,
            Dances = dances,
            Validators = [.. lineage.SelectMany(type => links.Sources(type, CoreSchema.Validates)).Distinct()],
        };
        return new Contract(parts, () => Incoming(lineage));
    }

    /// <summary>What a relationship type says; null where it is no type.</summary>
    public RelationshipRule? Relationship(LocalId id)
    {
        if (links.TypeName(id) is not { } name) return null;
        var lineage = _lineages.Of(id);
        var facts = new RelationshipFacts(
            id,
            name,
            IsTyped: true,
            _lineages.Flag(lineage, CoreSchema.IsOrdered),
            _lineages.Flag(lineage, CoreSchema.AllowsDuplicates),
            _lineages.Flag(lineage, CoreSchema.IsDefinitional));
        return new RelationshipRule(
            facts, _lineages.First(lineage, CoreSchema.TargetType), Bounds(lineage), OnDelete(lineage), Inverse(lineage));
    }

    /// <summary>What a property type says; null where it is no type.</summary>
    public PropertyRule? Property(LocalId id)
    {
        if (links.TypeName(id) is not { } name) return null;
        var lineage = _lineages.Of(id);
        var values = new ValueTypeReader(links, _lineages).Read(_lineages.First(lineage, CoreSchema.ValueType));
        var preset = _lineages.Value(lineage, CoreSchema.DefaultValue);
        return new PropertyRule(
            id,
            name,
            _lineages.Flag(lineage, CoreSchema.IsValueRequired),
            preset is null ? null : ValueConversion.Convert(preset, values),
            values);
    }

    private List<RelationshipRule> Incoming(List<LocalId> lineage)
    {
        var seen = new HashSet<LocalId>();
        var rules = new List<RelationshipRule>();
        foreach (var type in lineage)
            foreach (var relationship in links.Sources(type, CoreSchema.TargetType))
                if (seen.Add(relationship) && Relationship(relationship) is { Inverse: not null } rule) rules.Add(rule);
        return rules;
    }

    private InverseRule? Inverse(List<LocalId> relationship)
    {
        if (_lineages.First(relationship, CoreSchema.HasInverse) is not { } inverse) return null;
        if (links.TypeName(inverse) is not { } name) return null;
        var lineage = _lineages.Of(inverse);
        return new InverseRule(inverse, name, Bounds(lineage), OnDelete(lineage));
    }

    private MemberBounds Bounds(List<LocalId> lineage) => new(
        _lineages.Value(lineage, CoreSchema.MinCardinality) is IntegerValue min ? min.Value : 0,
        _lineages.Value(lineage, CoreSchema.MaxCardinality) is IntegerValue max ? max.Value : null);

    private DeletionSemantic OnDelete(List<LocalId> lineage)
    {
        var name = _lineages.Value(lineage, CoreSchema.DeletionSemantic) switch
        {
            EnumValue variant => variant.Variant,
            StringValue text => text.Value,
            _ => "",
        };
        return name switch
        {
            nameof(DeletionSemantic.Block) => DeletionSemantic.Block,
            nameof(DeletionSemantic.Cascade) => DeletionSemantic.Cascade,
            _ => DeletionSemantic.Allow,
        };
    }

    /// <summary>A rule by its type name, or by that of what describes it: templates are instances of the format rule.</summary>
    private KeyRule KeyRule(LocalId? rule)
    {
        if (rule is not { } id) return Types.KeyRule.None;
        var isTemplate = links.Descriptor(id) is { } type && links.TypeName(type) == "FormatRule";
        var kind = isTemplate ? KeyRuleKind.Format : links.TypeName(id) switch
        {
            "TypeNameRule" => KeyRuleKind.TypeName,
            "RelationshipRule" => KeyRuleKind.Relationship,
            "EnumVariantRule" => KeyRuleKind.EnumVariant,
            "ExtendedTypeRule" => KeyRuleKind.ExtendedType,
            "DescribedTypeRule" => KeyRuleKind.DescribedType,
            "SchemaNameRule" => KeyRuleKind.SchemaName,
            _ => KeyRuleKind.None,
        };
        if (kind != KeyRuleKind.Format) return new KeyRule(kind, "", []);
        var template = (links.Properties(id)?[CoreSchema.TemplateString] as StringValue)?.Value ?? "";
        return new KeyRule(kind, template, [.. links.Targets(id, CoreSchema.TemplateParameters).Select(links.TypeName).OfType<string>()]);
    }
}
