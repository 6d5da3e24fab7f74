using Map.Hub.Spaces;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests;

/// <summary>What two transactions do to the same holons, and what the second is told.</summary>
public sealed class ConflictTests : IDisposable
{
    private readonly TestHub _hub = new();
    private readonly HolonSpaceManager _space;
    private readonly TestTransaction _first;
    private readonly TestTransaction _second;

    public ConflictTests()
    {
        _space = _hub.NewSpace("library", [TestSchema.Alone]);
        var transaction = _hub.Begin(_space);
        var one = transaction.StageOf(TestSchema.Book, "One", ("Title", Text("One")));
        transaction.StageOf(TestSchema.Book, "Two");
        transaction.Add(one, TestSchema.Authors, transaction.StageOf(TestSchema.Person, "Ann"));
        transaction.StageOf(TestSchema.Person, "Ben");
        transaction.Commit();
        _first = _hub.Begin(_space);
        _second = _hub.Begin(_space);
    }

    public void Dispose() => _hub.Dispose();

    [Fact]
    public void Two_changes_of_one_holon_conflict_and_the_second_is_told_which_and_stays_open_and_unchanged()
    {
        Retitle(_first, "First");
        var mine = Retitle(_second, "Second");
        var number = _first.Commit().CommitNumber;
        var error = RefusedUnchanged(ErrorCode.Conflict);
        Assert.Equal((mine, number, false), (error.Reference, error.Details.ConflictingCommit, error.Retryable));
        Assert.Contains("\"One\"", error.Message, StringComparison.Ordinal);
        Assert.Contains($"commit {number}", error.Message, StringComparison.Ordinal);

        // It can be asked again, mended by undoing, or given up.
        RefusedUnchanged(ErrorCode.Conflict);
        _second.Rollback();
        var third = _hub.Begin(_space);
        Assert.Equal("First", third.Value(third.ByKey("One"), "Title").StringValue);
        Assert.Equal(2U, third.Content(third.ByKey("One")).Version);
    }

    [Fact]
    public void A_conflict_is_gone_when_its_change_is_undone()
    {
        Retitle(_first, "First");
        _second.StageOf(TestSchema.Book, "Three");
        Retitle(_second, "Second");
        _first.Commit();
        RefusedUnchanged(ErrorCode.Conflict);
        _second.Undo();
        _second.Undo();
        Assert.Single(_second.Commit().Saved);
    }

    [Fact]
    public void A_new_version_without_a_change_conflicts_with_nothing_and_saves_nothing()
    {
        Retitle(_first, "First");
        var staged = _second.StageVersion(_second.ByKey("One"));
        _second.Set(staged, "Title", Text("Other"));
        _second.Set(staged, "Title", Text("One"));
        _first.Commit();
        Assert.Empty(_second.Commit().Saved);
        var after = _hub.Begin(_space);
        Assert.Equal("First", after.Value(after.ByKey("One"), "Title").StringValue);
    }

    [Fact]
    public void Two_transactions_that_change_different_holons_do_not_conflict()
    {
        Retitle(_first, "First");
        _second.Set(_second.StageVersion(_second.ByKey("Two")), "Title", Text("Second"));
        _first.Commit();
        Assert.Single(_second.Commit().Saved);
    }

    [Fact]
    public void A_change_and_a_deletion_conflict_whichever_comes_first()
    {
        Retitle(_first, "First");
        _second.Delete(_second.ByKey("One"));
        var changed = _first.Commit().CommitNumber;
        Assert.Equal(changed, RefusedUnchanged(ErrorCode.Conflict).Details.ConflictingCommit);

        var third = _hub.Begin(_space);
        var fourth = _hub.Begin(_space);
        third.Delete(third.ByKey("One"));
        var mine = Retitle(fourth, "Fourth");
        var deleted = third.Commit().CommitNumber;
        var error = RefusedUnchanged(ErrorCode.Conflict, fourth);
        Assert.Equal((mine, deleted), (error.Reference, error.Details.ConflictingCommit));
        Assert.Contains("deleted", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_deletions_of_one_holon_conflict()
    {
        _first.Delete(_first.ByKey("One"));
        _second.Delete(_second.ByKey("One"));
        _first.Commit();
        RefusedUnchanged(ErrorCode.Conflict);
    }

    [Fact]
    public void Link_only_changes_of_one_holon_do_not_conflict_and_both_take_effect()
    {
        Link(_first, TestSchema.Readers, "Ann");
        Link(_second, TestSchema.Readers, "Ben");
        var third = _hub.Begin(_space);
        Retitle(third, "Third");
        _first.Commit();
        Assert.Empty(_second.Commit().Saved);
        third.Commit();
        var after = _hub.Begin(_space);
        Assert.Equal(["Ann", "Ben"], after.Related(after.ByKey("One"), TestSchema.Readers));
        Assert.Equal(["One"], after.Related(after.ByKey("Ben"), TestSchema.ReaderOf));
        Assert.Equal(2U, after.Content(after.ByKey("One")).Version);
    }

    [Fact]
    public void Changes_of_a_definitional_relationship_conflict()
    {
        var mine = Link(_second, TestSchema.Authors, "Ben");
        Link(_first, TestSchema.Authors, "Ben");
        _first.Commit();
        Assert.Equal(mine, RefusedUnchanged(ErrorCode.Conflict).Reference);
    }

    [Fact]
    public void The_same_link_added_twice_is_one_member_and_removed_twice_is_none()
    {
        LinkBooks(_first);
        LinkBooks(_second);
        _first.Commit();
        _second.Commit();
        var third = _hub.Begin(_space);
        var fourth = _hub.Begin(_space);
        Assert.Equal(["Two"], third.Related(third.ByKey("One"), TestSchema.Similar));
        Assert.Equal(["One"], third.Related(third.ByKey("Two"), TestSchema.SimilarFrom));
        foreach (var transaction in (TestTransaction[])[third, fourth])
            transaction.RemoveRelated(transaction.StageVersion(transaction.ByKey("One")), TestSchema.Similar, transaction.ByKey("Two"));
        third.Commit();
        fourth.Commit();
        var after = _hub.Begin(_space);
        Assert.Empty(after.Related(after.ByKey("One"), TestSchema.Similar));
        Assert.Empty(after.Related(after.ByKey("Two"), TestSchema.SimilarFrom));

        static void LinkBooks(TestTransaction transaction) =>
            transaction.Add(transaction.StageVersion(transaction.ByKey("One")), TestSchema.Similar, transaction.ByKey("Two"));
    }

    [Fact]
    public void A_key_that_another_commit_took_is_refused_with_the_holon_and_the_commit()
    {
        _first.StageOf(TestSchema.Book, "Three");
        var mine = _second.StageOf(TestSchema.Book, "Three");
        var number = _first.Commit().CommitNumber;
        var error = RefusedUnchanged(ErrorCode.DuplicateKey);
        Assert.Equal((mine, number), (error.Reference, error.Details.ConflictingCommit));
        _second.Set(mine, "Key", Text("Four"));
        _second.Commit();
    }

    [Fact]
    public void A_key_that_another_holon_of_the_type_moved_to_is_refused()
    {
        _first.Set(_first.StageVersion(_first.ByKey("One")), "Key", Text("Three"));
        _second.Set(_second.StageVersion(_second.ByKey("Two")), "Key", Text("Three"));
        _first.Commit();
        RefusedUnchanged(ErrorCode.DuplicateKey);
    }

    [Fact]
    public void One_key_twice_in_one_transaction_is_refused_for_one_type_and_fine_for_two()
    {
        _first.StageOf(TestSchema.Book, "Three");
        _first.StageOf(TestSchema.Novel, "Three");
        _first.Commit();
        _second.StageOf(TestSchema.Person, "Cleo");
        _second.StageOf(TestSchema.Person, "Cleo");
        _second.Send(CommitMutation).Invalid(ErrorCode.DuplicateKey, ErrorCode.DuplicateKey);
    }

    [Fact]
    public void A_key_is_free_for_a_transaction_that_takes_it_from_its_holon()
    {
        var two = _first.StageVersion(_first.ByKey("Two"));
        _first.Delete(_first.ByKey("One"));
        _first.Set(two, "Key", Text("One"));
        _first.StageOf(TestSchema.Book, "Two");
        _first.Commit();
        var after = _hub.Begin(_space);
        Assert.Equal(2U, after.Content(after.ByKey("One")).Version);
        Assert.Equal(1U, after.Content(after.ByKey("Two")).Version);
    }

    [Fact]
    public void A_link_to_a_holon_that_was_deleted_meanwhile_conflicts_and_names_both()
    {
        var mine = Link(_second, TestSchema.Readers, "Ben");
        _first.Delete(_first.ByKey("Ben"));
        var number = _first.Commit().CommitNumber;
        var error = RefusedUnchanged(ErrorCode.Conflict);
        Assert.Equal((mine, number), (error.Reference, error.Details.ConflictingCommit));
        Assert.Contains("\"One\"", error.Message, StringComparison.Ordinal);
        Assert.Contains("\"Ben\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_from_a_holon_that_was_deleted_meanwhile_conflicts_and_says_that_it_was_deleted()
    {
        var mine = Link(_second, TestSchema.Readers, "Ben");
        _first.Delete(_first.ByKey("One"));
        var number = _first.Commit().CommitNumber;
        var error = RefusedUnchanged(ErrorCode.Conflict);
        Assert.Equal((mine, number), (error.Reference, error.Details.ConflictingCommit));
        Assert.Contains($"\"One\" was deleted by commit {number}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_removed_to_a_holon_that_was_deleted_meanwhile_is_gone_anyway()
    {
        Link(_first, TestSchema.Readers, "Ben");
        _first.Commit();
        var third = _hub.Begin(_space);
        var fourth = _hub.Begin(_space);
        third.Delete(third.ByKey("Ben"));
        fourth.RemoveRelated(fourth.StageVersion(fourth.ByKey("One")), TestSchema.Readers, fourth.ByKey("Ben"));
        third.Commit();
        Assert.Empty(fourth.Commit().Saved);
        var after = _hub.Begin(_space);
        Assert.Empty(after.Related(after.ByKey("One"), TestSchema.Readers));
    }

    [Fact]
    public void A_descriptor_that_was_deleted_meanwhile_conflicts_and_is_named()
    {
        var novel = _second.StageOf(TestSchema.Novel, "Three");
        _first.Delete(_first.ByKey(TestSchema.Novel));
        var number = _first.Commit().CommitNumber;
        var error = RefusedUnchanged(ErrorCode.Conflict);
        Assert.Equal((novel, number), (error.Reference, error.Details.ConflictingCommit));
        Assert.Contains(TestSchema.Novel, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_conflict_is_told_not_only_the_first()
    {
        Retitle(_first, "First");
        _first.Delete(_first.ByKey("Ben"));
        _first.StageOf(TestSchema.Book, "Three");
        Retitle(_second, "Second");
        _second.Add(_second.StageVersion(_second.ByKey("Two")), TestSchema.Readers, _second.ByKey("Ben"));
        _second.StageOf(TestSchema.Book, "Three");
        _first.Commit();
        var errors = _second.Send(CommitMutation).Errors;
        Assert.Equal(
            [ErrorCode.Conflict, ErrorCode.Conflict, ErrorCode.DuplicateKey],
            errors.Select(error => error.Code).Order());
    }

    [Fact]
    public void Every_holon_without_a_type_or_with_one_staged_for_delete_is_told_and_none_is_saved()
    {
        var bare = _first.Stage("Bare");
        var keyless = _first.Stage(null);
        var novel = _first.StageOf(TestSchema.Novel, "Three");
        _first.Delete(_first.ByKey(TestSchema.Novel));
        var response = _first.Send(CommitMutation);
        response.Refused(ErrorCode.ValidationFailed);
        var errors = response.Errors.Skip(1).ToList();
        Assert.Equal((ErrorCode.DeletionBlocked, "Instances"), (errors[0].Code, errors[0].Field));
        Assert.Equal(
            [(ErrorCode.MissingDescriptor, bare), (ErrorCode.MissingDescriptor, keyless), (ErrorCode.UnknownDescriptor, novel)],
            errors.Skip(1).Select(error => (error.Code, error.Reference)));
        Assert.All(errors.Skip(1), error => Assert.Equal("DescribedBy", error.Field));
        foreach (var holon in (HolonReference[])[bare, keyless, novel]) _first.Describe(holon, _first.ByKey(TestSchema.Book));
        Assert.Equal(3, _first.Commit().Saved.Count);
    }

    private static HolonReference Retitle(TestTransaction transaction, string title)
    {
        var staged = transaction.StageVersion(transaction.ByKey("One"));
        transaction.Set(staged, "Title", Text(title));
        return staged;
    }

    private static HolonReference Link(TestTransaction transaction, string name, string person)
    {
        var staged = transaction.StageVersion(transaction.ByKey("One"));
        transaction.Add(staged, name, transaction.ByKey(person));
        return staged;
    }

    private HolonError RefusedUnchanged(ErrorCode code, TestTransaction? transaction = null)
    {
        transaction ??= _second;
        var before = transaction.Full();
        var error = transaction.Send(CommitMutation).Refused(code);
        Assert.Equal(before, transaction.Full());
        return error;
    }
}
