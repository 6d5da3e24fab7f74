using Map.Core.Errors;
using Map.Hub.Binding;
using Map.Hub.Spaces;
using Map.Hub.Watching;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests;

/// <summary>Watching what is committed.</summary>
public sealed class WatchTests : IDisposable
{
    private readonly TestHub _hub = new(TestHub.Options() with { WatchHeartbeat = TimeSpan.FromMilliseconds(20), MaxWatchersOfSpace = 3, MaxWatchers = 4 });
    private readonly HolonSpaceManager _space;
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromMinutes(1));

    public WatchTests() => _space = _hub.NewSpace("library", [TestSchema.Alone]);

    public void Dispose()
    {
        _patience.Dispose();
        _hub.Dispose();
    }

    [Fact]
    public async Task A_commit_is_told_with_its_holons_and_links()
    {
        var first = _hub.Begin(_space);
        var one = first.StageOf(TestSchema.Book, "One");
        var two = first.StageOf(TestSchema.Book, "Two");
        var ann = first.StageOf(TestSchema.Person, "Ann");
        first.Add(one, TestSchema.Authors, ann);
        first.Add(one, "Bare", two);
        var (oneId, twoId, annId) = (first.Saved(one).Smart.HolonId, first.Saved(two).Smart.HolonId, first.Saved(ann).Smart.HolonId);
        using var watch = _space.Watch(null);
        var saved = first.Commit().CommitNumber;
        var second = _hub.Begin(_space);
        second.Set(second.StageVersion(second.ByKey("One")), "Title", Text("New"));
        second.Delete(second.ByKey("Two"));
        second.Commit();

        var commits = await ReadAsync(watch, 2);
        Assert.Equal((saved, "test", first.Id), (commits[0].Number, commits[0].Label, WireReader.ToTransactionId(commits[0].TransactionId, "")));
        Assert.InRange(commits[0].CommittedAt.UnixMicros, DateTimeOffset.UtcNow.AddMinutes(-5).ToUnixTimeMilliseconds() * 1000, long.MaxValue);
        Assert.Equal(
            [(oneId, HolonChangeKind.Created, 1U), (twoId, HolonChangeKind.Created, 1U), (annId, HolonChangeKind.Created, 1U)],
            commits[0].Holons.Select(holon => (holon.HolonId, holon.Kind, holon.Version)));
        var authors = commits[0].Links.Single(link => link.Relationship == TestSchema.Authors);
        Assert.Equal((LinkChangeKind.Added, oneId, annId), (authors.Kind, authors.Source, authors.Target));
        Assert.Equal(TestSchema.Authors, NameOf(authors.RelationshipType));
        var bare = commits[0].Links.Single(link => link.Relationship == "Bare");
        Assert.Equal((LinkChangeKind.Added, oneId, twoId, null), (bare.Kind, bare.Source, bare.Target, bare.RelationshipType));
        Assert.Equal(
            [(oneId, HolonChangeKind.Updated, 2U), (twoId, HolonChangeKind.Deleted, 2U)],
            commits[1].Holons.Select(holon => (holon.HolonId, holon.Kind, holon.Version)));
        Assert.Equal(
            (LinkChangeKind.Removed, oneId, twoId, "Bare"),
            (commits[1].Links.Single().Kind, commits[1].Links[0].Source, commits[1].Links[0].Target, commits[1].Links[0].Relationship));
    }

    [Fact]
    public async Task A_watch_begins_after_the_commit_named_or_after_now_and_says_where()
    {
        var numbers = Enumerable.Range(0, 3).Select(i => Save($"k{i}")).ToList();
        using var all = _space.Watch(0);
        Assert.Equal([1UL, .. numbers], (await ReadAsync(all, 4)).Select(commit => commit.Number));
        using var some = _space.Watch((long)numbers[1]);
        Assert.Equal([numbers[2]], (await ReadAsync(some, 1)).Select(commit => commit.Number));
        using var now = _space.Watch(null);
        await using var messages = now.ReadAsync(_patience.Token).GetAsyncEnumerator();
        Assert.True(await messages.MoveNextAsync());
        Assert.Equal((numbers[2], 20U), (messages.Current.Position.Commit, messages.Current.Position.HeartbeatMs));
        var next = Save("next");
        while (messages.Current.Commit is null) await messages.MoveNextAsync();
        Assert.Equal(next, messages.Current.Commit.Number);
        Assert.Equal((long)next, now.Position);
    }

    [Fact]
    public async Task Who_has_nothing_to_learn_gets_signs_of_life()
    {
        using var watch = _space.Watch(null);
        var seen = new List<WatchResponse>();
        await foreach (var message in watch.ReadAsync(_patience.Token))
        {
            seen.Add(message);
            if (seen.Count == 4) break;
        }

        Assert.All(seen, message => Assert.Equal((ulong)_space.Figures.LastCommit, message.Position.Commit));
    }

    [Fact]
    public async Task A_large_commit_comes_in_parts_of_which_the_last_is_marked()
    {
        const int count = 2_500;
        using var watch = _space.Watch(null);
        var loader = _hub.Begin(_space);
        loader.Load(TestSchema.File("books.json", [.. Enumerable.Range(0, count).Select(i => TestSchema.Holon($"B{i}", TestSchema.Book))]));
        loader.Commit();
        Save("after");
        var parts = new List<CommitPart>();
        await foreach (var message in watch.ReadAsync(_patience.Token))
        {
            if (message.Commit is null) continue;
            parts.Add(message.Commit);
            if (parts.Count(part => part.IsLast) == 2) break;
        }

        var large = parts[..^1];
        Assert.Equal([1_000, 1_000, 500], large.Select(part => part.Holons.Count));
        Assert.Equal([false, false, true], large.Select(part => part.IsLast));
        Assert.Equal(count, large.SelectMany(part => part.Holons).Select(holon => holon.HolonId).Distinct().Count());
        Assert.Single(large.Select(part => (part.Number, part.TransactionId, part.CommittedAt.UnixMicros)).Distinct());
    }

    [Fact]
    public async Task A_link_of_a_relationship_whose_type_ends_with_the_commit_keeps_its_name()
    {
        var first = _hub.Begin(_space);
        first.Add(first.StageOf(TestSchema.Book, "One"), TestSchema.Authors, first.StageOf(TestSchema.Person, "Ann"));
        first.Commit();
        var second = _hub.Begin(_space);
        using var watch = _space.Watch(null);
        second.Delete(second.ByKey($"({TestSchema.Book})-[{TestSchema.Authors}]->({TestSchema.Person})"));
        second.Delete(second.ByKey("One"));
        second.Commit();
        var commit = (await ReadAsync(watch, 1)).Single();
        Assert.Contains(commit.Links, link => link.Kind == LinkChangeKind.Removed && link.Relationship == TestSchema.Authors);
    }

    [Fact]
    public async Task Every_watcher_learns_of_every_commit_once_and_in_order_while_many_commit()
    {
        const int writers = 4;
        const int commitsEach = 25;
        var start = _space.Figures.LastCommit;
        var expected = Enumerable.Range(1, writers * commitsEach).Select(i => start + i).ToList();
        var watching = Enumerable.Range(0, 3).Select(seed => Task.Run(() => FollowAsync(start, expected.Count, new Random(seed)))).ToList();
        var writing = Enumerable.Range(0, writers).Select(writer => Task.Run(() =>
        {
            for (var i = 0; i < commitsEach; i++) Save($"{writer}/{i}");
        })).ToList();
        await Task.WhenAll(writing);
        foreach (var seen in await Task.WhenAll(watching))
        {
            Assert.Equal(expected, seen.Select(commit => (long)commit.Number));
            Assert.Equal(expected.Count, seen.SelectMany(commit => commit.Holons).Select(holon => holon.HolonId).Distinct().Count());
        }
    }

    [Fact]
    public void A_commit_that_is_not_there_yet_is_refused()
    {
        var latest = _space.Figures.LastCommit;
        foreach (var refused in (Action[])[() => _space.Watch(latest + 1), () => _space.Begin("", "", Caller.Owner, latest + 1), () => _space.Watch(long.MaxValue)])
        {
            var error = Assert.Throws<HolonException>(refused).Errors[0];
            Assert.Equal(HolonErrorCode.CommitNotFound, error.Code);
            Assert.Contains($"its last is {latest}", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(0, _space.Watchers);
    }

    [Fact]
    public void Watchers_are_limited_for_a_space_and_in_all_and_make_room_when_they_end()
    {
        var other = _hub.NewSpace("other", [TestSchema.Alone]);
        var watches = Enumerable.Range(0, 3).Select(_ => _space.Watch(null)).ToList();
        var error = Assert.Throws<HolonException>(() => _space.Watch(null)).Errors[0];
        Assert.Equal((HolonErrorCode.LimitReached, 3L), (error.Code, error.Limit));
        watches.Add(other.Watch(null));
        error = Assert.Throws<HolonException>(() => other.Watch(null)).Errors[0];
        Assert.Equal((HolonErrorCode.LimitReached, 4L), (error.Code, error.Limit));
        Assert.Equal((3, 1), (_space.Watchers, other.Watchers));
        watches[0].Dispose();
        watches[0].Dispose();
        Assert.Equal(2, _space.Watchers);
        watches.Add(other.Watch(null));
        foreach (var watch in watches) watch.Dispose();
        Assert.Equal((0, 0), (_space.Watchers, other.Watchers));
    }

    /// <summary>Watches, and now and then leaves in the middle and comes back after the last commit that it saw whole.</summary>
    private async Task<List<CommitPart>> FollowAsync(long after, int count, Random random)
    {
        var seen = new List<CommitPart>();
        while (seen.Count < count)
        {
            using var watch = _space.Watch(after);
            var stay = random.Next(1, 20);
            foreach (var commit in await ReadAsync(watch, Math.Min(stay, count - seen.Count)))
            {
                seen.Add(commit);
                after = (long)commit.Number;
            }
        }

        return seen;
    }

    private async Task<List<CommitPart>> ReadAsync(CommitWatch watch, int count)
    {
        var commits = new List<CommitPart>();
        await foreach (var message in watch.ReadAsync(_patience.Token))
        {
            if (message.Commit is not { } commit) continue;
            Assert.True(commit.IsLast);
            commits.Add(commit);
            if (commits.Count == count) break;
        }

        return commits;
    }

    private ulong Save(string key)
    {
        var transaction = _hub.Begin(_space);
        transaction.StageOf(TestSchema.Book, key);
        return transaction.Commit().CommitNumber;
    }

    private string NameOf(HolonId type)
    {
        var transaction = _hub.Begin(_space);
        return transaction.Value(transaction.ById(type), "TypeName").StringValue;
    }
}
