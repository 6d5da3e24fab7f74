using static Map.Core.Validation.TypeRule;
using static Map.Hub.Tests.Rules.Part;
using static Map.V1.ErrorCode;

namespace Map.Hub.Tests.Rules;

/// <summary>Which links holons have, and how many.</summary>
internal static class LinkCases
{
    private const string Book = "Book.HolonType";
    private const string Novel = "Novel.Book";
    private const string Person = "Person.HolonType";
    private const string Place = "Place.HolonType";

    private static readonly Step _ann = Step.Load(Holon("Ann", Person));
    private static readonly Step _people = Step.Load(Holon("Ann", Person), Holon("Ben", Person), Holon("Cleo", Person));

    public static readonly RuleCase[] All =
    [
        new(RelationshipKnown, "a link")
        {
            Types = Authors(),
            Given = [_ann],
            Satisfies = [Step.Holon("One", Book, null, ("Authors", "Ann"))],
            Violates = [Step.Holon("One", Book, null, ("Friends", "Ann"))],
            Findings =
            [
                new(RelationshipKnown, UnknownRelationship, "One", "Friends",
                    "\"One\" has links under \"Friends\", which Book does not know. Remove them, or declare the relationship."),
            ],
        },
        new(RelationshipKnown, "along a lineage")
        {
            Types = [.. Authors(), Type("Novel", extends: Book)],
            Given = [_ann],
            Satisfies = [Step.Holon("One", Novel, null, ("Authors", "Ann"))],
            Violates = [Step.Holon("Ben", Person, null, ("Authors", "Ann"))],
            Findings =
            [
                new(RelationshipKnown, UnknownRelationship, "Ben", "Authors",
                    "\"Ben\" has links under \"Authors\", which Person does not know. Remove them, or declare the relationship."),
            ],
        },
        new(RelationshipKnown, "any link, where the type allows more")
        {
            Types = [Type("Book", says: new { AllowsAdditionalRelationships = true }), Type("Person")],
            Given = [_ann],
            Satisfies = [Step.Holon("One", Book, null, ("Friends", "Ann"))],
            Violates = [Step.Holon("Ben", Person, null, ("Friends", "Ann"))],
            Findings =
            [
                new(RelationshipKnown, UnknownRelationship, "Ben", "Friends",
                    "\"Ben\" has links under \"Friends\", which Person does not know. Remove them, or declare the relationship."),
            ],
        },
        new(RelationshipKnown, "links of the type before")
        {
            Types = [.. Authors(), Type("Place")],
            Given = [_ann, Step.Holon("One", Book, null, ("Authors", "Ann"))],
            Satisfies = [Step.Unlink("One", "Authors", "Ann"), Step.Describe("One", Place)],
            Violates = [Step.Describe("One", Place)],
            Findings =
            [
                new(RelationshipKnown, UnknownRelationship, "One", "Authors",
                    "\"One\" has links under \"Authors\", which Place does not know. Remove them, or declare the relationship."),
            ],
        },
        new(TargetConforms, "a link is added")
        {
            Types = [.. Authors(), Type("Place")],
            Given = [_ann, Step.Holon("York", Place)],
            Satisfies = [Step.Holon("One", Book, null, ("Authors", "Ann"))],
            Violates = [Step.Holon("One", Book, null, ("Authors", "York"))],
            Findings =
            [
                new(TargetConforms, WrongTargetType, "One", "Authors",
                    "\"Authors\" of \"One\" leads to \"York\" of type Place, but takes members of type Person. Remove that link."),
            ],
        },
        new(TargetConforms, "the target is of a type that extends the target type")
        {
            Types = [.. Authors(), Type("Writer", extends: Person), Type("Place")],
            Given = [Step.Holon("Jane", "Writer.Person"), Step.Holon("York", Place), Step.Holon("One", Book)],
            Satisfies = [Step.Link("One", "Authors", "Jane")],
            Violates = [Step.Link("One", "Authors", "York", "Jane")],
            Findings =
            [
                new(TargetConforms, WrongTargetType, "One", "Authors",
                    "\"Authors\" of \"One\" leads to \"York\" of type Place, but takes members of type Person. Remove that link."),
            ],
        },
        new(TargetConforms, "the target gets another type")
        {
            Types = [.. Authors(), Type("Place"), Type("Writer", extends: Person)],
            Given = [_ann, Step.Holon("One", Book, null, ("Authors", "Ann"))],
            Over = Over.Saved,
            Satisfies = [Step.Describe("Ann", "Writer.Person")],
            Violates = [Step.Describe("Ann", Place)],
            Findings =
            [
                new(TargetConforms, WrongTargetType, "Ann", "DescribedBy",
                    "\"Ann\" is of type Place, but links under \"Authors\" lead to it, which takes members of type Person. Remove "
                    + "those links, or choose another type."),
            ],
        },
        new(TargetConforms, "the target of a staged link gets another type")
        {
            Types = [.. Authors(), Type("Place"), Type("Writer", extends: Person)],
            Given = [_ann],
            Over = Over.Nothing,
            Satisfies = [Step.Holon("One", Book, null, ("Authors", "Ann")), Step.Describe("Ann", "Writer.Person")],
            Violates = [Step.Holon("One", Book, null, ("Authors", "Ann")), Step.Describe("Ann", Place)],
            Findings =
            [
                new(TargetConforms, WrongTargetType, "One", "Authors",
                    "\"Authors\" of \"One\" leads to \"Ann\" of type Place, but takes members of type Person. Remove that link."),
            ],
        },
        new(TargetConforms, "the source gets a type whose relationship of that name leads elsewhere")
        {
            Types =
            [
                .. Authors(),
                Type("Place"),
                Type("Guide", relationships: [KeyOf("Guide.HolonType", "Authors", Place)]),
                Relationship("Authors", "Guide.HolonType", Place, "GuideOf"),
                Type("Novel", extends: Book),
            ],
            Given = [_ann, Step.Holon("One", Book, null, ("Authors", "Ann"))],
            Satisfies = [Step.Describe("One", Novel)],
            Violates = [Step.Describe("One", "Guide.HolonType")],
            Findings =
            [
                new(TargetConforms, WrongTargetType, "One", "Authors",
                    "\"Authors\" of \"One\" leads to \"Ann\" of type Person, but takes members of type Place. Remove that link."),
            ],
        },
        new(TargetConforms, "the target is a type")
        {
            Types =
            [
                Type("Shelf", relationships: [KeyOf("Shelf.HolonType", "Holds", Book)]),
                Type("Book"),
                Type("Novel", extends: Book),
                Type("Place"),
                Relationship("Holds", "Shelf.HolonType", Book, "HeldBy"),
            ],
            Satisfies = [Step.Holon("Top", "Shelf.HolonType", null, ("Holds", Novel))],
            Violates = [Step.Holon("Top", "Shelf.HolonType", null, ("Holds", Place))],
            Findings =
            [
                new(TargetConforms, WrongTargetType, "Top", "Holds",
                    "\"Holds\" of \"Top\" leads to \"Place.HolonType\" of type MetaHolonType, but takes members of type Book. "
                    + "Remove that link."),
            ],
        },
        new(TargetConforms, "the target is a type that extends another one now")
        {
            Types =
            [
                Type("Shelf", relationships: [KeyOf("Shelf.HolonType", "Holds", Book)]),
                Type("Book"),
                Type("Novel", extends: Book, key: "Novel.Book"),
                Type("Place"),
                Relationship("Holds", "Shelf.HolonType", Book, "HeldBy"),
            ],
            Given = [Step.Holon("Top", "Shelf.HolonType", null, ("Holds", Novel))],
            Over = Over.Saved,
            Satisfies = [Step.Set(Novel, "Description", TestTransaction.Text("New"))],
            Violates =
            [
                Step.Unlink(Novel, "Extends", Book),
                Step.Link(Novel, "Extends", Place),
                Step.Set(Novel, "Key", TestTransaction.Text("Novel.Place")),
            ],
            Findings =
            [
                new(TargetConforms, WrongTargetType, "Novel.Place", "Extends",
                    "\"Novel.Place\" is of type MetaHolonType, but links under \"Holds\" lead to it, which takes members of type "
                    + "Book. Remove those links, or choose another type."),
            ],
        },
        new(MemberCount, "at least, of none")
        {
            Types = Authors(new { MinCardinality = 1 }),
            Given = [_ann],
            Satisfies = [Step.Holon("One", Book, null, ("Authors", "Ann"))],
            Violates = [Step.Holon("One", Book)],
            Findings =
            [
                new(MemberCount, MissingRequired, "One", "Authors",
                    "\"One\" has no members under \"Authors\"; Book asks for at least 1. Add links."),
            ],
        },
        new(MemberCount, "at least, of some")
        {
            Types = Authors(new { MinCardinality = 2 }),
            Given = [_people],
            Satisfies = [Step.Holon("One", Book, null, ("Authors", new[] { "Ann", "Ben" }))],
            Violates = [Step.Holon("One", Book, null, ("Authors", "Ann"))],
            Findings =
            [
                new(MemberCount, Cardinality, "One", "Authors",
                    "\"One\" has 1 member under \"Authors\"; Book asks for at least 2. Add links."),
            ],
        },
        new(MemberCount, "at most")
        {
            Types = Authors(new { MaxCardinality = 2 }),
            Given = [_people, Step.Holon("One", Book, null, ("Authors", "Ann"))],
            Satisfies = [Step.Link("One", "Authors", "Ben")],
            Violates = [Step.Link("One", "Authors", "Ben", "Cleo")],
            Findings =
            [
                new(MemberCount, Cardinality, "One", "Authors",
                    "\"One\" has 3 members under \"Authors\"; Book allows at most 2. Remove links."),
            ],
        },
        new(MemberCount, "exactly")
        {
            Types = Authors(new { MinCardinality = 1, MaxCardinality = 1 }),
            Given = [_people, Step.Holon("One", Book, null, ("Authors", "Ann"))],
            Satisfies = [Step.Unlink("One", "Authors", "Ann"), Step.Link("One", "Authors", "Ben")],
            Violates = [Step.Link("One", "Authors", "Ben")],
            Findings =
            [
                new(MemberCount, Cardinality, "One", "Authors",
                    "\"One\" has 2 members under \"Authors\"; Book asks for exactly 1. Remove links."),
            ],
        },
        new(MemberCount, "a range, of members that stand twice")
        {
            Types = Authors(new { MinCardinality = 1, MaxCardinality = 2, AllowsDuplicates = true }),
            Given = [_people],
            Satisfies = [Step.Holon("One", Book, null, ("Authors", new[] { "Ann", "Ann" }))],
            Violates = [Step.Holon("One", Book, null, ("Authors", new[] { "Ann", "Ann", "Ben" }))],
            Findings =
            [
                new(MemberCount, Cardinality, "One", "Authors",
                    "\"One\" has 3 members under \"Authors\"; Book asks for 1 to 2. Remove links."),
            ],
        },
        new(MemberCount, "a member is deleted")
        {
            Types = Authors(new { MinCardinality = 1 }),
            Given = [_people, Step.Holon("One", Book, null, ("Authors", "Ann"))],
            Over = Over.Saved,
            Satisfies = [Step.Delete("Ann"), Step.Link("One", "Authors", "Ben")],
            Violates = [Step.Delete("Ann")],
            Findings =
            [
                new(MemberCount, MissingRequired, "One", "Authors",
                    "\"One\" has no members under \"Authors\"; Book asks for at least 1. Add links."),
            ],
        },
        new(MemberCount, "of the type that a holon gets")
        {
            Types = [.. Authors(new { MinCardinality = 1 }), Type("Place")],
            Given = [_ann, Step.Holon("One", Place)],
            Satisfies = [Step.Describe("One", Book), Step.Link("One", "Authors", "Ann")],
            Violates = [Step.Describe("One", Book)],
            Findings =
            [
                new(MemberCount, MissingRequired, "One", "Authors",
                    "\"One\" has no members under \"Authors\"; Book asks for at least 1. Add links."),
            ],
        },
        new(SourceCount, "at least, of a new holon")
        {
            Types = Authors(inverseSays: new { MinCardinality = 1 }),
            Satisfies = [Step.Load(Holon("Ann", Person), Holon("One", Book, null, ("Authors", "Ann")))],
            Violates = [Step.Holon("Ann", Person)],
            Findings =
            [
                new(SourceCount, MissingRequired, "Ann", "AuthorOf",
                    "\"Ann\" has no members under \"AuthorOf\", the inverse of \"Authors\"; Person asks for at least 1. Add links."),
            ],
        },
        new(SourceCount, "at least, of some")
        {
            Types = Authors(inverseSays: new { MinCardinality = 2 }),
            Satisfies = [Step.Load(Holon("Ann", Person), Holon("One", Book, null, ("Authors", "Ann")), Holon("Two", Book, null, ("Authors", "Ann")))],
            Violates = [Step.Load(Holon("Ann", Person), Holon("One", Book, null, ("Authors", "Ann")))],
            Findings =
            [
                new(SourceCount, Cardinality, "Ann", "AuthorOf",
                    "\"Ann\" has 1 member under \"AuthorOf\", the inverse of \"Authors\"; Person asks for at least 2. Add links."),
            ],
        },
        new(SourceCount, "at most")
        {
            Types = Authors(inverseSays: new { MaxCardinality = 1 }),
            Given = [_people, Step.Holon("One", Book, null, ("Authors", "Ann"))],
            Satisfies = [Step.Holon("Two", Book, null, ("Authors", "Ben"))],
            Violates = [Step.Holon("Two", Book, null, ("Authors", "Ann"))],
            Findings =
            [
                new(SourceCount, Cardinality, "Ann", "AuthorOf",
                    "\"Ann\" has 2 members under \"AuthorOf\", the inverse of \"Authors\"; Person allows at most 1. Remove links."),
            ],
        },
        new(SourceCount, "exactly, when a link is removed")
        {
            Types = Authors(inverseSays: new { MinCardinality = 1, MaxCardinality = 1 }),
            Given = [Step.Load(Holon("Ann", Person), Holon("One", Book, null, ("Authors", "Ann")), Holon("Two", Book))],
            Satisfies = [Step.Unlink("One", "Authors", "Ann"), Step.Link("Two", "Authors", "Ann")],
            Violates = [Step.Unlink("One", "Authors", "Ann")],
            Findings =
            [
                new(SourceCount, MissingRequired, "Ann", "AuthorOf",
                    "\"Ann\" has no members under \"AuthorOf\", the inverse of \"Authors\"; Person asks for exactly 1. Add links."),
            ],
        },
        new(SourceCount, "a source is deleted")
        {
            Types = Authors(inverseSays: new { MinCardinality = 1 }),
            Given = [Step.Load(Holon("Ann", Person), Holon("One", Book, null, ("Authors", "Ann")))],
            Over = Over.Saved,
            Satisfies = [Step.Delete("One"), Step.Holon("Two", Book, null, ("Authors", "Ann"))],
            Violates = [Step.Delete("One")],
            Findings =
            [
                new(SourceCount, MissingRequired, "Ann", "AuthorOf",
                    "\"Ann\" has no members under \"AuthorOf\", the inverse of \"Authors\"; Person asks for at least 1. Add links."),
            ],
        },
        new(SourceCount, "a source gets a type with another relationship of that name")
        {
            Types =
            [
                .. Authors(inverseSays: new { MinCardinality = 1 }), Type("Novel", extends: Book),
                Type("Guide", relationships: [KeyOf("Guide.HolonType", "Authors", Person)]), Relationship("Authors", "Guide.HolonType",
            Person, "GuideOf"),
            ],
            Given = [Step.Load(Holon("Ann", Person), Holon("One", Book, null, ("Authors", "Ann")))],
            Satisfies = [Step.Describe("One", Novel)],
            Violates = [Step.Describe("One", "Guide.HolonType")],
            Findings =
            [
                new(SourceCount, MissingRequired, "Ann", "AuthorOf",
                    "\"Ann\" has no members under \"AuthorOf\", the inverse of \"Authors\"; Person asks for at least 1. Add links."),
            ],
        },
        new(SourceCount, "a type as the target: at most, and nothing at least")
        {
            Types = [.. Authors(inverseSays: new { MinCardinality = 1, MaxCardinality = 1 }), Type("Writer", extends: Person)],
            Satisfies = [Step.Holon("One", Book, null, ("Authors", "Writer.Person"))],
            Violates = [Step.Load(Holon("One", Book, null, ("Authors", "Writer.Person")), Holon("Two", Book, null, ("Authors", "Writer.Person")))],
            Findings =
            [
                new(SourceCount, Cardinality, "Writer.Person", "AuthorOf",
                    "\"Writer.Person\" has 2 members under \"AuthorOf\", the inverse of \"Authors\"; Person allows at most 1. Remove links."),
            ],
        },
    ];

    /// <summary>Books and their authors.</summary>
    internal static Part[] Authors(object? says = null, object? inverseSays = null) =>
    [
        Type("Book", relationships: [KeyOf(Book, "Authors", Person)]), Type("Person"),
        Relationship("Authors", Book, Person, "AuthorOf", says, inverseSays),
    ];
}
