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

    /// <summary>What describes the types, over the core schema.</summary>
    public const string Meta = "MetaTestType.MetaHolonType";

    /// <summary>What the types are components of, over the core schema.</summary>
    public const string Schema = "Test Schema";

    /// <summary>
    /// The types, described as the core schema has it, but for keys: they have the same ones here as alone, whatever they
    /// extend.
    /// </summary>
    public static ImportSource OverCore => File(
        "types.json",
        [
            Holon(Schema, "Schema.HolonType", new { SchemaName = Schema, Description = "Types for tests" }),
            Holon(
                Meta, "MetaHolonType.MetaTypeDescriptor", Named("MetaTestType"),
                ("Extends", "MetaHolonType.MetaTypeDescriptor"), ("InstanceKeyRule", "NoneRule.KeyRuleType"), ("ComponentOf", Schema)),
            .. Types(
                Meta,
                ("MetaDeclaredRelationshipType.MetaRelationshipType", "MetaInverseRelationshipType.MetaRelationshipType"),
                isBare: false,
                kind => [("ComponentOf", Schema), ("Extends", kind)]),
        ]);

    /// <summary>The types by themselves, all described by one type, so that a space holds little else.</summary>
    public static ImportSource Alone => File(
        "types.json", [Holon("Type", "Type", Open("Type", isBare: true)), .. Types("Type", ("Type", "Type"), isBare: true, kind => kind is Item or Book ? [("Extends", kind)] : [])]);

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

    /// <summary>Properties of a type whose instances may have whatever else a test gives them.</summary>
    public static object Open(string typeName, bool isBare) => new
    {
        TypeName = typeName,
        DisplayName = isBare ? null : typeName,
        Description = isBare ? null : Description(typeName),
        AllowsAdditionalProperties = true,
        AllowsAdditionalRelationships = true,
    };

    private static string Description(string typeName) => $"{typeName} for tests";

    /// <summary>Properties that the core schema asks of every type.</summary>
    public static object Named(string typeName) =>
        new { TypeName = typeName, DisplayName = typeName, Description = Description(typeName) };

    private static object[] Types(
        string metaType, (string Declared, string Inverse) metas, bool isBare, Func<string, (string, object)[]> extend)
    {
        var over = isBare ? null : extend;
        return
        [
            Holon(
                Item, metaType, Open("Item", isBare),
                [.. extend("HolonType.TypeDescriptor"), ("InstanceRelationships", new[] { Key(Item, Similar, Item), Key(Item, Parts, Item) })]),
            Holon(
                Book, metaType, Open("Book", isBare),
                [
                    .. extend(Item),
                    ("InstanceRelationships", new[] { Key(Book, Authors, Person), Key(Book, Credits, Person), Key(Book, Readers, Person) }),
                ]),
            Holon(Novel, metaType, Open("Novel", isBare), extend(Book)),
            Holon(
                Person, metaType, Open("Person", isBare),
                [.. extend("HolonType.TypeDescriptor"), ("InstanceRelationships", Key(Person, Remarks, Item))]),
            .. Relationship(metas, Book, Authors, Person, AuthorOf, ordered: true, definitional: true, extend: over),
            .. Relationship(metas, Book, Credits, Person, CreditedIn, ordered: true, duplicates: true, definitional: true, extend: over),
            .. Relationship(metas, Book, Readers, Person, ReaderOf, duplicates: true, extend: over),
            .. Relationship(metas, Item, Similar, Item, SimilarFrom, extend: over),
            .. Relationship(metas, Item, Parts, Item, PartOf, onDelete: "Cascade", extend: over),
            .. Relationship(metas, Person, Remarks, Item, RemarkedBy, onDeleteInverse: "Cascade", extend: over),
        ];
    }

    public static string Key(string source, string name, string target) => $"({source})-[{name}]->({target})";

    /// <summary>A declared relationship type and its inverse.</summary>
    /// <param name="metas">What describes the two.</param>
    /// <param name="source">The source type.</param>
    /// <param name="name">The declared name.</param>
    /// <param name="target">The target type.</param>
    /// <param name="inverse">The inverse name.</param>
    /// <param name="ordered">Whether members keep their order.</param>
    /// <param name="duplicates">Whether a member may stand more than once.</param>
    /// <param name="definitional">Whether a change makes a new version.</param>
    /// <param name="onDelete">What becomes of members when their source is deleted.</param>
    /// <param name="onDeleteInverse">What becomes of sources when a member is deleted.</param>
    /// <param name="extend">The links by which a type extends another and is part of a schema; null where there is no core schema.</param>
    public static object[] Relationship(
        (string Declared, string Inverse) metas, string source, string name, string target, string inverse,
        bool ordered = false, bool duplicates = false, bool definitional = false,
        string? onDelete = null, string? onDeleteInverse = null, Func<string, (string, object)[]>? extend = null) =>
    [
        Holon(
            Key(source, name, target), metas.Declared,
            new
            {
                TypeName = name,
                DisplayName = extend is null ? null : name,
                Description = extend is null ? null : Description(name),
                IsOrdered = ordered ? true : (bool?)null,
                AllowsDuplicates = duplicates ? true : (bool?)null,
                IsDefinitional = definitional ? true : (bool?)null,
                DeletionSemantic = onDelete,
            },
            [
                .. extend?.Invoke("DeclaredRelationshipType.RelationshipType") ?? [],
                ("SourceType", source), ("TargetType", target), ("HasInverse", Key(target, inverse, source)),
            ]),
        Holon(
            Key(target, inverse, source), metas.Inverse,
            new
            {
                TypeName = inverse,
                DisplayName = extend is null ? null : inverse,
                Description = extend is null ? null : Description(inverse),
                DeletionSemantic = onDeleteInverse,
            },
            [.. extend?.Invoke("InverseRelationshipType.RelationshipType") ?? [], ("SourceType", target), ("TargetType", source)]),
    ];
}
