using Map.Core.Values;

namespace Map.Core.Types;

/// <summary>The names by which types describe holons: the vocabulary that the core itself reads.</summary>
public static class CoreSchema
{
    /// <summary>Property of a type: its name.</summary>
    public const string TypeName = "TypeName";

    /// <summary>Property of a relationship type: members keep the order they were given.</summary>
    public const string IsOrdered = "IsOrdered";

    /// <summary>Property of a relationship type: one member may stand more than once.</summary>
    public const string AllowsDuplicates = "AllowsDuplicates";

    /// <summary>Property of a relationship type: a change makes a new version of the source.</summary>
    public const string IsDefinitional = "IsDefinitional";

    /// <summary>Property of a type: it describes no holon itself, only types that extend it do.</summary>
    public const string IsAbstractType = "IsAbstractType";

    /// <summary>Property of a holon type: instances may have properties that no type declares.</summary>
    public const string AllowsAdditionalProperties = "AllowsAdditionalProperties";

    /// <summary>Property of a holon type: instances may have relationships that no type declares.</summary>
    public const string AllowsAdditionalRelationships = "AllowsAdditionalRelationships";

    /// <summary>Property of a property type: every instance has a value.</summary>
    public const string IsValueRequired = "IsValueRequired";

    /// <summary>Property of a property type: the value of instances that have none of their own.</summary>
    public const string DefaultValue = "DefaultValue";

    /// <summary>Property of a relationship type: how many members a holon has at least.</summary>
    public const string MinCardinality = "MinCardinality";

    /// <summary>Property of a relationship type: how many members a holon has at most.</summary>
    public const string MaxCardinality = "MaxCardinality";

    /// <summary>Property of a relationship type: what becomes of the members when a holon is deleted.</summary>
    public const string DeletionSemantic = "DeletionSemantic";

    /// <summary>Property of a schema: its name.</summary>
    public const string SchemaName = "SchemaName";

    /// <summary>Property of a format rule: text with {0}, {1} and so on.</summary>
    public const string TemplateString = "TemplateString";

    /// <summary>Property of what names code: what it is called.</summary>
    public const string ImplementationName = "ImplementationName";

    /// <summary>Property of what implements a dance: whether it is built in or a guest.</summary>
    public const string Engine = "Engine";

    /// <summary>Property of what names a guest: its module.</summary>
    public const string ModuleRef = "ModuleRef";

    /// <summary>Property of what names code: the exported function of a guest, or the name of a built-in handler.</summary>
    public const string Entrypoint = "Entrypoint";

    /// <summary>Property of what names a guest: the interface that it was built for.</summary>
    public const string AbiId = "AbiId";

    /// <summary>Relationship of a type to the type that it extends.</summary>
    public const string Extends = "Extends";

    /// <summary>Relationship of a type to the relationships that its instances may have.</summary>
    public const string InstanceRelationships = "InstanceRelationships";

    /// <summary>Relationship of a type to the properties that its instances may have.</summary>
    public const string InstanceProperties = "InstanceProperties";

    /// <summary>Relationship of a type to the rule by which keys of its instances are made.</summary>
    public const string InstanceKeyRule = "InstanceKeyRule";

    /// <summary>Relationship of a dance type to the types of which instances afford it; a type has it as its inverse <c>AffordsDance</c>.</summary>
    public const string DanceAffordedBy = "DanceAffordedBy";

    /// <summary>Relationship of a dance type to the type of what it is asked with.</summary>
    public const string RequestType = "RequestType";

    /// <summary>Relationship of an implementation to the dance that it carries out.</summary>
    public const string ForDance = "ForDance";

    /// <summary>Relationship of a validator to the types of which it judges the instances.</summary>
    public const string Validates = "Validates";

    /// <summary>The key of the type of which dance types are instances.</summary>
    internal const string DanceTypesKey = "MetaDanceType.MetaHolonType";

    /// <summary>Relationship of a property type to what its values may be.</summary>
    public const string ValueType = "ValueType";

    /// <summary>Relationship of a value type to its constraints.</summary>
    public const string Constraints = "Constraints";

    /// <summary>Relationship of an enum type to its variants.</summary>
    public const string Variants = "Variants";

    /// <summary>Relationship of a list type to what its items may be.</summary>
    public const string ElementValueType = "ElementValueType";

    /// <summary>Relationship of a format rule to the properties that fill it.</summary>
    public const string TemplateParameters = "TemplateParameters";

    /// <summary>Relationship of a declared relationship type to its inverse.</summary>
    public const string HasInverse = "HasInverse";

    /// <summary>Relationship of a relationship type to the type of its sources.</summary>
    public const string SourceType = "SourceType";

    /// <summary>Relationship of a relationship type to the type of its targets.</summary>
    public const string TargetType = "TargetType";

    /// <summary>Kept by the system: a holon's type. Its inverse is <see cref="Instances"/>.</summary>
    public const string DescribedBy = "DescribedBy";

    /// <summary>Inverse of <see cref="DescribedBy"/>.</summary>
    public const string Instances = "Instances";

    /// <summary>Kept by the system: a holon's space. Its inverse is <see cref="Owns"/>.</summary>
    public const string OwnedBy = "OwnedBy";

    /// <summary>Inverse of <see cref="OwnedBy"/>.</summary>
    public const string Owns = "Owns";

    /// <summary>Kept by the system: where a holon came from.</summary>
    public const string Predecessor = "Predecessor";

    /// <summary>Inverse of <see cref="Predecessor"/>.</summary>
    public const string Successor = "Successor";

    /// <summary>The relationships of descriptors by which contracts are made.</summary>
    internal static readonly HashSet<string> ContractRelationships =
    [
        Extends, InstanceProperties, InstanceRelationships, InstanceKeyRule, DanceAffordedBy, Validates, ValueType, Constraints,
        Variants, ElementValueType, TemplateParameters, HasInverse, SourceType, TargetType,
    ];

    private static readonly HashSet<string> _constraintProperties =
    [
        "ConstraintLength", "ConstraintIntegerValue", "ConstraintDoubleValue", "ConstraintIsInclusive",
        "ConstraintItemCount", "ConstraintEnabled",
    ];

    /// <summary>Whether a change of this relationship changes what types say of their instances.</summary>
    public static bool ShapesContracts(string name) => ContractRelationships.Contains(name);

    /// <summary>Whether a holon of these properties takes part in describing others: a type, or a constraint of one.</summary>
    public static bool Describes(PropertyMap properties)
    {
        foreach (var (name, _) in properties.AsSpan())
            if (string.Equals(name, TypeName, StringComparison.Ordinal) || _constraintProperties.Contains(name)) return true;
        return false;
    }

    /// <summary>The relationships that the system keeps, so that no command writes them as links.</summary>
    public static readonly IReadOnlyList<string> KeptBySystem = [DescribedBy, Instances, OwnedBy, Owns, Predecessor, Successor];

    /// <summary>Whether the system keeps this relationship, so that no command writes it as links.</summary>
    public static bool IsKeptBySystem(string name) =>
        name is DescribedBy or Instances or OwnedBy or Owns or Predecessor or Successor;
}
