using static Map.Core.Validation.TypeRule;
using static Map.Hub.Tests.Rules.Part;
using static Map.V1.ErrorCode;

namespace Map.Hub.Tests.Rules;

/// <summary>Which properties holons have.</summary>
internal static class PropertyCases
{
    private const string Book = "Book.HolonType";
    private const string Novel = "Novel.Book";
    private const string Text = "MapStringValueType.StringValueType";
    private const string Title = "Title.PropertyType";

    private static readonly Part[] _titled = [Type("Book", properties: [Title]), Property("Title", Text)];
    private static readonly Part[] _required = [Type("Book", properties: [Title]), Property("Title", Text, required: true)];

    public static readonly RuleCase[] All =
    [
        new(PropertyKnown, "a property")
        {
            Types = _titled,
            Satisfies = [Step.Holon("One", Book, new { Title = "1" })],
            Violates = [Step.Holon("One", Book, new { Shade = "1" })],
            Findings =
            [
                new(PropertyKnown, UnknownProperty, "One", "Shade",
                    "\"One\" has a value for \"Shade\", which Book does not know. Remove it, or declare the property."),
            ],
        },
        new(PropertyKnown, "a property of a type that the type extends")
        {
            Types = [.. _titled, Type("Novel", extends: Book)],
            Satisfies = [Step.Holon("One", Novel, new { Title = "1" })],
            Violates = [Step.Holon("One", Novel, new { Title = "1", Shade = "1" })],
            Findings =
            [
                new(PropertyKnown, UnknownProperty, "One", "Shade",
                    "\"One\" has a value for \"Shade\", which Novel does not know. Remove it, or declare the property."),
            ],
        },
        new(PropertyKnown, "a property of a type that extends the type")
        {
            Types = [Type("Book"), Type("Novel", extends: Book, properties: [Title]), Property("Title", Text)],
            Satisfies = [Step.Holon("One", Novel, new { Title = "1" })],
            Violates = [Step.Holon("One", Book, new { Title = "1" })],
            Findings =
            [
                new(PropertyKnown, UnknownProperty, "One", "Title",
                    "\"One\" has a value for \"Title\", which Book does not know. Remove it, or declare the property."),
            ],
        },
        new(PropertyKnown, "any property, where the type allows more")
        {
            Types =
            [
                Type("Book", says: new { AllowsAdditionalProperties = true }),
                Type("Novel", extends: Book, says: new { AllowsAdditionalProperties = false }),
            ],
            Satisfies = [Step.Holon("One", Book, new { Shade = "1" })],
            Violates = [Step.Holon("One", Novel, new { Shade = "1" })],
            Findings =
            [
                new(PropertyKnown, UnknownProperty, "One", "Shade",
                    "\"One\" has a value for \"Shade\", which Novel does not know. Remove it, or declare the property."),
            ],
        },
        new(PropertyKnown, "a property of the type before")
        {
            Types = [.. _titled, Type("Thing")],
            Given = [Step.Holon("One", Book, new { Title = "1" })],
            Satisfies = [Step.Describe("One", "Thing.HolonType"), Step.Remove("One", "Title")],
            Violates = [Step.Describe("One", "Thing.HolonType")],
            Findings =
            [
                new(PropertyKnown, UnknownProperty, "One", "Title",
                    "\"One\" has a value for \"Title\", which Thing does not know. Remove it, or declare the property."),
            ],
        },
        new(PropertyRequired, "a new holon")
        {
            Types = _required,
            Satisfies = [Step.Holon("One", Book, new { Title = "" })],
            Violates = [Step.Holon("One", Book)],
            Findings =
            [
                new(PropertyRequired, MissingRequired, "One", "Title",
                    "\"One\" has no value for \"Title\", which Book requires. Give it one."),
            ],
        },
        new(PropertyRequired, "a holon without a key")
        {
            Types = _required,
            Satisfies = [Step.Holon(null, Book, new { Title = "1" })],
            Violates = [Step.Holon(null, Book)],
            Findings =
            [
                new(PropertyRequired, MissingRequired, "", "Title",
                    "Book {id} has no value for \"Title\", which Book requires. Give it one."),
            ],
        },
        new(PropertyRequired, "a value is removed")
        {
            Types = _required,
            Given = [Step.Holon("One", Book, new { Title = "1" })],
            Satisfies = [Step.Remove("One", "Title"), Step.Set("One", "Title", TestTransaction.Text("2"))],
            Violates = [Step.Remove("One", "Title")],
            Findings =
            [
                new(PropertyRequired, MissingRequired, "One", "Title",
                    "\"One\" has no value for \"Title\", which Book requires. Give it one."),
            ],
        },
        new(PropertyRequired, "along a lineage")
        {
            Types = [.. _required, Type("Novel", extends: Book)],
            Satisfies = [Step.Holon("One", Novel, new { Title = "1" })],
            Violates = [Step.Holon("One", Novel)],
            Findings =
            [
                new(PropertyRequired, MissingRequired, "One", "Title",
                    "\"One\" has no value for \"Title\", which Novel requires. Give it one."),
            ],
        },
        new(PropertyRequired, "a default value is one")
        {
            Types =
            [
                Type("Book", properties: [Title, "Pages.PropertyType"]), Property("Title", Text, required: true, preset: "Untitled"),
                Property("Pages", "MapIntegerValueType.IntegerValueType", required: true),
            ],
            Satisfies = [Step.Holon("One", Book, new { Pages = 1 })],
            Violates = [Step.Holon("One", Book)],
            Findings =
            [
                new(PropertyRequired, MissingRequired, "One", "Pages",
                    "\"One\" has no value for \"Pages\", which Book requires. Give it one."),
            ],
        },
        new(PropertyRequired, "of the type that a holon gets")
        {
            Types = [.. _required, Type("Thing")],
            Given = [Step.Holon("One", "Thing.HolonType")],
            Satisfies = [Step.Describe("One", Book), Step.Set("One", "Title", TestTransaction.Text("2"))],
            Violates = [Step.Describe("One", Book)],
            Findings =
            [
                new(PropertyRequired, MissingRequired, "One", "Title",
                    "\"One\" has no value for \"Title\", which Book requires. Give it one."),
            ],
        },
    ];
}
