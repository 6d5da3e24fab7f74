using static Map.Core.Validation.TypeRule;
using static Map.Hub.Tests.Rules.Part;
using static Map.V1.ErrorCode;

namespace Map.Hub.Tests.Rules;

/// <summary>What describes a holon.</summary>
internal static class TypingCases
{
    private const string Thing = "Thing.HolonType";
    private const string Other = "Other.HolonType";

    public static readonly RuleCase[] All =
    [
        new(HasType, "a new holon")
        {
            Types = [Type("Thing")],
            Satisfies = [Step.Holon("One", Thing)],
            Violates = [Step.Untyped("One")],
            Findings =
            [
                new(HasType, MissingDescriptor, "One", "DescribedBy",
                    "\"One\" has no descriptor; every saved holon needs a type. Use WithDescriptor."),
            ],
        },
        new(TypeInView, "a type staged for delete")
        {
            Types = [Type("Thing"), Type("Other")],
            Over = Over.Saved,
            Satisfies = [Step.Holon("One", Thing), Step.Describe("One", Other), Step.Delete(Thing)],
            Violates = [Step.Holon("One", Thing), Step.Delete(Thing)],
            Findings =
            [
                new(TypeWithoutInstances, DeletionBlocked, "Thing.HolonType", "Instances",
                    "\"Thing.HolonType\" describes other holons, \"One\" among them. Delete those, or give them another type, first."),
                new(TypeInView, UnknownDescriptor, "One", "DescribedBy",
                    "\"One\" is described by \"Thing.HolonType\", which is staged for delete or abandoned. Choose another type "
                    + "with WithDescriptor."),
            ],
        },
        new(TypeInView, "an abandoned type")
        {
            Types = [Type("Other")],
            Satisfies = [Step.Load(Type("Thing")), Step.Holon("One", Thing), Step.Describe("One", Other), Step.Abandon(Thing)],
            Violates = [Step.Load(Type("Thing")), Step.Holon("One", Thing), Step.Abandon(Thing)],
            Findings =
            [
                new(TypeInView, UnknownDescriptor, "One", "DescribedBy",
                    "\"One\" is described by \"Thing.HolonType\", which is staged for delete or abandoned. Choose another type "
                    + "with WithDescriptor."),
            ],
        },
        new(TypeIsType, "a holon that is no type")
        {
            Types = [Type("Thing")],
            Given = [Step.Holon("Two", Thing)],
            Satisfies = [Step.Holon("One", Thing)],
            Violates = [Step.Holon("One", "Two")],
            Findings =
            [
                new(TypeIsType, NotAType, "One", "DescribedBy",
                    "\"One\" is described by \"Two\", which is no type: it has no \"TypeName\". Choose a type with WithDescriptor."),
            ],
        },
        new(TypeIsConcrete, "an abstract type")
        {
            Types = [Type("Thing", says: new { IsAbstractType = true }), Type("Small", extends: Thing)],
            Satisfies = [Step.Holon("One", "Small.Thing")],
            Violates = [Step.Holon("One", Thing)],
            Findings =
            [
                new(TypeIsConcrete, AbstractType, "One", "DescribedBy",
                    "\"One\" is described by Thing, which is abstract. Choose a type that extends it."),
            ],
        },
        new(TypeIsConcrete, "a saved holon gets an abstract type")
        {
            Types = [Type("Thing", says: new { IsAbstractType = true }), Type("Small", extends: Thing), Type("Other")],
            Given = [Step.Holon("One", Other)],
            Satisfies = [Step.Describe("One", "Small.Thing")],
            Violates = [Step.Describe("One", Thing)],
            Findings =
            [
                new(TypeIsConcrete, AbstractType, "One", "DescribedBy",
                    "\"One\" is described by Thing, which is abstract. Choose a type that extends it."),
            ],
        },
        new(TypeWithoutInstances, "its instances stay")
        {
            Types = [Type("Thing")],
            Given = [Step.Holon("One", Thing)],
            Over = Over.Saved,
            Satisfies = [Step.Delete(Thing), Step.Delete("One")],
            Violates = [Step.Delete(Thing)],
            Findings =
            [
                new(TypeWithoutInstances, DeletionBlocked, "Thing.HolonType", "Instances",
                    "\"Thing.HolonType\" describes other holons, \"One\" among them. Delete those, or give them another type, first."),
            ],
        },
        new(TypeWithoutInstances, "one of its instances gets another type")
        {
            Types = [Type("Thing"), Type("Other")],
            Given = [Step.Holon("One", Thing), Step.Holon("Two", Thing)],
            Over = Over.Saved,
            Satisfies = [Step.Describe("One", Other), Step.Describe("Two", Other), Step.Delete(Thing)],
            Violates = [Step.Describe("One", Other), Step.Delete(Thing)],
            Findings =
            [
                new(TypeWithoutInstances, DeletionBlocked, "Thing.HolonType", "Instances",
                    "\"Thing.HolonType\" describes other holons, \"Two\" among them. Delete those, or give them another type, first."),
            ],
        },
    ];
}
