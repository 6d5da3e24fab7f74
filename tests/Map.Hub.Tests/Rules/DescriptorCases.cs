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
            Findings =
            [
                new(MemberCount, Cardinality, "Novel.Book", "Extends",
                    "\"Novel.Book\" has 2 members under \"Extends\"; MetaHolonType allows at most 1. Remove links."),
                new(ExtendsOne, Cardinality, "Novel.Book", "Extends",
                    "\"Novel.Book\" extends \"Book.HolonType\" and \"Gift.HolonType\"; a type extends one at most."),
            ],
        },
        new(ExtendsEnds, "a type extends itself")
        {
            Types = [Type("Book")],
            Satisfies = [Step.Load(Type("Novel", extends: Book))],
            Violates =
            [
                Step.Unlink(Book, "Extends", "HolonType.TypeDescriptor"),
                Step.Link(Book, "Extends", Book),
                Step.Set(Book, "Key", TestTransaction.Text("Book.Book")),
            ],
            Findings =
            [
                new(ExtendsEnds, CyclicExtends, "Book.Book", "Extends",
                    "\"Book.Book\" extends \"Book.Book\", which leads back to where it began. Remove one of these links."),
            ],
        },
        new(ExtendsEnds, "two types extend each other")
        {
            Types = [Type("Book"), Type("Novel", extends: Book)],
            Over = Over.Saved,
            Satisfies = [Step.Set(Novel, "Description", TestTransaction.Text("New"))],
            Violates =
            [
                Step.Unlink(Book, "Extends", "HolonType.TypeDescriptor"),
                Step.Link(Book, "Extends", Novel),
                Step.Set(Book, "Key", TestTransaction.Text("Book.Novel")),
            ],
            Findings =
            [
                new(ExtendsEnds, CyclicExtends, "Book.Novel", "Extends",
                    "\"Book.Novel\" extends \"Novel.Book\" extends \"Book.Novel\", which leads back to where it began. Remove one "
                    + "of these links."),
            ],
        },
        new(ExtendsEnds, "two new types extend each other: each is told")
        {
            Types = [Type("Thing")],
            Satisfies = [Step.Load(Type("Book"), Type("Novel", extends: Book))],
            Violates = [Step.Load(Type("Book", extends: Novel, key: "Book.Novel"), Type("Novel", extends: "Book.Novel", key: "Novel.Book"))],
            Findings =
            [
                new(ExtendsEnds, CyclicExtends, "Book.Novel", "Extends",
                    "\"Book.Novel\" extends \"Novel.Book\" extends \"Book.Novel\", which leads back to where it began. Remove one "
                    + "of these links."),
                new(ExtendsEnds, CyclicExtends, "Novel.Book", "Extends",
                    "\"Novel.Book\" extends \"Book.Novel\" extends \"Novel.Book\", which leads back to where it began. Remove one "
                    + "of these links."),
            ],
        },
        new(ExtendsEnds, "no more than 64 types, HolonType and TypeDescriptor among them")
        {
            Types = [Chain(61)],
            Satisfies = [Step.Load(Type("T62", extends: "T61.T60"))],
            Violates = [Step.Load(Type("T62", extends: "T61.T60"), Type("T63", extends: "T62.T61"))],
            Findings =
            [
                new(ExtendsEnds, CyclicExtends, "T63.T62", "Extends",
                    "\"T63.T62\" extends \"T62.T61\" extends \"T61.T60\" extends \"T60.T59\" extends \"T59.T58\" extends "
                    + "\"T58.T57\" extends \"T57.T56\" extends \"T56.T55\" and so on, "
                    + "more than 64 types one after the other. Make the lineage shorter."),
            ],
        },
        new(TypeConsistent, "least and greatest number of members")
        {
            Types = [Type("Book"), Type("Person")],
            Satisfies = [Step.Load(Relationship("Authors", Book, Person, "AuthorOf", new { MinCardinality = 2, MaxCardinality = 2 }))],
            Violates = [Step.Load(Relationship("Authors", Book, Person, "AuthorOf", new { MinCardinality = 2, MaxCardinality = 1 }))],
            Findings =
            [
                new(TypeConsistent, InconsistentType, "(Book.HolonType)-[Authors]->(Person.HolonType)", "MaxCardinality",
                    "\"(Book.HolonType)-[Authors]->(Person.HolonType)\" contradicts itself: it has at least 2 and at most 1 members."),
            ],
        },
        new(TypeConsistent, "least and greatest number of sources")
        {
            Types = [Type("Book"), Type("Person")],
            Satisfies = [Step.Load(Relationship("Authors", Book, Person, "AuthorOf", inverseSays: new { MinCardinality = 0, MaxCardinality = 1 }))],
            Violates = [Step.Load(Relationship("Authors", Book, Person, "AuthorOf", inverseSays: new { MinCardinality = 3, MaxCardinality = 1 }))],
            Findings =
            [
                new(TypeConsistent, InconsistentType, "(Person.HolonType)-[AuthorOf]->(Book.HolonType)", "MaxCardinality",
                    "\"(Person.HolonType)-[AuthorOf]->(Book.HolonType)\" contradicts itself: it has at least 3 and at most 1 members."),
            ],
        },
        new(TypeConsistent, "a default value and its kind")
        {
            Satisfies = [Step.Load(TheSchema, Property("Pages", Whole, preset: 1))],
            Violates = [Step.Load(TheSchema, Property("Pages", Whole, preset: "one"))],
            Findings =
            [
                new(TypeConsistent, InconsistentType, "Pages.PropertyType", "DefaultValue",
                    "\"Pages.PropertyType\" contradicts itself: its default is \"one\", but MapIntegerValueType takes a whole number."),
            ],
        },
        new(TypeConsistent, "a default value and its bounds")
        {
            Types = [Value("Count", Whole, "MetaIntegerValueType.MetaValueType", Least(1))],
            Satisfies = [Step.Load(Property("Pages", "Count.MapIntegerValueType", preset: 1))],
            Violates = [Step.Load(Property("Pages", "Count.MapIntegerValueType", preset: 0))],
            Findings =
            [
                new(TypeConsistent, InconsistentType, "Pages.PropertyType", "DefaultValue",
                    "\"Pages.PropertyType\" contradicts itself: its default is 0, but Count is at least 1."),
            ],
        },
        new(TypeConsistent, "shortest and longest text")
        {
            Types = [Type("Thing")],
            Satisfies = [Step.Load(Value("Code", Text, "MetaStringValueType.MetaValueType", Shortest(2), Longest(2)))],
            Violates = [Step.Load(Value("Code", Text, "MetaStringValueType.MetaValueType", Shortest(3), Longest(2)))],
            Findings =
            [
                new(TypeConsistent, InconsistentType, "Code.MapStringValueType", "Constraints",
                    "\"Code.MapStringValueType\" contradicts itself: its values are at least 3 and at most 2 long."),
            ],
        },
        new(TypeConsistent, "bounds of a lineage")
        {
            Types = [Value("Code", Text, "MetaStringValueType.MetaValueType", Longest(2))],
            Satisfies = [Step.Load(Value("Long", "Code.MapStringValueType", "MetaStringValueType.MetaValueType", Shortest(2)))],
            Violates = [Step.Load(Value("Long", "Code.MapStringValueType", "MetaStringValueType.MetaValueType", Shortest(3)))],
            Findings =
            [
                new(TypeConsistent, InconsistentType, "Long.Code", "Constraints",
                    "\"Long.Code\" contradicts itself: its values are at least 3 and at most 2 long."),
            ],
        },
        new(TypeConsistent, "least and greatest number")
        {
            Types = [Type("Thing")],
            Satisfies = [Step.Load(Value("Count", Whole, "MetaIntegerValueType.MetaValueType", Least(1), Most(1)))],
            Violates = [Step.Load(Value("Count", Whole, "MetaIntegerValueType.MetaValueType", Least(1), Most(1, isInclusive: false)))],
            Findings =
            [
                new(TypeConsistent, InconsistentType, "Count.MapIntegerValueType", "Constraints",
                    "\"Count.MapIntegerValueType\" contradicts itself: no number is from 1 to 1 excluded."),
            ],
        },
        new(TypeConsistent, "a template and its parameters")
        {
            Types = [Property("Title", Text)],
            Satisfies = [Step.Load(Template("The {{book}} {0}"))],
            Violates = [Step.Load(Template("{0} of {1}"))],
            Findings =
            [
                new(TypeConsistent, InconsistentType, "ByTitle.FormatRule", "TemplateString",
                    "\"ByTitle.FormatRule\" contradicts itself: its template \"{0} of {1}\" has a place that no parameter fills, "
                    + "or a brace alone."),
            ],
        },
        new(TypeConsistent, "braces of a template")
        {
            Types = [Property("Title", Text)],
            Satisfies = [Step.Load(Template("{0}"))],
            Violates = [Step.Load(Template("{0} }"))],
            Findings =
            [
                new(TypeConsistent, InconsistentType, "ByTitle.FormatRule", "TemplateString",
                    "\"ByTitle.FormatRule\" contradicts itself: its template \"{0} }\" has a place that no parameter fills, or a brace alone."),
            ],
        },
        new(InstancesConform, "a property becomes required")
        {
            Types = [Type("Book", properties: [Title]), Property("Title", Text)],
            Given = [Step.Holon("One", Book, new { Title = "1" }), Step.Holon("Two", Book)],
            Over = Over.Saved,
            Satisfies = [Step.Set(Title, "IsValueRequired", Yes), Step.Set("Two", "Title", TestTransaction.Text("2"))],
            Violates = [Step.Set(Title, "IsValueRequired", Yes)],
            Findings =
            [
                new(InstancesConform, InstancesInvalid, "Book.HolonType", "",
                    "1 saved holon does not follow Book as it is changed here: \"Two\" has no value for \"Title\", which Book "
                    + "requires. Give it one."),
            ],
        },
        new(InstancesConform, "a property is no longer had")
        {
            Types = [Type("Book", properties: [Title]), Property("Title", Text)],
            Given = [Step.Holon("One", Book, new { Title = "1" }), Step.Holon("Two", Book)],
            Over = Over.Saved,
            Satisfies = [Step.Unlink(Book, "InstanceProperties", Title), Step.Remove("One", "Title")],
            Violates = [Step.Unlink(Book, "InstanceProperties", Title)],
            Findings =
            [
                new(InstancesConform, InstancesInvalid, "Book.HolonType", "",
                    "1 saved holon does not follow Book as it is changed here: \"One\" has a value for \"Title\", which Book does "
                    + "not know. Remove it, or declare the property."),
            ],
        },
        new(InstancesConform, "a value type gets narrower")
        {
            Types =
            [
                Type("Book", properties: [Title]),
                Property("Title", "Name.MapStringValueType"),
                Value("Name", Text, "MetaStringValueType.MetaValueType"),
            ],
            Given = [Step.Holon("One", Book, new { Title = "1" }), Step.Holon("Two", Book, new { Title = "Second" })],
            Over = Over.Saved,
            Satisfies =
            [
                Step.Load(Holon("Short", "MaximumLength.StringValueConstraint", new { ConstraintLength = 6 })),
                Step.Link("Name.MapStringValueType", "Constraints", "Short"),
            ],
            Violates =
            [
                Step.Load(Holon("Short", "MaximumLength.StringValueConstraint", new { ConstraintLength = 5 })),
                Step.Link("Name.MapStringValueType", "Constraints", "Short"),
            ],
            Findings =
            [
                new(InstancesConform, InstancesInvalid, "Book.HolonType", "",
                    "1 saved holon does not follow Book as it is changed here: \"Title\" of \"Two\" is \"Second\"; Name has at "
                    + "most 5 characters."),
            ],
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
            Findings =
            [
                new(InstancesConform, InstancesInvalid, "Novel.Book", "",
                    "1 saved holon does not follow Novel as it is changed here: \"Two\" has 2 members under \"Authors\"; Novel "
                    + "allows at most 1. Remove links."),
            ],
        },
        new(InstancesConform, "a type becomes abstract")
        {
            Types = [Type("Book"), Type("Novel", extends: Book)],
            Given = [Step.Holon("One", Book), Step.Holon("Two", Novel)],
            Over = Over.Saved,
            Satisfies = [Step.Set(Book, "IsAbstractType", Yes), Step.Describe("One", Novel)],
            Violates = [Step.Set(Book, "IsAbstractType", Yes)],
            Findings =
            [
                new(InstancesConform, InstancesInvalid, "Book.HolonType", "",
                    "1 saved holon does not follow Book as it is changed here: \"One\" is described by Book, which is abstract. "
                    + "Choose a type that extends it."),
            ],
        },
        new(InstancesConform, "a type gets another key rule")
        {
            Types = [Type("Tag", properties: ["TypeName.PropertyType"])],
            Given = [Step.Holon("Red", "Tag.HolonType", new { TypeName = "Red" }), Step.Holon("Blau", "Tag.HolonType", new { TypeName = "Blue" })],
            Over = Over.Saved,
            Satisfies =
            [
                Step.Link("Tag.HolonType", "InstanceKeyRule", "TypeNameRule.KeyRuleType"),
                Step.Set("Blau", "Key", TestTransaction.Text("Blue")),
            ],
            Violates = [Step.Link("Tag.HolonType", "InstanceKeyRule", "TypeNameRule.KeyRuleType")],
            Findings =
            [
                new(InstancesConform, InstancesInvalid, "Tag.HolonType", "",
                    "1 saved holon does not follow Tag as it is changed here: The key of \"Blau\" does not follow the rule of "
                    + "Tag, by which it is \"Blue\". Set that, or leave the key to the rule."),
            ],
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
