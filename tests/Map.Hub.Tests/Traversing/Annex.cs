using Map.Core.Loading;
using static Map.Hub.Tests.TestSchema;

namespace Map.Hub.Tests.Traversing;

/// <summary>
/// What queries are asked of and the sample library does not have: a type that extends another, bytes, members that stand
/// twice behind an inverse, a type that allows whatever its instances bring, and holons without a key.
/// </summary>
internal static class Annex
{
    public const string Anthology = "Anthology.Book";
    public const string Leaflet = "Leaflet.HolonType";

    private const string Library = "Library Schema";
    private const string Meta = "MetaHolonType.MetaTypeDescriptor";
    private const string Book = "Book.HolonType";

    public static ImportSource Types => File(
        "annex-types.json",
        [
            Holon(
                Anthology, Meta, Named("Anthology"), ("Extends", Book), ("ComponentOf", Library),
                ("InstanceProperties", new[] { "Editor.PropertyType", "Stamp.PropertyType" }),
                ("InstanceRelationships", Key(Anthology, "Collects", Book))),
            Holon(
                Leaflet, Meta, Open("Leaflet", isBare: false), ("Extends", "HolonType.TypeDescriptor"), ("ComponentOf", Library),
                ("InstanceKeyRule", "NoneRule.KeyRuleType")),
            Property("Editor", "ShortText.MapStringValueType"),
            Property("Stamp", "MapBytesValueType.BytesValueType"),
            .. Relationship(
                ("MetaDeclaredRelationshipType.MetaRelationshipType", "MetaInverseRelationshipType.MetaRelationshipType"),
                Anthology, "Collects", Book, "CollectedIn", ordered: true, duplicates: true,
                extend: kind => [("Extends", kind), ("ComponentOf", Library)]),
        ]);

    public static ImportSource Holons => File(
        "annex.json",
        Holon(
            "English Ghosts", Anthology,
            new { Title = "English Ghosts", Form = "Stories", PublicationYear = 1899, Editor = "Ada", Stamp = "AQI=" },
            ("AuthoredBy", new object[] { "Dickens, Charles", "James, Henry", Holon(null, "Person.HolonType", new { Name = "Anonymous" }) }),
            ("Collects", new[] { "The Turn of the Screw", "A Christmas Carol", "The Turn of the Screw" })),
        Holon("Leaflet A", Leaflet, new { Colour = "red", Size = 3, Weight = (1L << 53) + 1 }, ("Mentions", new[] { "Emma", "English Ghosts" })),
        Holon("Leaflet B", Leaflet, new { Colour = 3, Size = 3.5, Weight = 1L << 53 }, ("Mentions", "Leaflet A")),
        Holon("Leaflet C", Leaflet, new { Size = 2.5 }),
        Holon(null, Leaflet, new { Colour = true }));

    private static object Property(string name, string valueType) => Holon(
        $"{name}.PropertyType", "MetaPropertyType.MetaTypeDescriptor", Named(name),
        ("Extends", "PropertyType.TypeDescriptor"), ("ComponentOf", Library), ("ValueType", valueType));
}
