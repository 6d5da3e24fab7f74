using Map.Core.Loading;
using Map.Hub.Spaces;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests;

/// <summary>
/// Two transactions of which each alone would leave all as the types demand, and both together would not: the later one
/// is told, in either order, after the other and within one group with it.
/// </summary>
public sealed class RecheckTests : IDisposable
{
    private const string Person = "Person";
    private const string Club = "Club";
    private const string Book = "Book";
    private const string Shelf = "Shelf";

    /// <summary>What one transaction stages, and of what the other one is told when it is the later.</summary>
    private sealed record Side(Action<TestTransaction> Stage, ErrorCode? Told, string Field = "");

    private static readonly Dictionary<string, (Side First, Side Second)> _pairs = new()
    {
        ["members, at most 2"] = (
            new(each => Link(each, "Full", "Authors", "Ben"), ErrorCode.Conflict, "Authors"),
            new(each => Link(each, "Full", "Authors", "Cai"), ErrorCode.Conflict, "Authors")),
        ["members, at least 1"] = (
            new(each => Unlink(each, "Thin", "Editors", "Ann"), ErrorCode.Conflict, "Editors"),
            new(each => Unlink(each, "Thin", "Editors", "Ben"), ErrorCode.Conflict, "Editors")),
        ["members, at least 1, one of them deleted"] = (
            new(each => Unlink(each, "Thin", "Editors", "Ann"), ErrorCode.Conflict, "Editors"),
            new(each => each.Delete(each.ByKey("Ben")), ErrorCode.Conflict, "Editors")),
        ["sources, at most 2"] = (
            new(each => Link(each, "Full", "Owners", "Ann"), ErrorCode.Conflict, "Owned"),
            new(each => Link(each, "Thin", "Owners", "Ann"), ErrorCode.Conflict, "Owned")),
        ["sources, at most 2, one of them new"] = (
            new(each => Link(each, "Full", "Owners", "Ann"), ErrorCode.Conflict, "Owned"),
            new(each => each.Add(Staged(each, "New"), "Owners", each.ByKey("Ann")), ErrorCode.Conflict, "Owned")),
        ["sources, at least 1"] = (
            new(each => Unlink(each, "Full", "Stands", "S"), ErrorCode.Conflict, "Holds"),
            new(each => Unlink(each, "Thin", "Stands", "S"), ErrorCode.Conflict, "Holds")),
        ["the type of a target"] = (
            new(each => Link(each, "Full", "Authors", "Cai"), ErrorCode.Conflict, "Authors"),
            new(each => Retype(each, "Cai", Club), ErrorCode.Conflict, "DescribedBy")),
        ["the type of a target that is staged and not changed"] = (
            new(each => { each.StageVersion(each.ByKey("Cai")); Link(each, "Full", "Authors", "Cai"); }, ErrorCode.Conflict, "Authors"),
            new(each => Retype(each, "Cai", Club), ErrorCode.Conflict, "DescribedBy")),
        ["the type of a source"] = (
            new(each => Link(each, "Cai", "Knows", "Ann"), ErrorCode.Conflict),
            new(each => Retype(each, "Cai", Club), ErrorCode.Conflict, "Knows")),
        ["types that extend each other"] = (
            new(each => Link(each, Person, "Extends", Club), ErrorCode.Conflict, "Extends"),
            new(each => Link(each, Club, "Extends", Person), ErrorCode.Conflict, "Extends")),
        // A type may leave saved instances invalid: then a warning tells them.
        ["a type that demands more"] = (
            new(each => Staged(each, "New"), ErrorCode.Conflict, "Title"),
            new(each => each.Set(each.StageVersion(each.ByKey("Title")), "IsValueRequired", new BaseValue { BoolValue = true }), null)),
    };

    private readonly TestHub _hub = new();
    private readonly HolonSpaceManager _space;

    public RecheckTests()
    {
        _space = _hub.NewSpace("library", [Schema]);
        var transaction = _hub.Begin(_space);
        foreach (var name in (string[])["Ann", "Ben", "Cai"]) transaction.StageOf(Person, name);
        var (full, thin) = (Staged(transaction, "Full"), Staged(transaction, "Thin"));
        transaction.Add(full, "Authors", transaction.ByKey("Ann"));
        transaction.Add(thin, "Editors", transaction.ByKey("Ann"), transaction.ByKey("Ben"));
        transaction.Add(Staged(transaction, "Other"), "Owners", transaction.ByKey("Ann"));
        var shelf = transaction.StageOf(Shelf, "S");
        foreach (var book in (HolonReference[])[full, thin]) transaction.Add(book, "Stands", shelf);
        transaction.Commit();
    }

    public static TheoryData<string, bool, bool> Cases()
    {
        var cases = new TheoryData<string, bool, bool>();
        foreach (var name in _pairs.Keys)
            foreach (var isSwapped in (bool[])[false, true])
                foreach (var isGroup in (bool[])[false, true]) cases.Add(name, isSwapped, isGroup);
        return cases;
    }

    public void Dispose() => _hub.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_later_of_two_commits_is_judged_by_what_the_earlier_left(string name, bool isSwapped, bool isGroup)
    {
        var (first, second) = isSwapped ? (_pairs[name].Second, _pairs[name].First) : _pairs[name];
        var (early, late) = (_hub.Begin(_space), _hub.Begin(_space));
        first.Stage(early);
        second.Stage(late);
        var responses = isGroup
            ? await _hub.CommitTogether(_space, Person, early, late)
            : [early.Send(CommitMutation), late.Send(CommitMutation)];
        Assert.True(responses[0].Success, responses[0].ToString());
        Assert.True(responses[1].Success == second.Told is null, responses[1].ToString());
        Assert.Contains(responses[1].Errors, error => error.Code == (second.Told ?? ErrorCode.InstancesInvalid) && error.Field == second.Field);
        Assert.Empty(_hub.Verify(_space.Space.Id).Findings);
        if (second.Told is null) return;

        // Nothing of it was saved, and it is open as before.
        Assert.Equal((ulong)_space.Store.LatestCommit, responses[0].Body.Commit.CommitNumber);
        Assert.NotEqual(0U, late.StagedCount());
    }

    private static HolonReference Staged(TestTransaction transaction, string key)
    {
        var book = transaction.StageOf(Book, key);
        transaction.Add(book, "Editors", transaction.ByKey("Ann"));
        return book;
    }

    private static void Link(TestTransaction transaction, string source, string name, string target) =>
        transaction.Add(transaction.StageVersion(transaction.ByKey(source)), name, transaction.ByKey(target));

    private static void Unlink(TestTransaction transaction, string source, string name, string target) =>
        transaction.RemoveRelated(transaction.StageVersion(transaction.ByKey(source)), name, transaction.ByKey(target));

    private static void Retype(TestTransaction transaction, string holon, string type) =>
        transaction.Describe(transaction.StageVersion(transaction.ByKey(holon)), transaction.ByKey(type));

    /// <summary>Strict types, of which each relationship has a bound of its own.</summary>
    private static ImportSource Schema => TestSchema.File(
        "types.json",
        [
            TestSchema.Holon("Type", "Type", new { TypeName = "Type", AllowsAdditionalProperties = true, AllowsAdditionalRelationships = true }),
            TestSchema.Holon(
                Book, "Type", new { TypeName = Book },
                ("InstanceProperties", "Title"), ("InstanceRelationships", (string[])["Authors", "Editors", "Owners", "Stands"])),
            TestSchema.Holon(Person, "Type", new { TypeName = Person }, ("InstanceRelationships", "Knows")),
            TestSchema.Holon(Club, "Type", new { TypeName = Club }),
            TestSchema.Holon(Shelf, "Type", new { TypeName = Shelf }),
            TestSchema.Holon("Title", "Type", new { TypeName = "Title" }),
            .. Relationship(Book, "Authors", "AuthorOf", new { TypeName = "Authors", MaxCardinality = 2 }, new { TypeName = "AuthorOf" }),
            .. Relationship(Book, "Editors", "EditorOf", new { TypeName = "Editors", MinCardinality = 1 }, new { TypeName = "EditorOf" }),
            .. Relationship(Book, "Owners", "Owned", new { TypeName = "Owners" }, new { TypeName = "Owned", MaxCardinality = 2 }),
            .. Relationship(Book, "Stands", "Holds", new { TypeName = "Stands" }, new { TypeName = "Holds", MinCardinality = 1 }, Shelf),
            .. Relationship(Person, "Knows", "KnownBy", new { TypeName = "Knows" }, new { TypeName = "KnownBy" }),
        ]);

    private static object[] Relationship(string source, string name, string inverse, object properties, object inverseProperties, string target = Person) =>
    [
        TestSchema.Holon(name, "Type", properties, ("SourceType", source), ("TargetType", target), ("HasInverse", inverse)),
        TestSchema.Holon(inverse, "Type", inverseProperties, ("SourceType", target), ("TargetType", source)),
    ];
}
