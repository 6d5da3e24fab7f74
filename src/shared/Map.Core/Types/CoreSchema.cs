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

    /// <summary>Relationship of a type to the type that it extends.</summary>
    public const string Extends = "Extends";

    /// <summary>Relationship of a type to the relationships that its instances may have.</summary>
    public const string InstanceRelationships = "InstanceRelationships";

    /// <summary>Relationship of a declared relationship type to its inverse.</summary>
    public const string HasInverse = "HasInverse";

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

    /// <summary>Whether a change of this relationship changes what types say of their instances.</summary>
    public static bool ShapesContracts(string name) =>
        name is Extends or InstanceRelationships or HasInverse or TargetType;

    /// <summary>The relationships that the system keeps, so that no command writes them as links.</summary>
    public static readonly IReadOnlyList<string> KeptBySystem = [DescribedBy, Instances, OwnedBy, Owns, Predecessor, Successor];

    /// <summary>Whether the system keeps this relationship, so that no command writes it as links.</summary>
    public static bool IsKeptBySystem(string name) => KeptBySystem.Contains(name);
}
