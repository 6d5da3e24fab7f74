using System.Text.Json;
using System.Text.Json.Serialization;
using Map.Core.Loading;

namespace Map.Hub.Tests;

/// <summary>
/// Types for tests. Novel extends Book, which extends Item; Person stands alone. Between them are relationships of
/// each combination of rules, all with inverses.
/// </summary>
internal static class TestSchema
{
    public const string Item = "Item.HolonType";
    public const string Book = "Book.HolonType";
    public const string Novel = "Novel.HolonType";
    public const string Person = "Person.HolonType";

    /// <summary>Book to Person: ordered, a change makes a new version.</summary>
    public const string Authors = "Authors";
    public const string AuthorOf = "AuthorOf";

    /// <summary>Book to Person: ordered, a member may stand more than once, a change makes a new version.</summary>
    public const string Credits = "Credits";
    public const string CreditedIn = "CreditedIn";

    /// <summary>Book to Person: unordered, a member may stand more than once.</summary>
    public const string Readers = "Readers";
    public const string ReaderOf = "ReaderOf";

    /// <summary>Item to Item, and so also from and to its subtypes: unordered.</summary>
    public const string Similar = "Similar";
    public const string SimilarFrom = "SimilarFrom";

    /// <summary>Item to Item: unordered. Parts are deleted with what they are parts of.</summary>
    public const string Parts = "Parts";
    public const string PartOf = "PartOf";

    /// <summary>Person to Item: unordered. Who remarks on an item is deleted with it.</summary>
    public const string Remarks = "Remarks";
    public const string RemarkedBy = "RemarkedBy";

    /// <summary>From any holon to any, declared by no type: unordered, a change makes a new version.</summary>
    public const string Friends = "Friends";

    private static readonly JsonSerializerOptions WithoutNulls =
        new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static string[] RelationshipNames =>
        [Authors, AuthorOf, Credits, CreditedIn, Readers, ReaderOf, Similar, SimilarFrom, Parts, PartOf, Remarks, RemarkedBy, Friends];

    /// <summary>The types, described as the core schema has it.</summary>
    public static ImportSource OverCore => File("types.json", Types(
        "MetaHolonType.MetaTypeDescriptor",
        ("MetaDeclaredRelationshipType.MetaRelationshipType", "MetaInverseRelationshipType.MetaRelationshipType"),
        [("Extends", "HolonType.TypeDescriptor")]));

    /// <summary>The types by themselves, all described by one type, so that a space holds little else.</summary>
    public static ImportSource Alone => File(
        "types.json", [Holon("Type", "Type", new { TypeName = "Type" }), .. Types("Type", ("Type", "Type"), [])]);

    public static ImportSource File(string name, params object[] holons) =>
        new(name, JsonSerializer.SerializeToUtf8Bytes(new { holons }, WithoutNulls));

    public static object Holon(
        string? key, string type, object? properties = null, params (string Name, object Target)[] relationships) => new
        {
            key,
            type,
            properties = properties ?? new object(),
            relationships = relationships.Select(each => new { name = each.Name, target = each.Target }),
        };

    private static object[] Types(string metaType, (string Declared, string Inverse) metas, (string, object)[] root) =>
    [
        Holon(
            Item, metaType, new { TypeName = "Item" },
            [.. root, ("InstanceRelationships", new[] { Key(Item, Similar, Item), Key(Item, Parts, Item) })]),
        Holon(
            Book, metaType, new { TypeName = "Book" },
            ("Extends", Item),
            ("InstanceRelationships", new[] { Key(Book, Authors, Person), Key(Book, Credits, Person), Key(Book, Readers, Person) })),
        Holon(Novel, metaType, new { TypeName = "Novel" }, ("Extends", Book)),
        Holon(Person, metaType, new { TypeName = "Person" }, [.. root, ("InstanceRelationships", Key(Person, Remarks, Item))]),
        .. Relationship(metas, Book, Authors, Person, AuthorOf, ordered: true, definitional: true),
        .. Relationship(metas, Book, Credits, Person, CreditedIn, ordered: true, duplicates: true, definitional: true),
        .. Relationship(metas, Book, Readers, Person, ReaderOf, duplicates: true),
        .. Relationship(metas, Item, Similar, Item, SimilarFrom),
        .. Relationship(metas, Item, Parts, Item, PartOf, onDelete: "Cascade"),
        .. Relationship(metas, Person, Remarks, Item, RemarkedBy, onDeleteInverse: "Cascade"),
    ];

    public static string Key(string source, string name, string target) => $"({source})-[{name}]->({target})";

    /// <summary>A declared relationship type and its inverse.</summary>
    /// <param name="onDelete">What becomes of members when their source is deleted.</param>
    /// <param name="onDeleteInverse">What becomes of sources when a member is deleted.</param>
    public static object[] Relationship(
        (string Declared, string Inverse) metas, string source, string name, string target, string inverse,
        bool ordered = false, bool duplicates = false, bool definitional = false,
        string? onDelete = null, string? onDeleteInverse = null) =>
    [
        Holon(
            Key(source, name, target), metas.Declared,
            new
            {
                TypeName = name,
                IsOrdered = ordered ? true : (bool?)null,
                AllowsDuplicates = duplicates ? true : (bool?)null,
                IsDefinitional = definitional ? true : (bool?)null,
                DeletionSemantic = onDelete,
            },
            ("SourceType", source), ("TargetType", target), ("HasInverse", Key(target, inverse, source))),
        Holon(
            Key(target, inverse, source), metas.Inverse, new { TypeName = inverse, DeletionSemantic = onDeleteInverse },
            ("SourceType", target), ("TargetType", source)),
    ];
}
