using Map.Core.Transactions;
using Map.Hub.Spaces;
using Map.V1;
using HolonPhase = Map.V1.HolonPhase;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests;

/// <summary>Copies of holons, transient and staged.</summary>
public sealed class CloneTests : IDisposable
{
    private readonly TestHub _hub = new(TestHub.Options(new TransactionLimits { MaxTargets = 20 }));
    private readonly HolonSpaceManager _space;

    public CloneTests()
    {
        _space = _hub.NewSpace("library", [TestSchema.Alone]);
        var transaction = _hub.Begin(_space);
        var people = Enumerable.Range(0, 5).Select(i => transaction.StageOf(TestSchema.Person, $"P{i}")).ToArray();
        var one = transaction.StageOf(TestSchema.Book, "One", ("Title", Text("first")), ("Pages", Number(7)));
        transaction.Add(one, TestSchema.Authors, people[3], people[1], people[2]);
        transaction.Add(one, TestSchema.Credits, people[2], people[0], people[2], people[0], people[2]);
        transaction.Add(one, TestSchema.Readers, people[4], people[4], people[1]);
        transaction.Add(one, TestSchema.Friends, people[0]);
        transaction.Add(one, TestSchema.Similar, one);
        transaction.Add(transaction.StageOf(TestSchema.Book, "Two"), TestSchema.Similar, one);
        transaction.Commit();
    }

    public void Dispose() => _hub.Dispose();

    [Theory]
    [InlineData("saved")]
    [InlineData("pinned")]
    [InlineData("staged")]
    [InlineData("transient")]
    public void A_copy_has_properties_type_and_members_in_their_order_and_as_often(string source)
    {
        var transaction = _hub.Begin(_space);
        var one = transaction.ByKey("One");
        var from = source switch
        {
            "saved" => one,
            "pinned" => transaction.Saved(one, version: 1),
            "staged" => transaction.StageVersion(one),
            _ => Clone(transaction, one),
        };
        var clone = Clone(transaction, from);
        Assert.Equal(HolonPhase.Transient, transaction.Content(clone).Phase);
        Assert.Equal("One", transaction.Content(clone).Key);
        AssertCopy(transaction, clone);

        var staged = FromClone(transaction, from, "Copy");
        Assert.Equal((HolonPhase.StagedForCreate, 0U), (transaction.Content(staged).Phase, transaction.Content(staged).Version));
        AssertCopy(transaction, staged);
        // What it came from is as it was: no edit of the copy reaches it.
        transaction.Set(staged, "Title", Text("copied"));
        transaction.RemoveRelated(staged, TestSchema.Authors, transaction.ByKey("P1"));
        transaction.Commit();

        var later = _hub.Begin(_space);
        Assert.Equal(["P3", "P2"], later.Related(later.ByKey("Copy"), TestSchema.Authors));
        Assert.Equal(["P2", "P0", "P2", "P0", "P2"], later.Related(later.ByKey("Copy"), TestSchema.Credits));
        Assert.Equal("first", later.Value(later.ByKey("One"), "Title").StringValue);
        AssertCopy(later, later.ByKey("One"));
        Assert.Equal(["One", "Two", "Copy"], later.Related(later.ByKey("One"), TestSchema.SimilarFrom));
    }

    [Fact]
    public void A_copy_of_an_earlier_version_is_as_that_was()
    {
        var first = _hub.Begin(_space);
        var edited = first.StageVersion(first.ByKey("One"));
        first.Set(edited, "Title", Text("second"));
        first.RemoveRelated(edited, TestSchema.Authors, first.ByKey("P3"));
        first.Commit();
        var transaction = _hub.Begin(_space);
        AssertCopy(transaction, FromClone(transaction, transaction.Saved(transaction.ByKey("One"), version: 1), "Old"));
        var now = FromClone(transaction, transaction.ByKey("One"), "New");
        Assert.Equal("second", transaction.Value(now, "Title").StringValue);
        Assert.Equal(["P1", "P2"], transaction.Related(now, TestSchema.Authors));
    }

    [Fact]
    public void A_staged_copy_has_the_key_given_or_none_and_commit_refuses_one_that_is_taken()
    {
        var transaction = _hub.Begin(_space);
        var keyless = FromClone(transaction, transaction.ByKey("One"), null);
        Assert.False(transaction.Content(keyless).HasKey);
        Assert.Equal(["Pages", "Title"], transaction.Content(keyless).Properties.Select(property => property.Name).Order());
        transaction.Send(FromCloneCommand(transaction.ByKey("One"), "")).Refused(ErrorCode.InvalidName);
        transaction.Send(FromCloneCommand(transaction.ByKey("One"), new string('x', 1001))).Refused(ErrorCode.InvalidName);
        var same = FromClone(transaction, transaction.ByKey("One"), "One");
        transaction.Send(CommitMutation).Invalid(ErrorCode.DuplicateKey);
        transaction.Set(same, "Key", Text("Other"));
        Assert.Equal(2, transaction.Commit().Saved.Count);
    }

    [Fact]
    public void Members_that_are_not_in_view_are_left_out()
    {
        var first = _hub.Begin(_space);
        first.Delete(first.ByKey("P0"));
        first.Commit();
        var transaction = _hub.Begin(_space);
        transaction.Delete(transaction.ByKey("P3"));
        var clone = FromClone(transaction, transaction.Saved(transaction.ByKey("One"), version: 1), "Copy");
        Assert.Equal(["P1", "P2"], transaction.Related(clone, TestSchema.Authors));
        Assert.Equal(["P2", "P2", "P2"], transaction.Related(clone, TestSchema.Credits));
        Assert.Empty(transaction.Related(clone, TestSchema.Friends));
        transaction.Commit();
    }

    [Fact]
    public void A_holon_that_is_staged_for_delete_or_abandoned_can_be_copied()
    {
        var transaction = _hub.Begin(_space);
        var deleted = transaction.StageVersion(transaction.ByKey("One"));
        transaction.Delete(deleted);
        var copy = FromClone(transaction, deleted, "Copy");
        // Itself is no longer in view.
        Assert.Empty(transaction.Related(copy, TestSchema.Similar));
        Assert.Equal(["P3", "P1", "P2"], transaction.Related(copy, TestSchema.Authors));
        var abandoned = transaction.StageOf(TestSchema.Book, "Draft", ("Title", Text("kept")));
        transaction.Delete(abandoned);
        Assert.Equal("kept", transaction.Value(Clone(transaction, abandoned), "Title").StringValue);
    }

    [Fact]
    public void A_transient_copy_may_have_transient_members_and_a_staged_one_may_not()
    {
        var transaction = _hub.Begin(_space);
        var scratch = transaction.New("Scratch", transaction.ByKey(TestSchema.Book));
        transaction.Add(scratch, TestSchema.Similar, transaction.New("Other", transaction.ByKey(TestSchema.Book)));
        Assert.Equal(["Other"], transaction.Related(Clone(transaction, scratch), TestSchema.Similar));
        var before = (transaction.StagedCount(), transaction.TransientCount());
        transaction.Send(FromCloneCommand(scratch, "Copy")).Refused(ErrorCode.WrongReferenceKind);
        Assert.Equal(before, (transaction.StagedCount(), transaction.TransientCount()));
    }

    [Fact]
    public void More_members_than_a_command_may_have_targets_are_refused_without_a_trace()
    {
        var transaction = _hub.Begin(_space);
        var book = transaction.StageOf(TestSchema.Book, "Large");
        var people = Enumerable.Range(0, 20).Select(i => transaction.StageOf(TestSchema.Person, $"Q{i}")).ToArray();
        transaction.Add(book, TestSchema.Authors, people[..12]);
        transaction.Add(book, TestSchema.Readers, people[12..]);
        FromClone(transaction, book, "Small");
        transaction.Add(book, TestSchema.Friends, people[0]);
        var before = transaction.Full();
        foreach (var command in (MutationCommand[])[FromCloneCommand(book, "Copy"), new() { CloneHolon = new CloneHolonCommand { Holon = book } }])
        {
            var error = transaction.Send(command).Refused(ErrorCode.TooLarge);
            Assert.Equal((20UL, book), (error.Details.Limit, error.Reference));
            Assert.Equal(before, transaction.Full());
        }
    }

    [Fact]
    public void A_copy_is_one_step_that_is_undone_and_redone_whole_also_after_a_restart()
    {
        var transaction = _hub.Begin(_space);
        var copy = FromClone(transaction, transaction.ByKey("One"), "Copy");
        Clone(transaction, copy);
        var full = transaction.Full();
        transaction.Undo();
        transaction.Undo();
        Assert.Equal((0UL, 0UL), (transaction.StagedCount(), transaction.TransientCount()));
        transaction.Send(UndoMutation).Refused(ErrorCode.NothingToUndo);
        transaction.Redo();
        transaction.Redo();
        Assert.Equal(full, transaction.Full());
        _hub.Restart();
        transaction = transaction.On(_hub.Dispatcher);
        Assert.Equal(full, transaction.Full());
        AssertCopy(transaction, copy);
    }

    private static void AssertCopy(TestTransaction transaction, HolonReference holon)
    {
        var content = transaction.Content(holon);
        Assert.Equal(["Pages 7", "Title first"], content.Properties.Where(each => each.Name != "Key")
            .Select(each => $"{each.Name} {each.Value.StringValue}{(each.Value.HasIntegerValue ? each.Value.IntegerValue : "")}").Order());
        Assert.Equal(transaction.ByKey(TestSchema.Book), content.Descriptor_);
        Assert.Equal(["P3", "P1", "P2"], transaction.Related(holon, TestSchema.Authors));
        Assert.Equal(["P2", "P0", "P2", "P0", "P2"], transaction.Related(holon, TestSchema.Credits));
        Assert.Equal(["P1", "P4", "P4"], transaction.Related(holon, TestSchema.Readers).Order());
        Assert.Equal(["P0"], transaction.Related(holon, TestSchema.Friends));
        Assert.Equal(["One"], transaction.Related(holon, TestSchema.Similar));
    }

    private static HolonReference Clone(TestTransaction transaction, HolonReference holon) =>
        transaction.Ok(new MutationCommand { CloneHolon = new CloneHolonCommand { Holon = holon } }).Reference;

    private static HolonReference FromClone(TestTransaction transaction, HolonReference holon, string? key) =>
        transaction.Ok(FromCloneCommand(holon, key)).Reference;

    private static MutationCommand FromCloneCommand(HolonReference holon, string? key)
    {
        var command = new StageNewFromCloneCommand { Holon = holon };
        if (key is not null) command.Key = key;
        return new MutationCommand { StageNewFromClone = command };
    }
}
