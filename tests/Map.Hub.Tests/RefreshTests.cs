using Google.Protobuf;
using Map.Hub.Spaces;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;
using Keep = Map.V1.RefreshChoice.Types.Keep;

namespace Map.Hub.Tests;

/// <summary>Moving an open transaction to the latest commit: what is kept of each holon that both sides changed.</summary>
public sealed class RefreshTests : IDisposable
{
    private readonly TestHub _hub = new();
    private readonly HolonSpaceManager _space;
    private readonly TestTransaction _other;
    private readonly TestTransaction _mine;

    public RefreshTests()
    {
        _space = _hub.NewSpace("library", [TestSchema.Alone]);
        var first = _hub.Begin(_space);
        var one = first.StageOf(TestSchema.Book, "One", ("Title", Text("original")), ("Pages", Number(1)));
        var two = first.StageOf(TestSchema.Book, "Two", ("Title", Text("original")));
        var (ann, ben) = (first.StageOf(TestSchema.Person, "Ann"), first.StageOf(TestSchema.Person, "Ben"));
        first.StageOf(TestSchema.Person, "Cid");
        first.Add(one, TestSchema.Authors, ann, ben);
        first.Add(one, TestSchema.Readers, ann, ann);
        first.Add(one, TestSchema.Similar, two);
        first.Commit();
        _other = _hub.Begin(_space);
        _mine = _hub.Begin(_space);
    }

    public void Dispose() => _hub.Dispose();

    [Fact]
    public void Without_conflicts_the_transaction_reads_the_latest_commit_with_its_own_changes_on_top()
    {
        var two = _mine.StageVersion(_mine.ByKey("Two"));
        _mine.Set(two, "Title", Text("mine"));
        var fresh = _mine.StageOf(TestSchema.Book, "Fresh");
        Retitle(_other, "One", "theirs");
        _other.StageOf(TestSchema.Person, "Dan");
        var commit = _other.Commit().CommitNumber;
        Assert.Equal("original", _mine.Value(_mine.ByKey("One"), "Title").StringValue);
        Refresh();
        Assert.Equal("theirs", _mine.Value(_mine.ByKey("One"), "Title").StringValue);
        Assert.Equal(2U, _mine.Content(_mine.ByKey("One")).Version);
        _mine.Add(fresh, TestSchema.Authors, _mine.ByKey("Dan"));
        Assert.Equal("mine", _mine.Value(two, "Title").StringValue);
        Assert.Equal((long)commit, _space.Describe(_mine.Id).Snapshot);
        _mine.Commit();
        AssertTitles("theirs", "mine");
    }

    [Fact]
    public void Conflicts_that_are_not_decided_are_all_listed_and_nothing_changes()
    {
        var one = Retitle(_mine, "One", "mine");
        var two = Retitle(_mine, "Two", "mine");
        var ann = _mine.StageVersion(_mine.ByKey("Ann"));
        _mine.Delete(ann);
        Retitle(_other, "One", "theirs");
        _other.Delete(_other.ByKey("Two"));
        _other.Add(_other.StageVersion(_other.ByKey("Ben")), TestSchema.Friends, _other.ByKey("Ann"));
        var commit = _other.Commit().CommitNumber;

        var before = _mine.Full(one, two, ann);
        var errors = Conflicts();
        Assert.Equal(before, _mine.Full(one, two, ann));
        Assert.Equal([one, two, ann], errors.Select(error => error.Reference));
        Assert.Equal(
            [
                $"\"One\" was changed by commit {commit}, after this transaction read it. Choose mine or theirs.",
                $"\"Two\" was deleted by commit {commit}. Only theirs can be kept, which drops what is staged of it.",
                "\"Ann\" is staged for delete, and was linked with \"Ben\" after this transaction read it. "
                + "Choose mine to delete it all the same, or theirs.",
            ],
            errors.Select(error => error.Message));
        Assert.Equal([commit, commit, 0], errors.Select(error => error.Details?.ConflictingCommit ?? 0));
        // Mine is no choice for a holon that is gone.
        Assert.Equal([two], Conflicts((one, Keep.Mine), (two, Keep.Mine), (ann, Keep.Theirs)).Select(error => error.Reference));
        Assert.Equal([one], Conflicts((two, Keep.Theirs), (ann, Keep.Mine)).Select(error => error.Reference));
        Assert.Equal(before, _mine.Full(one, two, ann));
        Refresh((one, Keep.Mine), (two, Keep.Theirs), (ann, Keep.Mine));
        _mine.Commit();
        var after = _hub.Begin(_space);
        Assert.Equal("mine", after.Value(after.ByKey("One"), "Title").StringValue);
        Assert.Equal((3U, 1L), (after.Content(after.ByKey("One")).Version, after.Value(after.ByKey("One"), "Pages").IntegerValue));
        after.Send(ByKeyQuery("Two")).Refused(ErrorCode.KeyNotFound);
        after.Send(ByKeyQuery("Ann")).Refused(ErrorCode.KeyNotFound);
    }

    [Fact]
    public void Mine_puts_the_staged_content_whole_on_the_new_head_and_theirs_drops_it_with_its_links()
    {
        var one = Retitle(_mine, "One", "mine");
        _mine.Add(one, TestSchema.Similar, _mine.StageOf(TestSchema.Book, "Three"));
        var two = Retitle(_mine, "Two", "mine");
        _mine.Add(two, TestSchema.Readers, _mine.ByKey("Ann"));
        foreach (var key in (string[])["One", "Two"])
        {
            var staged = Retitle(_other, key, "theirs");
            _other.Set(staged, "Pages", Number(2));
        }

        _other.Commit();
        Refresh((one, Keep.Mine), (two, Keep.Theirs));
        Assert.Equal((2U, HolonPhase.StagedForUpdate), (_mine.Content(one).Version, _mine.Content(one).Phase));
        _mine.Send(new QueryCommand { EssentialContent = new EssentialContentQuery { Holon = two } }).Refused(ErrorCode.HolonNotFound);
        Assert.Equal("theirs", _mine.Value(_mine.ByKey("Two"), "Title").StringValue);
        _mine.Commit();
        AssertTitles("mine", "theirs");
        var after = _hub.Begin(_space);
        Assert.Equal((1L, 2L), (after.Value(after.ByKey("One"), "Pages").IntegerValue, after.Value(after.ByKey("Two"), "Pages").IntegerValue));
        Assert.Equal(["Two", "Three"], after.Related(after.ByKey("One"), TestSchema.Similar));
        Assert.Empty(after.Related(after.ByKey("Two"), TestSchema.Readers));
    }

    [Fact]
    public void Of_a_holon_whose_links_alone_are_changed_the_content_is_theirs_and_needs_no_decision()
    {
        var one = _mine.StageVersion(_mine.ByKey("One"));
        _mine.Add(one, TestSchema.Readers, _mine.ByKey("Ben"));
        var theirs = Retitle(_other, "One", "theirs");
        _other.Remove(theirs, "Pages");
        _other.Describe(theirs, _other.ByKey(TestSchema.Novel));
        _other.Commit();
        Refresh();
        Assert.Equal((2U, "theirs"), (_mine.Content(one).Version, _mine.Value(one, "Title").StringValue));
        Assert.Single(_mine.All(new GetAllQuery { Type = _mine.ByKey(TestSchema.Novel) }));
        _mine.Commit();
        var after = _hub.Begin(_space);
        Assert.Equal(2U, after.Content(after.ByKey("One")).Version);
        Assert.Equal(["Ann", "Ann", "Ben"], after.Related(after.ByKey("One"), TestSchema.Readers));
        after.Send(new QueryCommand { PropertyValue = new PropertyValueQuery { Holon = after.ByKey("One"), Name = "Pages" } })
            .Refused(ErrorCode.PropertyNotFound);
    }

    [Fact]
    public void Link_changes_that_others_made_too_vanish_and_the_others_stay()
    {
        var one = _mine.StageVersion(_mine.ByKey("One"));
        _mine.RemoveRelated(one, TestSchema.Similar, _mine.ByKey("Two"));
        _mine.Add(one, TestSchema.Similar, _mine.ByKey("One"));
        _mine.RemoveRelated(one, TestSchema.Readers, _mine.ByKey("Ann"));
        _mine.Add(one, TestSchema.Readers, _mine.ByKey("Ben"));
        var theirs = _other.StageVersion(_other.ByKey("One"));
        _other.RemoveRelated(theirs, TestSchema.Similar, _other.ByKey("Two"));
        _other.Add(theirs, TestSchema.Similar, _other.ByKey("One"));
        _other.Add(theirs, TestSchema.Readers, _other.ByKey("Ben"), _other.ByKey("Ann"));
        _other.Commit();
        Refresh();
        // Two equal members are two where duplicates are allowed; the reader added meanwhile was not there to be removed.
        Assert.Equal(["Ann", "Ben", "Ben"], _mine.Related(one, TestSchema.Readers));
        Assert.Equal(["Ann", "Ben", "Ben"], _mine.Related(one, TestSchema.Readers, 1));
        Assert.Equal(["One"], _mine.Related(one, TestSchema.Similar));
        Assert.Equal(["One", "One"], _mine.Related(_mine.ByKey("Ben"), TestSchema.ReaderOf));
        _mine.Commit();
        var after = _hub.Begin(_space);
        Assert.Equal(["Ann", "Ben", "Ben"], after.Related(after.ByKey("One"), TestSchema.Readers));
        Assert.Equal(["One"], after.Related(after.ByKey("One"), TestSchema.Similar));
    }

    [Fact]
    public void Members_that_both_sides_moved_stand_where_mine_put_them()
    {
        var one = _mine.StageVersion(_mine.ByKey("One"));
        Move(_mine, one, "Ben");
        var theirs = _other.StageVersion(_other.ByKey("One"));
        Move(_other, theirs, "Ben");
        _other.Add(theirs, TestSchema.Authors, _other.ByKey("Cid"));
        _other.Commit();
        Refresh((one, Keep.Mine));
        Assert.Equal(["Ben", "Ann", "Cid"], _mine.Related(one, TestSchema.Authors));
        _mine.Commit();
        var after = _hub.Begin(_space);
        Assert.Equal(["Ben", "Ann", "Cid"], after.Related(after.ByKey("One"), TestSchema.Authors));
        Assert.Equal(["One"], after.Related(after.ByKey("Ben"), TestSchema.AuthorOf));
    }

    [Fact]
    public void A_link_to_a_holon_deleted_meanwhile_is_left_to_the_commit_and_can_be_removed()
    {
        var cid = _mine.ByKey("Cid");
        var fresh = _mine.StageOf(TestSchema.Book, "Fresh");
        _mine.Add(fresh, TestSchema.Authors, cid, _mine.ByKey("Ann"));
        _other.Delete(_other.ByKey("Cid"));
        _other.Commit();
        Refresh();
        var error = _mine.Send(CommitMutation).Refused(ErrorCode.Conflict);
        Assert.Equal(fresh, error.Reference);
        _mine.RemoveRelated(fresh, TestSchema.Authors, cid);
        _mine.Send(RemoveCommand(fresh, TestSchema.Authors, cid)).Refused(ErrorCode.HolonNotFound);
        _mine.Commit();
        var after = _hub.Begin(_space);
        Assert.Equal(["Ann"], after.Related(after.ByKey("Fresh"), TestSchema.Authors));
    }

    [Fact]
    public void A_deletion_that_meets_new_links_is_kept_or_dropped()
    {
        var ben = _mine.StageVersion(_mine.ByKey("Ben"));
        _mine.Delete(ben);
        var cid = _mine.StageVersion(_mine.ByKey("Cid"));
        _mine.Delete(cid);
        _other.Add(_other.StageVersion(_other.ByKey("Two")), TestSchema.Readers, _other.ByKey("Ben"), _other.ByKey("Cid"));
        _other.Commit();
        Assert.Equal([ben, cid], Conflicts().Select(error => error.Reference));
        Refresh((ben, Keep.Theirs), (cid, Keep.Mine));
        Assert.Equal(["Ben"], _mine.Related(_mine.ByKey("Two"), TestSchema.Readers));
        _mine.Commit();
        var after = _hub.Begin(_space);
        Assert.Equal(["Ben"], after.Related(after.ByKey("Two"), TestSchema.Readers));
        after.Send(ByKeyQuery("Cid")).Refused(ErrorCode.KeyNotFound);
    }

    [Fact]
    public void A_refresh_is_one_undo_step()
    {
        var one = Retitle(_mine, "One", "mine");
        Retitle(_other, "One", "theirs");
        _other.Commit();
        var before = _mine.Full(one);
        Refresh((one, Keep.Theirs));
        var refreshed = _mine.View();
        _mine.Undo();
        Assert.NotEqual(refreshed, _mine.View());
        Assert.Equal("mine", _mine.Value(one, "Title").StringValue);
        _mine.Send(CommitMutation).Refused(ErrorCode.Conflict);
        _mine.Redo();
        Assert.Equal(refreshed, _mine.View());
        _mine.Undo();
        // Only what can be redone is another.
        Assert.Equal(before.Replace("redo False", "redo True", StringComparison.Ordinal), _mine.Full(one));
        Refresh((one, Keep.Mine));
        _mine.Commit();
        AssertTitles("mine", "original");
    }

    [Fact]
    public void A_refreshed_transaction_comes_back_after_a_restart_with_its_history()
    {
        var (one, two) = (Retitle(_mine, "One", "mine"), Retitle(_mine, "Two", "mine"));
        var ann = _mine.StageVersion(_mine.ByKey("Ann"));
        _mine.Add(ann, "Knows", _mine.ByKey("Ben"));
        var before = _mine.View();
        var theirs = Retitle(_other, "One", "theirs");
        _other.Set(theirs, "Pages", Number(2));
        _other.Add(_other.StageVersion(_other.ByKey("Ann")), "Knows", _other.ByKey("Ben"));
        Retitle(_other, "Two", "theirs");
        _other.Commit();
        Refresh((one, Keep.Mine), (two, Keep.Theirs), (ann, Keep.Mine));
        var after = _mine.Full(one, two, ann);
        _hub.Restart();
        var back = new TestTransaction(_hub.Dispatcher, _mine.Id, Caller.Owner);
        Assert.Equal(after, back.Full(one, two, ann));
        back.Undo();
        Assert.Equal(before, back.View());
        back.Redo();
        Assert.Equal(after, back.Full(one, two, ann));
        Assert.Equal([one.Staged.LocalId], back.Commit().Saved.Select(holon => holon.LocalId));
    }

    [Fact]
    public void Page_tokens_are_refused_after_a_refresh_and_after_its_undo_and_redo()
    {
        var old = Page(ByteString.Empty);
        _other.StageOf(TestSchema.Book, "Later");
        _other.Commit();
        Refresh();
        RefusePage(old);
        var refreshed = Page(ByteString.Empty);
        Page(refreshed);
        _mine.Undo();
        RefusePage(refreshed);
        Page(old);
        _mine.Redo();
        RefusePage(old);
        Page(refreshed);
        // A token of another query is another matter.
        var query = new HistoryQuery { Holon = _mine.ByKey("One"), Page = new PageRequest { Token = refreshed } };
        _mine.Send(new QueryCommand { History = query }).Refused(ErrorCode.InvalidPageToken);
    }

    [Fact]
    public void Choices_are_for_staged_holons_once_each_and_harmless_where_there_is_no_conflict()
    {
        var one = Retitle(_mine, "One", "mine");
        Refuse(ErrorCode.InvalidRequest, (one, Keep.Mine), (one, Keep.Theirs));
        Refuse(ErrorCode.InvalidRequest, (one, Keep.Unspecified));
        Refuse(ErrorCode.InvalidRequest, (_mine.ByKey("Two"), Keep.Mine));
        Refuse(ErrorCode.CrossTransactionReference, (Retitle(_other, "Two", "theirs"), Keep.Mine));
        _other.Commit();
        Refresh((one, Keep.Theirs));
        Assert.Equal("mine", _mine.Value(one, "Title").StringValue);
        _mine.Commit();
        AssertTitles("mine", "theirs");

        void Refuse(ErrorCode code, params (HolonReference, Keep)[] choices) => _mine.Send(RefreshCommand(choices)).Refused(code);
    }

    [Fact]
    public void Types_are_those_of_the_latest_commit()
    {
        var fresh = _mine.StageOf(TestSchema.Person, "Eve");
        _mine.Add(fresh, "Pets", _mine.ByKey("Ann"), _mine.ByKey("Ben"));
        _other.Load(TestSchema.File("pets.json", [
            TestSchema.Holon("Pets", "Type", new { TypeName = "Pets", IsOrdered = true, IsDefinitional = false }, ("TargetType", TestSchema.Person)),
        ]));
        _other.Add(_other.StageVersion(_other.ByKey(TestSchema.Person)), "InstanceRelationships", _other.ByKey("Pets"));
        _other.Commit();
        Refresh();
        Assert.Equal(["Ann", "Ben"], _mine.Related(fresh, "Pets"));
        _mine.Commit();
        var after = _hub.Begin(_space);
        Assert.Equal(["Ann", "Ben"], after.Related(after.ByKey("Eve"), "Pets"));
    }

    private void Refresh(params (HolonReference, Keep)[] choices) => _mine.Ok(RefreshCommand(choices));

    private List<HolonError> Conflicts(params (HolonReference, Keep)[] choices)
    {
        var response = _mine.Send(RefreshCommand(choices));
        response.Refused(ErrorCode.Conflict);
        Assert.All(response.Errors, error => Assert.Equal(ErrorCode.Conflict, error.Code));
        return [.. response.Errors];
    }

    internal static MutationCommand RefreshCommand(params (HolonReference Holon, Keep Keep)[] choices)
    {
        var command = new RefreshCommand();
        command.Choices.AddRange(choices.Select(choice => new RefreshChoice { Holon = choice.Holon, Keep = choice.Keep }));
        return new MutationCommand { Refresh = command };
    }

    private static HolonReference Retitle(TestTransaction transaction, string key, string title)
    {
        var staged = transaction.StageVersion(transaction.ByKey(key));
        transaction.Set(staged, "Title", Text(title));
        return staged;
    }

    /// <summary>Makes a member the first author.</summary>
    private static void Move(TestTransaction transaction, HolonReference book, string author)
    {
        transaction.RemoveRelated(book, TestSchema.Authors, transaction.ByKey(author));
        var add = AddCommand(book, TestSchema.Authors, transaction.ByKey(author));
        add.AddRelatedHolons.Position = new Position { First = new Edge() };
        transaction.Ok(add);
    }

    private ByteString Page(ByteString token)
    {
        var page = _mine.Ok(new QueryCommand { GetAll = new GetAllQuery { Page = new PageRequest { Size = 2, Token = token } } }).Page;
        Assert.NotEmpty(page.NextToken);
        return page.NextToken;
    }

    private void RefusePage(ByteString token) =>
        _mine.Send(new QueryCommand { GetAll = new GetAllQuery { Page = new PageRequest { Size = 2, Token = token } } })
            .Refused(ErrorCode.OutdatedPageToken);

    private void AssertTitles(string one, string two)
    {
        var after = _hub.Begin(_space);
        Assert.Equal((one, two), (after.Value(after.ByKey("One"), "Title").StringValue, after.Value(after.ByKey("Two"), "Title").StringValue));
    }
}
