using Map.Core.Loading;

namespace Map.Hub.Tests.Inverses;

/// <summary>A relationship that a type declares, with its inverse.</summary>
internal sealed record DeclaredRelationship(string Source, string Name, string Target, string Inverse)
{
    public bool IsOrdered { get; init; }

    public bool AllowsDuplicates { get; init; }

    public bool IsDefinitional { get; init; }

    /// <summary>What a deletion of the source does to the targets: <c>Allow</c> or <c>Cascade</c>.</summary>
    public string OnDelete { get; init; } = "Allow";

    /// <summary>What a deletion of a target does to the sources.</summary>
    public string OnTargetDelete { get; init; } = "Allow";

    public string Key => $"({Source})-[{Name}]->({Target})";

    public string InverseKey => $"({Target})-[{Inverse}]->({Source})";
}

/// <summary>Types with an inverse of each kind of relationship, and what they mean, worked out from this table alone.</summary>
internal static class InverseSchema
{
    public const string Book = "Book";
    public const string Novel = "Novel";
    public const string Person = "Person";
    public const string Chapter = "Chapter";

    /// <summary>The type of the types; it describes itself.</summary>
    private const string Type = "Type";

    private const string Item = "Item";
    private const string Poem = "Poem";
    private const string Field = "Field";

    /// <summary>The types whose instances commands make, each with what it extends.</summary>
    public static readonly IReadOnlyDictionary<string, string?> Types = new Dictionary<string, string?>
    {
        [Item] = null,
        [Book] = Item,
        [Novel] = Book,
        [Poem] = Book,
        [Person] = null,
        [Chapter] = null,
    };

    /// <summary>Types that are themselves the targets of a relationship, as they extend its target type.</summary>
    public static readonly IReadOnlyDictionary<string, string?> Fields = new Dictionary<string, string?>
    {
        [Field] = null,
        ["Title"] = Field,
        ["Pages"] = Field,
    };

    public static readonly IReadOnlyList<DeclaredRelationship> Relationships =
    [
        new(Item, "Similar", Item, "SimilarFrom"),
        // Of the same names, and yet another one.
        new(Chapter, "Similar", Chapter, "SimilarFrom"),
        new(Book, "Authors", Person, "AuthorOf") { IsOrdered = true, IsDefinitional = true },
        // Another relationship that has the same inverse.
        new(Novel, "Editors", Person, "AuthorOf"),
        new(Book, "Credits", Person, "CreditedIn") { IsOrdered = true, AllowsDuplicates = true, IsDefinitional = true },
        new(Book, "Readers", Person, "ReaderOf") { AllowsDuplicates = true },
        // Takes the place of the one that it inherits.
        new(Poem, "Readers", Person, "PoemReaderOf"),
        new(Book, "Uses", Field, "UsedByBook"),
        new(Book, "Chapters", Chapter, "ChapterOf") { IsOrdered = true, OnDelete = "Cascade" },
        new(Chapter, "Parts", Chapter, "PartOf") { OnDelete = "Cascade" },
        new(Person, "Knows", Person, "KnownBy") { IsDefinitional = true },
        // The inverse one deletes: who goes takes along who is linked to it.
        new(Person, "Shadows", Person, "ShadowedBy") { OnTargetDelete = "Cascade" },
    ];

    public static readonly IReadOnlyList<string> Names = [.. Relationships.Select(each => each.Name).Distinct()];

    public static readonly IReadOnlyList<string> InverseNames = [.. Relationships.Select(each => each.Inverse).Distinct()];

    public static ImportSource File => TestSchema.File(
        "types.json",
        [
            TestSchema.Holon(Type, Type, new { TypeName = Type }),
            .. Types.Concat(Fields).Select(each => TypeHolon(each.Key, each.Value)),
            .. Relationships.SelectMany(RelationshipHolons),
        ]);

    /// <summary>One more type that extends another one.</summary>
    public static ImportSource Extension(string name, string extends) => TestSchema.File("type.json", TypeHolon(name, extends));

    /// <summary>What instances of a type declare, the nearest along its lineage of each name.</summary>
    public static IEnumerable<DeclaredRelationship> Declared(IReadOnlyList<string> lineage) => lineage
        .SelectMany(type => Relationships.Where(each => each.Source == type)).DistinctBy(each => each.Name);

    private static object TypeHolon(string name, string? extends)
    {
        var declared = Relationships.Where(each => each.Source == name).Select(each => each.Key).ToArray();
        (string, object)[] relationships = [("InstanceRelationships", declared)];
        if (extends is not null) relationships = [("Extends", extends), .. relationships];
        return TestSchema.Holon(name, Type, new { TypeName = name }, relationships);
    }

    private static object[] RelationshipHolons(DeclaredRelationship each) =>
    [
        TestSchema.Holon(
            each.Key, Type,
            new
            {
                TypeName = each.Name, each.IsOrdered, each.AllowsDuplicates, each.IsDefinitional, DeletionSemantic = each.OnDelete,
            },
            ("SourceType", each.Source), ("TargetType", each.Target), ("HasInverse", each.InverseKey)),
        TestSchema.Holon(
            each.InverseKey, Type, new { TypeName = each.Inverse, DeletionSemantic = each.OnTargetDelete },
            ("SourceType", each.Target), ("TargetType", each.Source)),
    ];
}
