using Map.Core.Views;
using Map.Hub.Spaces;
using Map.V1;
using static Map.Hub.Tests.TestSchema;
using static Map.Hub.Tests.TestTransaction;
using HolonReference = Map.V1.HolonReference;

namespace Map.Hub.Tests.Dances;

/// <summary>
/// A validator of books reads more than the book, and another transaction changes what it read: the later commit is judged by
/// what the earlier one left, in either order, after the other and within one group with it.
/// </summary>
public sealed class ValidatorRecheckTests : IDisposable
{
    /// <summary>What one transaction stages, and whether it is told when it is the later.</summary>
    private sealed record Side(Action<TestTransaction> Stage, bool IsTold);

    private sealed record Case(Func<TransactionView, HolonSnapshot, string?> Rule, Side First, Side Second);

    private static readonly Dictionary<string, Case> _cases = new()
    {
        ["a property of another holon"] = new(
            (view, book) => ScriptedGuests.Members(view, book.Reference, Friends)
                .Any(friend => ScriptedGuests.Text(view, friend, "Title") == ScriptedGuests.Text(view, book.Reference, "Title"))
                    ? "Friends have different titles." : null,
            new(each => Set(each, "A", "Same"), IsTold: true),
            new(each => Set(each, "B", "Same"), IsTold: true)),
        ["a property of a holon of which links alone are staged"] = new(
            (view, book) => book.Key == "A" && ScriptedGuests.Text(view, view.ReferenceTo(Find(view, "B")), "Title") == "Bad" ? "B is bad." : null,
            new(
                each =>
                {
                    Set(each, "A", "New");
                    each.Add(each.StageVersion(each.ByKey("B")), Similar, each.ByKey("C"));
                },
                IsTold: true),
            new(each => Set(each, "B", "Bad"), IsTold: false)),
        ["the number of sources of a member"] = new(
            (view, book) => ScriptedGuests.Members(view, book.Reference, Authors)
                .Any(person => ScriptedGuests.Members(view, person, AuthorOf).Count > 2) ? "A person writes two books at most." : null,
            new(each => each.Add(each.StageVersion(each.ByKey("A")), Authors, each.ByKey("Ann")), IsTold: true),
            new(each => each.Add(each.StageVersion(each.ByKey("B")), Authors, each.ByKey("Ann")), IsTold: true)),
        ["the relationships of another holon"] = new(
            (view, book) => book.Key == "New" && view.Relationships(view.ReferenceTo(Find(view, "Ann")), 0, 1_000).Any(each => each.Name == Remarks)
                ? "Ann is silent." : null,
            new(each => each.StageOf(Book, "New"), IsTold: true),
            new(each => each.Add(each.StageVersion(each.ByKey("Ann")), Remarks, each.ByKey("C")), IsTold: false)),
        ["a key that nobody has"] = new(
            (view, book) => book.Key == "New" && view.WithKey("Kay", null).Any() ? "There is no Kay." : null,
            new(each => each.StageOf(Book, "New"), IsTold: true),
            new(each => each.StageOf(Person, "Kay"), IsTold: false)),
        ["the instances of a type"] = new(
            (view, book) => ScriptedGuests.Members(view, view.ReferenceTo(Find(view, Book)), "Instances").Count > 4 ? "There are four books at most." : null,
            new(each => each.StageOf(Book, "One"), IsTold: true),
            new(each => each.StageOf(Book, "Two"), IsTold: true)),
        ["a holon that is deleted"] = new(
            (view, book) => book.Key == "New" && !view.WithKey("C", null).Any() ? "There is a C." : null,
            new(each => each.StageOf(Book, "New"), IsTold: true),
            new(each => each.Delete(each.ByKey("C")), IsTold: false)),
        ["everything"] = new(
            (view, book) => book.Key == "New" && view.List(new ListFilter(), null, 1_000).Members.Any(each => each.Key == "Kay") ? "There is no Kay." : null,
            new(each => each.StageOf(Book, "New"), IsTold: true),
            new(each => each.StageOf(Person, "Kay"), IsTold: false)),
        ["whether there is a validator"] = new(
            (_, item) => item.Key == "Thing" ? "No things." : null,
            new(each => each.StageOf(Item, "Thing"), IsTold: true),
            new(each => AddValidator(each, "of items", Item), IsTold: false)),
        ["what the validator runs"] = new(
            (view, book) => book.Key == "New" && ScriptedGuests.Text(view, view.ReferenceTo(Find(view, "of books")), "Entrypoint") == "strict" ? "Too strict." : null,
            new(each => each.StageOf(Book, "New"), IsTold: true),
            new(each => each.Set(each.StageVersion(each.ByKey("of books")), "Entrypoint", Text("strict")), IsTold: false)),
    };

    private readonly ScriptedGuests _guests = new();
    private readonly TestHub _hub;
    private readonly HolonSpaceManager _space;

    public ValidatorRecheckTests()
    {
        _hub = new TestHub(TestHub.Options() with { Guests = _guests });
        _space = _hub.NewSpace("library", [Alone]);
        var transaction = _hub.Begin(_space);
        AddValidator(transaction, "of books", Book);
        var ann = transaction.StageOf(Person, "Ann");
        var books = ((string[])["A", "B", "C"]).ToDictionary(key => key, key => transaction.StageOf(Book, key, ("Title", Text(key))));
        transaction.Add(books["A"], Friends, books["B"]);
        transaction.Add(books["B"], Friends, books["A"]);
        transaction.Add(books["C"], Authors, ann);
        transaction.Commit();
    }

    public static TheoryData<string, bool, bool> Cases()
    {
        var cases = new TheoryData<string, bool, bool>();
        foreach (var name in _cases.Keys)
            foreach (var isSwapped in (bool[])[false, true])
                foreach (var isGroup in (bool[])[false, true])
                    // In a group the commit that leads it outdates who read everything, who is then the later.
                    if (name != "everything" || !isGroup) cases.Add(name, isSwapped, isGroup);
        return cases;
    }

    public void Dispose() => _hub.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_later_of_two_commits_is_judged_by_what_the_earlier_left(string name, bool isSwapped, bool isGroup)
    {
        var (rule, first, second) = (_cases[name].Rule, _cases[name].First, _cases[name].Second);
        if (isSwapped) (first, second) = (second, first);
        _guests.Rule = rule;
        var (early, late) = (_hub.Begin(_space), _hub.Begin(_space));
        first.Stage(early);
        second.Stage(late);
        var responses = isGroup
            ? await _hub.CommitTogether(_space, Person, early, late)
            : [early.Send(CommitMutation), late.Send(CommitMutation)];
        Assert.True(responses[0].Success, responses[0].ToString());
        if (second.IsTold) Assert.Equal("Title", responses[1].Invalid(ErrorCode.ValidatorViolation).Field);
        else Assert.True(responses[1].Success, responses[1].ToString());
        Assert.Empty(_hub.Verify(_space.Space.Id).Findings);
    }

    [Fact]
    public void A_commit_that_has_nothing_to_do_with_what_a_validator_read_does_not_outdate_it()
    {
        _guests.Judged.Clear();
        _guests.Rule = (view, book) =>
        {
            if (book.Key != "A") return null;
            _ = ScriptedGuests.Members(view, book.Reference, Friends).Select(friend => ScriptedGuests.Text(view, friend, "Title")).ToList();
            var other = _hub.Begin(_space);
            other.Add(other.StageOf(Book, $"Other {_guests.Judged.Count}"), Friends, other.ByKey("C"));
            Set(other, "C", $"C {_guests.Judged.Count}");
            other.Commit();
            return null;
        };
        var transaction = _hub.Begin(_space);
        Set(transaction, "A", "New");
        transaction.Commit();
        Assert.Single(_guests.Judged, key => key == "A");
    }

    [Fact]
    public void A_commit_that_any_other_outdates_gives_up_after_ten_attempts_and_says_that_a_retry_may_help()
    {
        var transaction = _hub.Begin(_space);
        transaction.StageOf(Book, "New");
        var count = 0;
        _guests.Rule = (view, book) =>
        {
            if (book.Key != "New") return null;
            view.List(new ListFilter(), null, 1);
            // Somebody is quicker each time.
            var other = _hub.Begin(_space);
            other.StageOf(Person, $"Other {++count}");
            other.Commit();
            return null;
        };
        var refusal = transaction.Send(CommitMutation).Refused(ErrorCode.CommitOvertaken);
        Assert.True(refusal.Retryable);
        Assert.Equal(10, count);
        _guests.Rule = (_, _) => null;
        transaction.Commit();
    }

    internal static HolonReference AddValidator(TestTransaction transaction, string name, params string[] types)
    {
        var validator = transaction.StageOf(
            "Type", name, ("ImplementationName", Text(name)), ("ModuleRef", Text(new string('a', 64))), ("Entrypoint", Text("judge")), ("AbiId", Text("map:guest/1")));
        transaction.Add(validator, "Validates", [.. types.Select(type => transaction.ByKey(type))]);
        return validator;
    }

    private static void Set(TestTransaction transaction, string book, string title) =>
        transaction.Set(transaction.StageVersion(transaction.ByKey(book)), "Title", Text(title));

    private static Core.Identity.LocalId Find(TransactionView view, string key) => view.WithKey(key, null).Single();
}
