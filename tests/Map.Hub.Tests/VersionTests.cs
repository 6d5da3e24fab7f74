using Map.Hub.Spaces;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests;

/// <summary>What makes a new version, and how old ones are read.</summary>
public sealed class VersionTests : IDisposable
{
    private readonly TestHub _hub = new();
    private readonly HolonSpaceManager _space;

    public VersionTests()
    {
        _space = _hub.NewLibrary();
        var transaction = _hub.Begin(_space);
        var one = transaction.StageOf(TestSchema.Book, "One", ("Title", Text("One")));
        transaction.Add(one, TestSchema.Authors, transaction.StageOf(TestSchema.Person, "Ann"), transaction.StageOf(TestSchema.Person, "Ben"));
        transaction.Add(one, TestSchema.Readers, transaction.ByKey("Ann"));
        transaction.Commit();
    }

    public static TheoryData<string, uint> Changes => new()
    {
        { "property set", 2 },
        { "property set to what it is", 1 },
        { "property added", 2 },
        { "property removed", 2 },
        { "key moved", 2 },
        { "type changed", 2 },
        { "definitional member added", 2 },
        { "definitional member removed", 2 },
        { "definitional member removed and added again", 2 },
        { "bare member added", 2 },
        { "link-only member added", 1 },
        { "link-only member removed", 1 },
        { "nothing", 1 },
    };

    public void Dispose() => _hub.Dispose();

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_change_of_properties_type_or_definitional_relationships_makes_a_version_and_others_do_not(string change, uint version)
    {
        var transaction = _hub.Begin(_space);
        var one = transaction.StageVersion(transaction.ByKey("One"));
        Change(transaction, one, change);
        Assert.Equal(1U, transaction.Content(one).Version);
        var id = transaction.Saved(one).Smart.HolonId;
        Assert.Equal(version == 2 ? [id] : [], transaction.Commit().Saved);
        var after = _hub.Begin(_space);
        Assert.Equal(version, after.Content(after.ById(id)).Version);
    }

    [Fact]
    public void The_last_version_of_a_deleted_holon_has_the_links_that_it_had_when_it_was_deleted()
    {
        var id = _hub.Begin(_space).ByKey("One").Smart.HolonId;
        var linked = _hub.Begin(_space);
        linked.Add(linked.StageVersion(linked.ById(id)), TestSchema.Readers, linked.ByKey("Ben"));
        linked.Commit();
        var deleted = _hub.Begin(_space);
        deleted.Delete(deleted.ById(id));
        deleted.Commit();
        var after = _hub.Begin(_space);
        var last = after.Ok(new QueryCommand { GetById = new GetByIdQuery { HolonId = id, Version = 1 } }).Reference;
        Assert.Equal(["Ann", "Ben"], after.Related(last, TestSchema.Readers));
    }

    [Fact]
    public void Each_version_is_read_as_it_was_also_after_a_restart()
    {
        var id = _hub.Begin(_space).ByKey("One").Smart.HolonId;
        Save("Second", "Ben");
        Save("Third", "Ann");
        _hub.Restart();
        var transaction = _hub.Begin(_hub.Spaces.Get("library"));
        AssertVersion(1, "One", "Ann", "Ben");
        AssertVersion(2, "Second", "Ann");
        AssertVersion(3, "Third");
        transaction.Send(new QueryCommand { GetById = new GetByIdQuery { HolonId = id, Version = 4 } }).Refused(ErrorCode.VersionNotFound);
        var staged = transaction.StageVersion(transaction.ById(id));
        Assert.Equal(3U, transaction.Content(staged).Version);
        AssertVersion(2, "Second", "Ann");

        void Save(string title, string author)
        {
            var writer = _hub.Begin(_space);
            var one = writer.StageVersion(writer.ById(id));
            writer.Set(one, "Title", Text(title));
            writer.RemoveRelated(one, TestSchema.Authors, writer.ByKey(author));
            writer.Commit();
        }

        void AssertVersion(uint version, string title, params string[] authors)
        {
            var pinned = transaction.Ok(new QueryCommand { GetById = new GetByIdQuery { HolonId = id, Version = version } }).Reference;
            Assert.Equal(version, pinned.Smart.Version);
            Assert.Equal((version, HolonPhase.Saved), (transaction.Content(pinned).Version, transaction.Content(pinned).Phase));
            Assert.Equal(title, transaction.Value(pinned, "Title").StringValue);
            Assert.Equal(authors, transaction.Related(pinned, TestSchema.Authors));
        }
    }

    [Fact]
    public void An_old_version_is_read_without_the_members_that_were_deleted_since()
    {
        var first = _hub.Begin(_space);
        first.Delete(first.ByKey("Ann"));
        first.Set(first.StageVersion(first.ByKey("One")), "Title", Text("Second"));
        first.Commit();
        var transaction = _hub.Begin(_space);
        var old = transaction.Saved(transaction.ByKey("One"), version: 1);
        Assert.Equal(["Ben"], transaction.Related(old, TestSchema.Authors));
        Assert.Equal(["Ben"], transaction.Related(old, TestSchema.Authors, 1));
        Assert.Empty(transaction.Related(old, TestSchema.Readers));
    }

    [Fact]
    public void The_versions_of_a_deleted_holon_are_still_read()
    {
        var first = _hub.Begin(_space);
        var id = first.ByKey("One").Smart.HolonId;
        first.Delete(first.ByKey("One"));
        first.Commit();
        var transaction = _hub.Begin(_space);
        transaction.Send(new QueryCommand { GetById = new GetByIdQuery { HolonId = id } }).Refused(ErrorCode.HolonNotFound);
        var old = transaction.Ok(new QueryCommand { GetById = new GetByIdQuery { HolonId = id, Version = 1 } }).Reference;
        Assert.Equal("One", transaction.Content(old).Key);
        Assert.Equal(["Ann", "Ben"], transaction.Related(old, TestSchema.Authors));
        transaction.Send(new MutationCommand { StageNewVersion = new StageNewVersionCommand { Holon = old } }).Refused(ErrorCode.WrongReferenceKind);
    }

    [Fact]
    public void A_version_of_a_later_commit_is_not_there_yet()
    {
        var before = _hub.Begin(_space);
        var id = before.ByKey("One").Smart.HolonId;
        var first = _hub.Begin(_space);
        first.Set(first.StageVersion(first.ById(id)), "Title", Text("Second"));
        first.Commit();
        before.Send(new QueryCommand { GetById = new GetByIdQuery { HolonId = id, Version = 2 } }).Refused(ErrorCode.VersionNotFound);
        Assert.Equal(1U, before.Content(before.ById(id)).Version);
    }

    [Fact]
    public void A_commit_tells_its_number_and_the_holons_saved_and_deleted()
    {
        var transaction = _hub.Begin(_space);
        var before = (ulong)_space.Figures.LastCommit;
        var one = transaction.StageVersion(transaction.ByKey("One"));
        transaction.Set(one, "Title", Text("New"));
        transaction.Add(transaction.StageVersion(transaction.ByKey("Ann")), "Knows", transaction.ByKey("Ben"));
        var cleo = transaction.StageOf(TestSchema.Person, "Cleo");
        transaction.Delete(transaction.StageOf(TestSchema.Person, "Dora"));
        var ben = transaction.ByKey("Ben").Smart.HolonId;
        transaction.Delete(transaction.ByKey("Ben"));
        HolonId[] saved = [transaction.Saved(one).Smart.HolonId, transaction.Saved(cleo).Smart.HolonId];
        var result = transaction.Commit();
        Assert.Equal(before + 1, result.CommitNumber);
        Assert.Equal(saved, result.Saved);
        Assert.Equal([ben], result.Deleted);
    }

    private static void Change(TestTransaction transaction, HolonReference one, string change)
    {
        var ben = transaction.ByKey("Ben");
        switch (change)
        {
            case "property set": transaction.Set(one, "Title", Text("New")); break;
            case "property set to what it is": transaction.Set(one, "Title", Text("One")); break;
            case "property added": transaction.Set(one, "Pages", Number(1)); break;
            case "property removed": transaction.Remove(one, "Title"); break;
            case "key moved": transaction.Set(one, "Key", Text("Two")); break;
            case "type changed": transaction.Describe(one, transaction.ByKey(TestSchema.Novel)); break;
            case "definitional member added": transaction.Add(one, TestSchema.Credits, ben); break;
            case "definitional member removed": transaction.RemoveRelated(one, TestSchema.Authors, ben); break;
            case "definitional member removed and added again":
                transaction.RemoveRelated(one, TestSchema.Authors, ben);
                transaction.Add(one, TestSchema.Authors, ben);
                break;
            case "bare member added": transaction.Add(one, "Unknown", ben); break;
            case "link-only member added": transaction.Add(one, TestSchema.Readers, ben); break;
            case "link-only member removed": transaction.RemoveRelated(one, TestSchema.Readers, transaction.ByKey("Ann")); break;
            default: Assert.Equal("nothing", change); break;
        }
    }
}
