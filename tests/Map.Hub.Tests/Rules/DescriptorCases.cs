using Map.V1;
using static Map.Core.Validation.TypeRule;
using static Map.Hub.Tests.Rules.Part;
using static Map.V1.ErrorCode;

namespace Map.Hub.Tests.Rules;

/// <summary>What types say of themselves, and to the instances that they have.</summary>
internal static class DescriptorCases
{
    private const string Book = "Book.HolonType";
    private const string Novel = "Novel.Book";
    private const string Person = "Person.HolonType";
    private const string Text = "MapStringValueType.StringValueType";
    private const string Whole = "MapIntegerValueType.IntegerValueType";
    private const string Title = "Title.PropertyType";

    public static readonly RuleCase[] All =
    [
        new(ExtendsOne, "a type")
        {
            Types = [Type("Book"), Type("Gift")],
            Satisfies = [Step.Load(Type("Novel", extends: Book))],
            Violates = [Step.Load(Type("Novel", extends: Book)), Step.Link(Novel, "Extends", "Gift.HolonType")],
            Findings = [],
        },
        new(ExtendsEnds, "a type extends itself")
        {
            Types = [Type("Book")],
            Satisfies = [Step.Load(Type("Novel", extends: Book))],
            Violates = [Step.Unlink(Book, "Extends", "HolonType.TypeDescriptor"), Step.Link(Book, "Extends", Book), Step.Set(Book, "Key", TestTransaction.Text("Book.Book"))],
            Findings = [],
        },
        new(ExtendsEnds, "two types extend each other")
        {
            Types = [Type("Book"), Type("Novel", extends: Book)],
            Satisfies = [Step.Set(Novel, "Description", TestTransaction.Text("New"))],
            Violates = [Step.Unlink(Book, "Extends", "HolonType.TypeDescriptor"), Step.Link(Book, "Extends", Novel), Step.Set(Book, "Key", TestTransaction.Text("Book.Novel"))],
            Findings = [],
        },
        new(ExtendsEnds, "64 types")
        {
            Types = [Chain(62)],
            Satisfies = [Step.Load(Type("T63", extends: "T62.T61"))],
            Violates = [Step.Load(Type("T63", extends: "T62.T61"), Type("T64", extends: "T63.T62"))],
            Findings = [],
        },
        new(TypeConsistent, "least and greatest number of members")
        {
            Types = [Type("Book"), Type("Person")],
            Satisfies = [Step.Load(Relationship("Authors", Book, Person, "AuthorOf", new { MinCardinality = 2, MaxCardinality = 2 }))],
            Violates = [Step.Load(Relationship("Authors", Book, Person, "AuthorOf", new { MinCardinality = 2, MaxCardinality = 1 }))],
            Findings = [],
        },
        new(TypeConsistent, "least and greatest number of sources")
        {
            Types = [Type("Book"), Type("Person")],
            Satisfies = [Step.Load(Relationship("Authors", Book, Person, "AuthorOf", inverseSays: new { MinCardinality = 0, MaxCardinality = 1 }))],
            Violates = [Step.Load(Relationship("Authors", Book, Person, "AuthorOf", inverseSays: new { MinCardinality = 3, MaxCardinality = 1 }))],
            Findings = [],
        },
        new(TypeConsistent, "a default value and its kind")
        {
            Satisfies = [Step.Load(TheSchema, Property("Pages", Whole, preset: 1))],
            Violates = [Step.Load(TheSchema, Property("Pages", Whole, preset: "one"))],
            Findings = [],
        },
        new(TypeConsistent, "a default value and its bounds")
        {
            Types = [Value("Count", Whole, "MetaIntegerValueType", Least(1))],
            Satisfies = [Step.Load(Property("Pages", "Count.MapIntegerValueType", preset: 1))],
            Violates = [Step.Load(Property("Pages", "Count.MapIntegerValueType", preset: 0))],
            Findings = [],
        },
        new(TypeConsistent, "shortest and longest text")
        {
            Types = [Type("Thing")],
            Satisfies = [Step.Load(Value("Code", Text, "MetaStringValueType", Shortest(2), Longest(2)))],
            Violates = [Step.Load(Value("Code", Text, "MetaStringValueType", Shortest(3), Longest(2)))],
            Findings = [],
        },
        new(TypeConsistent, "bounds of a lineage")
        {
            Types = [Value("Code", Text, "MetaStringValueType", Longest(2))],
            Satisfies = [Step.Load(Value("Long", "Code.MapStringValueType", "MetaStringValueType", Shortest(2)))],
            Violates = [Step.Load(Value("Long", "Code.MapStringValueType", "MetaStringValueType", Shortest(3)))],
            Findings = [],
        },
        new(TypeConsistent, "least and greatest number")
        {
            Types = [Type("Thing")],
            Satisfies = [Step.Load(Value("Count", Whole, "MetaIntegerValueType", Least(1), Most(1)))],
            Violates = [Step.Load(Value("Count", Whole, "MetaIntegerValueType", Least(1), Most(1, isInclusive: false)))],
            Findings = [],
        },
        new(TypeConsistent, "a template and its parameters")
        {
            Types = [Property("Title", Text)],
            Satisfies = [Step.Load(Template("The {{book}} {0}"))],
            Violates = [Step.Load(Template("{0} of {1}"))],
            Findings = [],
        },
        new(TypeConsistent, "braces of a template")
        {
            Types = [Property("Title", Text)],
            Satisfies = [Step.Load(Template("{0}"))],
            Violates = [Step.Load(Template("{0} }"))],
            Findings = [],
        },
        new(InstancesConform, "a property becomes required")
        {
            Types = [Type("Book", properties: [Title]), Property("Title", Text)],
            Given = [Step.Holon("One", Book, new { Title = "1" }), Step.Holon("Two", Book)],
            Over = Over.Saved,
            Satisfies = [Step.Set(Title, "IsValueRequired", Yes), Step.Set("Two", "Title", TestTransaction.Text("2"))],
            Violates = [Step.Set(Title, "IsValueRequired", Yes)],
            Findings = [],
        },
        new(InstancesConform, "a property is no longer had")
        {
            Types = [Type("Book", properties: [Title]), Property("Title", Text)],
            Given = [Step.Holon("One", Book, new { Title = "1" }), Step.Holon("Two", Book)],
            Over = Over.Saved,
            Satisfies = [Step.Unlink(Book, "InstanceProperties", Title), Step.Remove("One", "Title")],
            Violates = [Step.Unlink(Book, "InstanceProperties", Title)],
            Findings = [],
        },
        new(InstancesConform, "a value type gets narrower")
        {
            Types = [Type("Book", properties: [Title]), Property("Title", "Name.MapStringValueType"), Value("Name", Text, "MetaStringValueType")],
            Given = [Step.Holon("One", Book, new { Title = "1" }), Step.Holon("Two", Book, new { Title = "Second" })],
            Over = Over.Saved,
            Satisfies = [Step.Load(Holon("Short", "MaximumLength.StringValueConstraint", new { ConstraintLength = 6 })), Step.Link("Name.MapStringValueType", "Constraints", "Short")],
            Violates = [Step.Load(Holon("Short", "MaximumLength.StringValueConstraint", new { ConstraintLength = 5 })), Step.Link("Name.MapStringValueType", "Constraints", "Short")],
            Findings = [],
        },
        new(InstancesConform, "fewer members are allowed, along a lineage")
        {
            Types = [.. LinkCases.Authors(), Type("Novel", extends: Book)],
            Given =
            [
                Step.Load(Holon("Ann", Person), Holon("Ben", Person)), Step.Holon("One", Book, null, ("Authors", "Ann")),
                Step.Holon("Two", Novel, null, ("Authors", new[] { "Ann", "Ben" })),
            ],
            Over = Over.Saved,
            Satisfies = [Step.Set(KeyOf(Book, "Authors", Person), "MaxCardinality", TestTransaction.Number(2))],
            Violates = [Step.Set(KeyOf(Book, "Authors", Person), "MaxCardinality", TestTransaction.Number(1))],
            Findings = [],
        },
        new(InstancesConform, "a type becomes abstract")
        {
            Types = [Type("Book"), Type("Novel", extends: Book)],
            Given = [Step.Holon("One", Book), Step.Holon("Two", Novel)],
            Over = Over.Saved,
            Satisfies = [Step.Set(Book, "IsAbstractType", Yes), Step.Describe("One", Novel)],
            Violates = [Step.Set(Book, "IsAbstractType", Yes)],
            Findings = [],
        },
        new(InstancesConform, "a type gets another key rule")
        {
            Types = [Type("Tag", properties: ["TypeName.PropertyType"])],
            Given = [Step.Holon("Red", "Tag.HolonType", new { TypeName = "Red" }), Step.Holon("Blau", "Tag.HolonType", new { TypeName = "Blue" })],
            Over = Over.Saved,
            Satisfies = [Step.Link("Tag.HolonType", "InstanceKeyRule", "TypeNameRule.KeyRuleType"), Step.Set("Blau", "Key", TestTransaction.Text("Blue"))],
            Violates = [Step.Link("Tag.HolonType", "InstanceKeyRule", "TypeNameRule.KeyRuleType")],
            Findings = [],
        },
    ];

    private static BaseValue Yes => new() { BoolValue = true };

    /// <summary>A type T1 that extends HolonType, which extends TypeDescriptor, and types that extend one another.</summary>
    private static Part Chain(int last)
    {
        var types = Enumerable.Range(1, last).Select(i => i switch
        {
            1 => Type("T1"),
            2 => Type("T2", extends: "T1.HolonType"),
            _ => Type($"T{i}", extends: $"T{i - 1}.T{i - 2}"),
        });
        return new Part($"types T1 to T{last}, each but the first extends the one before", [.. types.SelectMany(type => type.Holons)]);
    }

    private static (string, object) Least(long number) => ("MinimumValue.IntegerValueConstraint", new { ConstraintIntegerValue = number });

    private static (string, object) Most(long number, bool isInclusive = true) =>
        ("MaximumValue.IntegerValueConstraint", new { ConstraintIntegerValue = number, ConstraintIsInclusive = isInclusive });

    private static (string, object) Shortest(long length) => ("MinimumLength.StringValueConstraint", new { ConstraintLength = length });

    private static (string, object) Longest(long length) => ("MaximumLength.StringValueConstraint", new { ConstraintLength = length });

    private static Part Template(string template) => Holon(
        "ByTitle.FormatRule", "FormatRule.KeyRuleType", new { TypeName = "ByTitle", Description = "Of an example", TemplateString = template },
        ("TemplateParameters", new[] { Title }));
}
