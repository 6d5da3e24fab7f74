using Map.Core.Errors;
using Map.Hub.Spaces;
using Map.V1;
using static Map.Hub.Tests.TestSchema;
using static Map.Hub.Tests.TestTransaction;
using CoreError = Map.Core.Errors.HolonError;
using HolonError = Map.V1.HolonError;

namespace Map.Hub.Tests.Dances;

/// <summary>Validators that are bound to types judge what is staged of them, and what they find is a violation like any other.</summary>
public sealed class ValidatorTests : IDisposable
{
    private static readonly QueryCommand _validate = new() { Validate = new ValidateQuery() };

    private readonly ScriptedGuests _guests = new();
    private readonly ManualTime _time = new();
    private readonly TestHub _hub;
    private readonly HolonSpaceManager _space;

    public ValidatorTests()
    {
        _hub = new TestHub(TestHub.Options() with { Guests = _guests }, time: _time);
        _space = _hub.NewSpace("library", [Alone]);
        var transaction = _hub.Begin(_space);
        ValidatorRecheckTests.AddValidator(transaction, "of books", Book);
        transaction.Commit();
    }

    public void Dispose() => _hub.Dispose();

    [Fact]
    public void What_is_staged_of_a_type_and_of_those_that_extend_it_is_judged_and_nothing_else()
    {
        var first = _hub.Begin(_space);
        foreach (var key in (string[])["Saved", "Changed", "Deleted"]) first.StageOf(Book, key);
        first.Commit();
        Assert.Equal(["Changed", "Deleted", "Saved"], _guests.Judged.Order());
        _guests.Judged.Clear();

        var transaction = _hub.Begin(_space);
        transaction.Set(transaction.StageVersion(transaction.ByKey("Changed")), "Title", Text("C"));
        transaction.Delete(transaction.ByKey("Deleted"));
        transaction.StageOf(Novel, "Novel");
        transaction.StageOf(Item, "Item");
        transaction.StageOf(Person, "Ann");
        transaction.Abandon(transaction.StageOf(Book, "Abandoned"));
        transaction.New("Scratch", transaction.ByKey(Book));
        Assert.Empty(transaction.Ok(_validate).Findings.Errors);
        Assert.Equal(["Changed", "Novel"], _guests.Judged.Order());
        transaction.Commit();
    }

    [Fact]
    public void A_finding_names_holon_member_and_validator_and_fails_the_commit()
    {
        var transaction = _hub.Begin(_space);
        var bad = transaction.StageOf(Book, "Bad");
        transaction.StageOf(Book, "Good");
        _guests.Rule = (_, book) => book.Key == "Bad" ? "It is bad." : null;
        var found = Assert.Single(transaction.Ok(_validate).Findings.Errors);
        Assert.Equal(
            (ErrorCode.ValidatorViolation, bad, "Title", "\"Bad\": It is bad. (Told by \"of books\".)"),
            (found.Code, found.Reference, found.Field, found.Message));
        Assert.Equal(found, transaction.Send(CommitMutation).Invalid(ErrorCode.ValidatorViolation));
        // The transaction is as before, and can be mended.
        transaction.Delete(bad);
        Assert.Equal(1UL, transaction.Commit().SavedCount);
    }

    [Fact]
    public void In_a_space_that_reports_findings_are_warnings()
    {
        var space = _hub.NewSpace("reports", [Alone], enforces: false);
        var transaction = _hub.Begin(space);
        ValidatorRecheckTests.AddValidator(transaction, "of books", Book);
        transaction.StageOf(Book, "Bad");
        _guests.Rule = (_, book) => "It is bad.";
        var response = transaction.Send(CommitMutation);
        Assert.True(response.Success);
        Assert.Equal(ErrorCode.ValidatorViolation, Assert.Single(response.Errors).Code);
    }

    [Fact]
    public void A_validator_governs_from_when_it_is_staged_to_when_it_is_deleted_or_bound_no_more()
    {
        var transaction = _hub.Begin(_space);
        transaction.StageOf(Person, "Ann");
        Assert.Empty(Judged(transaction));
        var validator = ValidatorRecheckTests.AddValidator(transaction, "of persons", Person);
        Assert.Equal(["Ann"], Judged(transaction));
        transaction.Undo();
        Assert.Empty(Judged(transaction));
        transaction.Redo();
        transaction.RemoveRelated(validator, "Validates", transaction.ByKey(Person));
        Assert.Empty(Judged(transaction));
        transaction.Undo();
        Assert.Equal(["Ann"], Judged(transaction));
        transaction.Commit();

        // Two validators of one holon, one of them bound to what its type extends.
        var second = _hub.Begin(_space);
        ValidatorRecheckTests.AddValidator(second, "of items and persons", Item, Person);
        second.StageOf(Book, "Emma");
        second.StageOf(Person, "Ben");
        Assert.Equal(["Ben", "Ben", "Emma", "Emma"], Judged(second).Order());
        second.Delete(second.ByKey("of persons"));
        Assert.Equal(["Ben", "Emma", "Emma"], Judged(second).Order());
        second.Commit();
        var third = _hub.Begin(_space);
        third.StageOf(Person, "Cai");
        Assert.Equal(["Cai"], Judged(third));
    }

    [Fact]
    public void A_holon_that_breaks_a_rule_of_its_types_is_mended_before_validators_see_it()
    {
        var transaction = _hub.Begin(_space);
        var faulty = transaction.StageOf(Book, "Faulty", ("Key", Text("Faulty")));
        transaction.StageOf(Book, "Faulty");
        transaction.StageOf(Book, "Sound");
        Assert.Equal(["Sound"], Judged(transaction));
        transaction.Delete(faulty);
        Assert.Equal(["Faulty", "Sound"], Judged(transaction).Order());
    }

    [Fact]
    public void A_validator_that_cannot_judge_fails_the_commit_and_is_given_up_after_ten_failures()
    {
        var transaction = _hub.Begin(_space);
        for (var i = 10; i < 40; i++) transaction.StageOf(Book, $"Book {i}");
        _guests.Rule = (_, book) => book.Key == "Book 11" ? "It is odd." : throw new HolonException(
            [new CoreError(HolonErrorCode.DanceTrapped, "unreachable") { Backtrace = ["judge", "helper"] }]);
        var response = transaction.Send(CommitMutation);
        response.Refused(ErrorCode.ValidationFailed);
        var failures = response.Errors.Skip(1).Where(error => error.Code == ErrorCode.ValidatorFailed).ToList();
        Assert.Equal((10, 11, 12), (failures.Count, _guests.Judged.Count, response.Errors.Count));
        Assert.Equal("The validator \"of books\" could not judge \"Book 10\": unreachable", failures[0].Message);
        Assert.Equal(["judge", "helper"], failures[0].Details.Backtrace);
        Assert.EndsWith("It failed 10 times and is not run any further.", failures[9].Message, StringComparison.Ordinal);
        Assert.Equal(transaction.ByKey("Book 10"), failures[0].Reference);

        // One that does not say what it runs cannot be run either.
        transaction.Remove(transaction.StageVersion(transaction.ByKey("of books")), "Entrypoint");
        Assert.Contains("does not say its \"Entrypoint\"", First().Message, StringComparison.Ordinal);
        transaction.Undo();
        transaction.Undo();
        _guests.Rule = (_, _) => null;
        transaction.Commit();

        HolonError First() => transaction.Ok(_validate).Findings.Errors[0];
    }

    [Fact]
    public void The_validators_of_one_commit_have_so_much_time_together()
    {
        var transaction = _hub.Begin(_space);
        for (var i = 10; i < 40; i++) transaction.StageOf(Book, $"Book {i}");
        _guests.Rule = (_, _) =>
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            return null;
        };
        var errors = transaction.Ok(_validate).Findings.Errors;
        Assert.Equal((15, 10), (_guests.Judged.Count, errors.Count));
        Assert.All(errors, error => Assert.Equal((ErrorCode.ValidatorFailed, 30_000UL), (error.Code, error.Details.Limit)));
        Assert.Contains("have 30,000 ms together", errors[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validators_end_when_the_client_cancels()
    {
        using var cancellation = new CancellationTokenSource();
        var transaction = _hub.Begin(_space);
        for (var i = 0; i < 20; i++) transaction.StageOf(Book, $"Book {i}");
        _guests.Rule = (_, _) =>
        {
            cancellation.Cancel();
            return null;
        };
        Assert.Throws<OperationCanceledException>(() => transaction.Send(new CommandBody { Mutation = CommitMutation }, cancellation.Token));
        Assert.Single(_guests.Judged);
        Assert.Equal(20UL, transaction.StagedCount());
    }

    private List<string> Judged(TestTransaction transaction)
    {
        _guests.Judged.Clear();
        transaction.Ok(_validate);
        return [.. _guests.Judged];
    }
}
