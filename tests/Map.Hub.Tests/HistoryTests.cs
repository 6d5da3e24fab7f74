using Google.Protobuf;
using Map.Hub.Binding;
using Map.Hub.Spaces;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests;

/// <summary>The versions of a holon, what came before one, and reading as of an earlier commit.</summary>
public sealed class HistoryTests : IDisposable
{
    private readonly TestHub _hub = new();
    private readonly HolonSpaceManager _space;
    private readonly List<ulong> _commits = [];
    private readonly HolonId _id;

    public HistoryTests()
    {
        _space = _hub.NewSpace("library", [TestSchema.Alone]);
        var transaction = _hub.Begin(_space);
        var one = transaction.StageOf(TestSchema.Book, "v1", ("Title", Text("v1")));
        transaction.StageOf(TestSchema.Person, "Ann");
        _id = transaction.Saved(one).Smart.HolonId;
        _commits.Add(transaction.Commit().CommitNumber);
        for (var i = 2; i <= 5; i++) Save(i);
    }

    public void Dispose() => _hub.Dispose();

    [Fact]
    public void The_versions_come_newest_first_in_pages_of_any_size_each_as_it_was()
    {
        var transaction = _hub.Begin(_space);
        foreach (var size in (uint[])[0, 1, 2, 4, 5, 6])
        {
            var versions = History(transaction, transaction.ById(_id), size);
            Assert.Equal([5U, 4, 3, 2, 1], versions.Select(member => member.Reference.Smart.Version));
            Assert.Equal(["v5", "v4", "v3", "v2", "v1"], versions.Select(member => member.Key));
            Assert.All(versions, member => Assert.Equal(_id, member.Reference.Smart.HolonId));
            Assert.Equal("v2", transaction.Value(versions[3].Reference, "Title").StringValue);
        }
    }

    [Fact]
    public void The_versions_are_those_of_the_snapshot_whatever_is_staged_or_committed_later()
    {
        var transaction = _hub.Begin(_space);
        var staged = transaction.StageVersion(transaction.ById(_id));
        transaction.Set(staged, "Title", Text("mine"));
        Save(6);
        Assert.Equal(5, History(transaction, staged).Count);
        Assert.Equal(5, History(transaction, transaction.Saved(staged)).Count);
        Assert.Equal(5, History(transaction, transaction.Saved(staged, version: 2)).Count);
        var later = _hub.Begin(_space);
        Assert.Equal(6, History(later, later.ById(_id)).Count);
    }

    [Fact]
    public void A_deleted_holon_still_has_its_versions_and_a_new_or_unknown_one_has_none()
    {
        var first = _hub.Begin(_space);
        var saved = first.Saved(first.ById(_id));
        first.Delete(first.ById(_id));
        first.Commit();
        var transaction = _hub.Begin(_space);
        saved.TransactionId = WireWriter.ToWire(transaction.Id);
        Assert.Equal([5U, 4, 3, 2, 1], History(transaction, saved).Select(member => member.Reference.Smart.Version));
        Assert.Empty(History(transaction, transaction.StageOf(TestSchema.Book, "new")));
        Refuse(transaction, transaction.New("scratch"), ErrorCode.WrongReferenceKind);
        var unknown = saved.Clone();
        unknown.Smart.HolonId.LocalId = ByteString.CopyFrom(new byte[16]);
        Refuse(transaction, unknown, ErrorCode.HolonNotFound);
        Refuse(_hub.Begin(_space), saved, ErrorCode.CrossTransactionReference);
    }

    [Fact]
    public void What_came_before_a_version_is_the_version_before()
    {
        var transaction = _hub.Begin(_space);
        var current = transaction.ById(_id);
        Assert.Equal(4U, Predecessor(transaction, current)!.Smart.Version);
        Assert.Equal(2U, Predecessor(transaction, transaction.Saved(current, version: 3))!.Smart.Version);
        Assert.Null(Predecessor(transaction, transaction.Saved(current, version: 1)));
        var staged = transaction.StageVersion(current);
        Assert.Equal(5U, Predecessor(transaction, staged)!.Smart.Version);
        transaction.Delete(staged);
        Assert.Equal(5U, Predecessor(transaction, staged)!.Smart.Version);
        Assert.Null(Predecessor(transaction, transaction.StageOf(TestSchema.Book, "new")));
        Assert.Null(Predecessor(transaction, transaction.New("scratch")));
    }

    [Fact]
    public void The_versioned_key_is_the_key_with_the_version()
    {
        var transaction = _hub.Begin(_space);
        var current = transaction.ById(_id);
        Assert.Equal("v5__5", VersionedKey(transaction, current));
        Assert.Equal("v3__3", VersionedKey(transaction, transaction.Saved(current, version: 3)));
        var staged = transaction.StageVersion(current);
        transaction.Set(staged, "Key", Text("other"));
        Assert.Equal("other__5", VersionedKey(transaction, staged));
        Assert.Equal("new__0", VersionedKey(transaction, transaction.StageOf(TestSchema.Book, "new")));
        Assert.Null(VersionedKey(transaction, transaction.StageOf(TestSchema.Book, null)));
    }

    [Fact]
    public void A_transaction_reads_as_of_any_commit_and_meets_conflicts_when_it_changes_what_changed_since()
    {
        for (var i = 0; i < _commits.Count; i++)
        {
            var past = As((long)_commits[i]);
            Assert.Equal($"v{i + 1}", past.Value(past.ById(_id), "Title").StringValue);
            Assert.Equal(i + 1, History(past, past.ById(_id)).Count);
            Assert.Equal($"v{i + 1}", past.Value(past.ByKey($"v{i + 1}"), "Title").StringValue);
            past.Send(ByKeyQuery(i == 0 ? "v2" : $"v{i}")).Refused(ErrorCode.KeyNotFound);
        }

        As(0).Send(ByKeyQuery(TestSchema.Book)).Refused(ErrorCode.KeyNotFound);
        var old = As((long)_commits[1]);
        old.Set(old.StageVersion(old.ById(_id)), "Title", Text("late"));
        var conflict = old.Send(CommitMutation).Refused(ErrorCode.Conflict);
        Assert.Equal(_commits[^1], conflict.Details.ConflictingCommit);
        old.Undo();
        old.Undo();
        old.Set(old.StageVersion(old.ByKey("Ann")), "Title", Text("not in the way"));
        Assert.Single(old.Commit().Saved);
    }

    private TestTransaction As(long commit) => new(_hub.Dispatcher, _space.Begin("", "", Caller.Owner, commit).Id, Caller.Owner);

    private void Save(int version)
    {
        var transaction = _hub.Begin(_space);
        var one = transaction.StageVersion(transaction.ById(_id));
        transaction.Set(one, "Title", Text($"v{version}"));
        transaction.Set(one, "Key", Text($"v{version}"));
        _commits.Add(transaction.Commit().CommitNumber);
    }

    private static List<HolonMember> History(TestTransaction transaction, HolonReference holon, uint size = 0)
    {
        var versions = new List<HolonMember>();
        var token = ByteString.Empty;
        do
        {
            var query = new HistoryQuery { Holon = holon, Page = new PageRequest { Size = size, Token = token } };
            var page = transaction.Ok(new QueryCommand { History = query }).Page;
            versions.AddRange(page.Members);
            token = page.NextToken;
        }
        while (!token.IsEmpty);
        return versions;
    }

    private static void Refuse(TestTransaction transaction, HolonReference holon, ErrorCode code) =>
        transaction.Send(new QueryCommand { History = new HistoryQuery { Holon = holon } }).Refused(code);

    private static HolonReference? Predecessor(TestTransaction transaction, HolonReference holon) =>
        transaction.Ok(new QueryCommand { Predecessor = new PredecessorQuery { Holon = holon } }).Reference;

    private static string? VersionedKey(TestTransaction transaction, HolonReference holon)
    {
        var key = transaction.Ok(new QueryCommand { VersionedKey = new VersionedKeyQuery { Holon = holon } }).Key;
        return key.HasKey ? key.Key : null;
    }
}
