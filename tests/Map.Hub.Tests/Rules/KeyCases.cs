using static Map.Core.Validation.TypeRule;
using static Map.Hub.Tests.Rules.Part;
using static Map.V1.ErrorCode;

namespace Map.Hub.Tests.Rules;

/// <summary>Which keys holons have.</summary>
internal static class KeyCases
{
    private const string Book = "Book.HolonType";
    private const string Novel = "Novel.Book";
    private const string Text = "MapStringValueType.StringValueType";

    private static readonly Part[] _byTemplate =
    [
        Type("Book", properties: ["Title.PropertyType", "Pages.PropertyType"], keyRule: "ByTitle.FormatRule"),
        Property("Title", Text), Property("Pages", "MapIntegerValueType.IntegerValueType"), Template("ByTitle", "{0} ({1})"),
    ];

    public static readonly RuleCase[] All =
    [
        new(KeyFollowsRule, "format: a template that properties fill")
        {
            Types = _byTemplate,
            Satisfies = [Step.Holon("Emma (474)", Book, new { Title = "Emma", Pages = 474 })],
            Violates = [Step.Holon("Emma", Book, new { Title = "Emma", Pages = 474 })],
            Findings =
            [
                new(KeyFollowsRule, KeyRule, "Emma", "Key",
                    "The key of \"Emma\" does not follow the rule of Book, by which it is \"Emma (474)\". Set that, or leave the key to the rule."),
            ],
        },
        new(KeyFollowsRule, "format: a holon without a key gets it, one that lacks a property keeps its own")
        {
            Types = _byTemplate,
            Satisfies = [Step.Holon(null, Book, new { Title = "Emma", Pages = 474 }), Step.Holon("Persuasion", Book, new { Title = "Persuasion" })],
            Violates =
            [
                Step.Holon(null, Book, new { Title = "Emma", Pages = 474 }),
                Step.Holon("Persuasion", Book, new { Title = "Persuasion", Pages = 249 }),
            ],
            Findings =
            [
                new(KeyFollowsRule, KeyRule, "Persuasion", "Key",
                    "The key of \"Persuasion\" does not follow the rule of Book, by which it is \"Persuasion (249)\". Set that, "
                    + "or leave the key to the rule."),
            ],
        },
        new(KeyFollowsRule, "format: a key that the rule made follows its properties, another one does not")
        {
            Types = _byTemplate,
            Given = [Step.Holon(null, Book, new { Title = "Emma", Pages = 474 })],
            Over = Over.Saved,
            Satisfies = [Step.Set("Emma (474)", "Pages", TestTransaction.Number(400))],
            Violates = [Step.Set("Emma (474)", "Key", TestTransaction.Text("Emma"))],
            Findings =
            [
                new(KeyFollowsRule, KeyRule, "Emma", "Key",
                    "The key of \"Emma\" does not follow the rule of Book, by which it is \"Emma (474)\". Set that, or leave the key to the rule."),
            ],
        },
        new(KeyFollowsRule, "type name")
        {
            Types = [Type("Tag", properties: ["TypeName.PropertyType"], keyRule: "TypeNameRule.KeyRuleType")],
            Satisfies = [Step.Holon("Red", "Tag.HolonType", new { TypeName = "Red" })],
            Violates = [Step.Holon("Rot", "Tag.HolonType", new { TypeName = "Red" })],
            Findings =
            [
                new(KeyFollowsRule, KeyRule, "Rot", "Key",
                    "The key of \"Rot\" does not follow the rule of Tag, by which it is \"Red\". Set that, or leave the key to the rule."),
            ],
        },
        new(KeyFollowsRule, "relationship: (Source)-[Name]->(Target)")
        {
            Types = [Type("Book"), Type("Person")],
            Satisfies = [Step.Load(Relationship("Authors", Book, "Person.HolonType", "AuthorOf"))],
            Violates = [Step.Load(Relationship("Authors", Book, "Person.HolonType", "AuthorOf", key: "Authors"))],
            Findings =
            [
                new(KeyFollowsRule, KeyRule, "Authors", "Key",
                    "The key of \"Authors\" does not follow the rule of MetaDeclaredRelationshipType, by which it is "
                    + "\"(Book.HolonType)-[Authors]->(Person.HolonType)\". Set that, or leave the key to the rule."),
            ],
        },
        new(KeyFollowsRule, "enum variant: the enumeration and the name")
        {
            Types = [Type("Thing")],
            Satisfies = [Step.Load(Enumeration("Colour", "Red"))],
            Violates = [Step.Load(Enumeration("Colour", "Red")), Step.Set("Colour.MapEnumValueType.Red", "Key", TestTransaction.Text("Red"))],
            Findings =
            [
                new(KeyFollowsRule, KeyRule, "Red", "Key",
                    "The key of \"Red\" does not follow the rule of MetaEnumVariantValueType, by which it is "
                    + "\"Colour.MapEnumValueType.Red\". Set that, or leave the key to the rule."),
            ],
        },
        new(KeyFollowsRule, "extended type: the name and what the type extends")
        {
            Types = [Type("Book")],
            Satisfies = [Step.Load(Type("Novel", extends: Book))],
            Violates = [Step.Load(Type("Novel", extends: Book, key: "Novel.HolonType"))],
            Findings =
            [
                new(KeyFollowsRule, KeyRule, "Novel.HolonType", "Key",
                    "The key of \"Novel.HolonType\" does not follow the rule of MetaHolonType, by which it is \"Novel.Book\". Set "
                    + "that, or leave the key to the rule."),
            ],
        },
        new(KeyFollowsRule, "described type: the name and its type")
        {
            Types = [Property("Title", Text)],
            Satisfies = [Step.Load(Template("ByTitle", "{0}", "Title.PropertyType"))],
            Violates =
            [
                Step.Load(Template("ByTitle", "{0}", "Title.PropertyType")),
                Step.Set("ByTitle.FormatRule", "Key", TestTransaction.Text("ByTitle")),
            ],
            Findings =
            [
                new(KeyFollowsRule, KeyRule, "ByTitle", "Key",
                    "The key of \"ByTitle\" does not follow the rule of FormatRule, by which it is \"ByTitle.FormatRule\". Set "
                    + "that, or leave the key to the rule."),
            ],
        },
        new(KeyFollowsRule, "schema name")
        {
            Satisfies = [Step.Holon("Books", "Schema.HolonType", new { SchemaName = "Books", Description = "Of books" })],
            Violates = [Step.Holon("My books", "Schema.HolonType", new { SchemaName = "Books", Description = "Of books" })],
            Findings =
            [
                new(KeyFollowsRule, KeyRule, "My books", "Key",
                    "The key of \"My books\" does not follow the rule of Schema, by which it is \"Books\". Set that, or leave the key to the rule."),
            ],
        },
        new(KeyFollowsRule, "none, and the nearest rule of a lineage")
        {
            Types = [.. _byTemplate, Type("Novel", extends: Book, keyRule: "NoneRule.KeyRuleType")],
            Satisfies = [Step.Holon("Any", Novel, new { Title = "Emma", Pages = 474 })],
            Violates = [Step.Holon("Any", Book, new { Title = "Emma", Pages = 474 })],
            Findings =
            [
                new(KeyFollowsRule, KeyRule, "Any", "Key",
                    "The key of \"Any\" does not follow the rule of Book, by which it is \"Emma (474)\". Set that, or leave the key to the rule."),
            ],
        },
        new(KeyFollowsRule, "the rule of the type that a holon gets")
        {
            Types = [.. _byTemplate, Type("Novel", extends: Book, keyRule: "NoneRule.KeyRuleType")],
            Given = [Step.Holon("Any", Novel, new { Title = "Emma", Pages = 474 })],
            Satisfies = [Step.Describe("Any", Book), Step.Set("Any", "Key", TestTransaction.Text("Emma (474)"))],
            Violates = [Step.Describe("Any", Book)],
            Findings =
            [
                new(KeyFollowsRule, KeyRule, "Any", "Key",
                    "The key of \"Any\" does not follow the rule of Book, by which it is \"Emma (474)\". Set that, or leave the key to the rule."),
            ],
        },
        new(KeyUnique, "two new holons")
        {
            Types = [Type("Book"), Type("Person")],
            Satisfies = [Step.Holon("Emma", Book), Step.Holon("Emma", "Person.HolonType")],
            Violates = [Step.Stage("Emma", Book), Step.Stage("Emma", Book)],
            Findings =
            [
                new(KeyUnique, DuplicateKey, "Emma", "Key",
                    "The key \"Emma\" is taken by another Book ({id}). Give one of them another key."),
                new(KeyUnique, DuplicateKey, "Emma", "Key",
                    "The key \"Emma\" is taken by another Book ({id}). Give one of them another key."),
            ],
        },
        new(KeyUnique, "a new holon and another")
        {
            Types = [Type("Book")],
            Given = [Step.Holon("Emma", Book)],
            Over = Over.Saved,
            Satisfies = [Step.Delete("Emma"), Step.Stage("Emma", Book)],
            Violates = [Step.Stage("Emma", Book)],
            Findings =
            [
                new(KeyUnique, DuplicateKey, "Emma", "Key",
                    "The key \"Emma\" is taken by another Book ({id}). Give one of them another key."),
            ],
        },
        new(KeyUnique, "a holon takes the key of another")
        {
            Types = [Type("Book")],
            Given = [Step.Holon("Emma", Book), Step.Holon("Ivanhoe", Book)],
            Over = Over.Saved,
            Satisfies = [Step.Set("Emma", "Key", TestTransaction.Text("Emma I")), Step.Set("Ivanhoe", "Key", TestTransaction.Text("Emma"))],
            Violates = [Step.Set("Ivanhoe", "Key", TestTransaction.Text("Emma"))],
            Findings =
            [
                new(KeyUnique, DuplicateKey, "Emma", "Key",
                    "The key \"Emma\" is taken by another Book ({id}). Give one of them another key."),
            ],
        },
        new(KeyUnique, "a holon gets the type of another")
        {
            Types = [Type("Book"), Type("Novel", extends: Book)],
            Given = [Step.Holon("Emma", Book), Step.Holon("Ivanhoe", Novel)],
            Over = Over.Saved,
            Satisfies = [Step.Describe("Ivanhoe", Book)],
            Violates = [Step.Describe("Ivanhoe", Book), Step.Set("Ivanhoe", "Key", TestTransaction.Text("Emma"))],
            Findings =
            [
                new(KeyUnique, DuplicateKey, "Emma", "Key",
                    "The key \"Emma\" is taken by another Book ({id}). Give one of them another key."),
            ],
        },
    ];

    private static Part Template(string name, string template, params string[] parameters) => Holon(
        $"{name}.FormatRule", "FormatRule.KeyRuleType", new { TypeName = name, Description = "Of an example", TemplateString = template },
        ("TemplateParameters", parameters.Length > 0 ? parameters : ["Title.PropertyType", "Pages.PropertyType"]));
}
