using static Map.Core.Validation.TypeRule;
using static Map.Hub.Tests.Rules.Part;
using static Map.V1.ErrorCode;

namespace Map.Hub.Tests.Rules;

/// <summary>What blocks a deletion.</summary>
internal static class DeletionCases
{
    private const string Book = "Book.HolonType";
    private const string Person = "Person.HolonType";

    private static readonly Step _written =
        Step.Load(Holon("Ann", Person), Holon("Ben", Person), Holon("One", Book, null, ("Authors", "Ann")), Holon("Two", Book));

    public static readonly RuleCase[] All =
    [
        new(DeletionAllowed, "of a source, without a word of it")
        {
            Types = LinkCases.Authors(inverseSays: new { DeletionSemantic = "Block" }),
            Given = [_written],
            Over = Over.Saved,
            Satisfies = [Step.Delete("One"), Step.Delete("Ben")],
            Violates = [Step.Delete("Ann")],
            Findings =
            [
                new(DeletionAllowed, DeletionBlocked, "Ann", "AuthorOf",
                    "\"Ann\" cannot be deleted as long as it is related to \"One\" under \"AuthorOf\". Remove that link, or "
                    + "delete that holon too."),
            ],
        },
        new(DeletionAllowed, "of a source that has members")
        {
            Types = LinkCases.Authors(new { DeletionSemantic = "Block" }),
            Given = [_written],
            Over = Over.Saved,
            Satisfies = [Step.Delete("Two"), Step.Delete("Ann")],
            Violates = [Step.Delete("One"), Step.Delete("Two")],
            Findings =
            [
                new(DeletionAllowed, DeletionBlocked, "One", "Authors",
                    "\"One\" cannot be deleted as long as it is related to \"Ann\" under \"Authors\". Remove that link, or "
                    + "delete that holon too."),
            ],
        },
        new(DeletionAllowed, "of a source whose members are unlinked")
        {
            Types = LinkCases.Authors(new { DeletionSemantic = "Block" }),
            Given = [_written],
            Over = Over.Saved,
            Satisfies = [Step.Unlink("One", "Authors", "Ann"), Step.Delete("One")],
            Violates = [Step.Unlink("One", "Authors", "Ann"), Step.Link("One", "Authors", "Ben"), Step.Delete("One")],
            Findings =
            [
                new(DeletionAllowed, DeletionBlocked, "One", "Authors",
                    "\"One\" cannot be deleted as long as it is related to \"Ben\" under \"Authors\". Remove that link, or "
                    + "delete that holon too."),
            ],
        },
        new(DeletionAllowed, "of both ends")
        {
            Types = LinkCases.Authors(new { DeletionSemantic = "Block" }, new { DeletionSemantic = "Block" }),
            Given = [_written],
            Over = Over.Saved,
            Satisfies = [Step.Delete("Ann"), Step.Delete("One")],
            Violates = [Step.Delete("Ann")],
            Findings =
            [
                new(DeletionAllowed, DeletionBlocked, "Ann", "AuthorOf",
                    "\"Ann\" cannot be deleted as long as it is related to \"One\" under \"AuthorOf\". Remove that link, or "
                    + "delete that holon too."),
            ],
        },
        new(DeletionAllowed, "of a member, when a link to it is staged")
        {
            Types = LinkCases.Authors(inverseSays: new { DeletionSemantic = "Block" }),
            Given = [_written],
            Over = Over.Saved,
            Satisfies = [Step.Unlink("One", "Authors", "Ann"), Step.Delete("Ann")],
            Violates = [Step.Link("Two", "Authors", "Ben"), Step.Delete("Ben")],
            Findings =
            [
                new(DeletionAllowed, DeletionBlocked, "Ben", "AuthorOf",
                    "\"Ben\" cannot be deleted as long as it is related to \"Two\" under \"AuthorOf\". Remove that link, or "
                    + "delete that holon too."),
            ],
        },
        new(DeletionAllowed, "of a type that others extend")
        {
            Types = [Type("Book"), Type("Novel", extends: Book)],
            Over = Over.Saved,
            Satisfies = [Step.Delete("Novel.Book"), Step.Delete(Book)],
            Violates = [Step.Delete(Book)],
            Findings =
            [
                new(DeletionAllowed, DeletionBlocked, "Book.HolonType", "ExtendedBy",
                    "\"Book.HolonType\" cannot be deleted as long as it is related to \"Novel.Book\" under \"ExtendedBy\". Remove "
                    + "that link, or delete that holon too."),
            ],
        },
    ];
}
