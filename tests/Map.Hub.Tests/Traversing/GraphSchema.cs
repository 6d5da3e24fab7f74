using Map.Core.Loading;
using static Map.Hub.Tests.TestSchema;

namespace Map.Hub.Tests.Traversing;

/// <summary>A relationship of random graphs, with its inverse.</summary>
internal sealed record GraphLink(string Source, string Name, string Target, string Inverse, bool IsOrdered, bool Repeats);

/// <summary>The types of random graphs, worked out from this table alone.</summary>
internal static class GraphSchema
{
    public const string Thing = "Thing";
    public const string Box = "Box";
    public const string Crate = "Crate";
    public const string Person = "Person";

    /// <summary>Allows whatever its instances bring.</summary>
    public const string Slip = "Slip";

    /// <summary>A relationship that no type declares; slips have it.</summary>
    public const string Mentions = "Mentions";

    private const string Meta = "MetaHolonType.MetaTypeDescriptor";
    private const string Root = "HolonType.TypeDescriptor";
    private const string Shapes = "Shape.MapEnumValueType";

    /// <summary>Each type with what it extends.</summary>
    public static readonly IReadOnlyDictionary<string, string?> Types = new Dictionary<string, string?>
    {
        [Thing] = null,
        [Box] = Thing,
        [Crate] = Box,
        [Person] = null,
        [Slip] = null,
    };

    /// <summary>The properties that types declare, each with its value type. A name is of one kind wherever it is declared.</summary>
    public static readonly IReadOnlyList<(string Type, string Name, string ValueType)> Properties =
    [
        (Thing, "Name", "MapStringValueType.StringValueType"),
        (Thing, "Size", "MapIntegerValueType.IntegerValueType"),
        (Thing, "Weight", "MapDoubleValueType.DoubleValueType"),
        (Thing, "Done", "MapBooleanValueType.BooleanValueType"),
        (Thing, "Shape", Shapes),
        (Thing, "Made", "MapTimestampValueType.TimestampValueType"),
        (Box, "Mark", "MapBytesValueType.BytesValueType"),
        (Box, "Tags", "Tags.MapValueArrayType"),
        (Person, "Name", "MapStringValueType.StringValueType"),
        (Person, "Age", "MapIntegerValueType.IntegerValueType"),
    ];

    public static readonly IReadOnlyList<GraphLink> Links =
    [
        new(Thing, "Near", Thing, "NearFrom", IsOrdered: false, Repeats: false),
        new(Box, "Holds", Thing, "HeldBy", IsOrdered: true, Repeats: true),
        new(Crate, "Ships", Person, "ShipsFrom", IsOrdered: true, Repeats: false),
        new(Person, "Knows", Person, "KnownBy", IsOrdered: false, Repeats: true),
        new(Person, "Keeps", Thing, "KeptBy", IsOrdered: false, Repeats: false),
    ];

    public static readonly string[] ShapeNames = ["Round", "Square", "Flat"];

    public static readonly string[] PropertyNames = [.. Properties.Select(each => each.Name).Distinct(), "Key"];

    /// <summary>All names by which members are read.</summary>
    public static readonly string[] LinkNames =
        [.. Links.SelectMany(each => (string[])[each.Name, each.Inverse]), Mentions, "DescribedBy", "Instances"];

    public static ImportSource File => TestSchema.File(
        "graph-types.json",
        [
            .. Types.Select(each => Type(each.Key, each.Value)),
            .. Properties.DistinctBy(each => each.Name).Select(each => Holon(
                $"{each.Name}.PropertyType", "MetaPropertyType.MetaTypeDescriptor", Named(each.Name),
                ("Extends", "PropertyType.TypeDescriptor"), ("ValueType", each.ValueType))),
            .. Links.SelectMany(each => Relationship(
                ("MetaDeclaredRelationshipType.MetaRelationshipType", "MetaInverseRelationshipType.MetaRelationshipType"),
                each.Source, each.Name, each.Target, each.Inverse, ordered: each.IsOrdered, duplicates: each.Repeats,
                extend: kind => [("Extends", kind)])),
            Holon(
                "Tags.MapValueArrayType", "MetaValueArrayValueType.MetaValueType", Named("Tags"),
                ("Extends", "MapValueArrayType.ValueArrayValueType"), ("ElementValueType", "MapStringValueType.StringValueType")),
            Holon(
                Shapes, "MetaEnumValueType.MetaValueType", Named("Shape"),
                ("Extends", "MapEnumValueType.EnumValueType"), ("Variants", ShapeNames.Select(each => $"{Shapes}.{each}"))),
            .. ShapeNames.Select(each => Holon(
                $"{Shapes}.{each}", "MetaEnumVariantValueType.MetaValueType", Named(each),
                ("Extends", "MapEnumVariantValueType.EnumVariantValueType"))),
        ]);

    /// <summary>A type and what it extends, the type itself first.</summary>
    public static IEnumerable<string> Lineage(string type)
    {
        for (var at = type; at is not null; at = Types.GetValueOrDefault(at)) yield return at;
    }

    /// <summary>A type and those that extend it.</summary>
    public static IEnumerable<string> Family(string type) => Types.Keys.Where(each => Lineage(each).Contains(type));

    /// <summary>The names by which holons of a type have members, each with the type that the members are of; null for any.</summary>
    public static IEnumerable<(string Name, string? To)> NamesOf(string type)
    {
        foreach (var link in Links)
        {
            if (Lineage(type).Contains(link.Source)) yield return (link.Name, link.Target);
            if (Lineage(type).Contains(link.Target)) yield return (link.Inverse, link.Source);
        }

        if (type == Slip) yield return (Mentions, null);
    }

    /// <summary>The kind of a declared property; null where its type does not know it.</summary>
    public static string? KindOf(string type, string name) =>
        Properties.FirstOrDefault(each => each.Name == name && Lineage(type).Contains(each.Type)).ValueType;

    private static object Type(string name, string? extends) => Holon(
        name, Meta, name == Slip ? Open(name, isBare: false) : Named(name),
        [
            ("Extends", extends ?? Root),
            ("InstanceKeyRule", "NoneRule.KeyRuleType"),
            ("InstanceProperties", Properties.Where(each => each.Type == name).Select(each => $"{each.Name}.PropertyType")),
            ("InstanceRelationships", Links.Where(each => each.Source == name).Select(each => Key(each.Source, each.Name, each.Target))),
        ]);
}
