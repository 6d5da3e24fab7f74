using Google.Protobuf;
using Map.Hub.Spaces;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests;

/// <summary>Staged and transient holons by key and by versioned key.</summary>
public sealed class DraftKeyTests : IDisposable
{
    private readonly TestHub _hub = new();
    private readonly TestTransaction _transaction;

    public DraftKeyTests()
    {
        HolonSpaceManager space = _hub.NewSpace("library", [TestSchema.Alone]);
        for (var version = 1; version <= 3; version++)
        {
            var earlier = _hub.Begin(space);
            if (version == 1) earlier.StageOf(TestSchema.Book, "One");
            earlier.Set(version == 1 ? earlier.ByKey("One") : earlier.StageVersion(earlier.ByKey("One")), "Pages", Number(version));
            earlier.Commit();
        }

        _transaction = _hub.Begin(space);
    }

    public void Dispose() => _hub.Dispose();

    [Fact]
    public void A_staged_holon_is_found_by_its_key_as_it_is_staged_and_by_that_with_its_version()
    {
        Assert.Empty(Staged("One"));
        var one = _transaction.StageVersion(_transaction.ByKey("One"));
        Assert.Equal([one], Staged("One"));
        Assert.Equal(one, StagedVersion("One__3"));
        foreach (var other in (string[])["One__0", "One__2", "One__4", "Two__3", "one__3"])
            Assert.Equal(other, _transaction.Send(StagedVersionQuery(other)).Refused(ErrorCode.KeyNotFound).Key);

        _transaction.Set(one, "Key", Text("Two__3"));
        Assert.Empty(Staged("One"));
        Assert.Equal([one], Staged("Two__3"));
        Assert.Equal(one, StagedVersion("Two__3__3"));
        _transaction.Undo();
        Assert.Equal(one, StagedVersion("One__3"));

        var fresh = _transaction.StageOf(TestSchema.Novel, "New");
        Assert.Equal(fresh, StagedVersion("New__0"));
    }

    [Fact]
    public void One_staged_for_delete_is_told_and_an_abandoned_one_is_not()
    {
        var one = _transaction.StageVersion(_transaction.ByKey("One"));
        _transaction.Delete(one);
        Assert.Equal([one], Staged("One"));
        Assert.Equal(one, StagedVersion("One__3"));
        _transaction.Send(ByKeyQuery("One")).Refused(ErrorCode.KeyNotFound);
        Assert.Empty(_transaction.All(new GetAllQuery { KeyPrefix = "One" }));
        _transaction.Ok(new MutationCommand { Abandon = new AbandonCommand { Holon = one } });
        Assert.Empty(Staged("One"));
        _transaction.Send(StagedVersionQuery("One__3")).Refused(ErrorCode.KeyNotFound);
        _transaction.Undo();
        _transaction.Undo();
        Assert.Equal([one], Staged("One"));
    }

    [Fact]
    public void Several_of_a_key_come_in_pages_and_are_ambiguous_by_versioned_key()
    {
        var staged = Enumerable.Range(0, 7).Select(i => _transaction.StageOf(i % 2 == 0 ? TestSchema.Book : TestSchema.Novel, "Same")).ToList();
        // By type first, in each by creation.
        var expected = staged.Where((_, i) => i % 2 == 0).Concat(staged.Where((_, i) => i % 2 == 1)).ToList();
        foreach (var size in (uint[])[0, 1, 3, 7]) Assert.Equal(expected, Staged("Same", size));
        var error = _transaction.Send(StagedVersionQuery("Same__0")).Refused(ErrorCode.AmbiguousKey);
        Assert.Equal(("Same__0", 7), (error.Key, error.Details.Candidates.Count));
        Assert.Equal(expected, error.Details.Candidates);

        var token = _transaction.Ok(StagedQuery("Same", 2)).Page.NextToken;
        _transaction.Send(StagedQuery("Other", 2, token)).Refused(ErrorCode.InvalidPageToken);
        _transaction.Delete(expected[1]);
        _transaction.Delete(expected[4]);
        Assert.Equal([expected[2], expected[3], expected[5], expected[6]], References(StagedQuery("Same", 3, token)));
    }

    [Fact]
    public void Candidates_are_listed_up_to_a_thousand_and_counted_beyond()
    {
        for (var i = 0; i < 1_005; i++) _transaction.Stage("K");
        var error = _transaction.Send(StagedVersionQuery("K__0")).Refused(ErrorCode.AmbiguousKey);
        Assert.Equal(1_000, error.Details.Candidates.Count);
        Assert.StartsWith($"{1_005:N0} holons have the key", error.Message);
        Assert.InRange(error.Message.Length, 1, 500);
    }

    [Fact]
    public void Transient_holons_are_found_apart_from_staged_ones()
    {
        var scratch = _transaction.New("Same");
        var staged = _transaction.Stage("Same");
        Assert.Equal([scratch], References(new QueryCommand { TransientByBaseKey = new TransientByBaseKeyQuery { Key = "Same" } }));
        Assert.Equal([staged], Staged("Same"));
        Assert.Equal(scratch, _transaction.Ok(TransientVersionQuery("Same__0")).Reference);
        _transaction.Send(TransientVersionQuery("Same__1")).Refused(ErrorCode.KeyNotFound);
        var second = _transaction.New("Same");
        Assert.Equal([scratch, second], _transaction.Send(TransientVersionQuery("Same__0")).Refused(ErrorCode.AmbiguousKey).Details.Candidates);
    }

    [Theory]
    [InlineData("")]
    [InlineData("One")]
    [InlineData("One__")]
    [InlineData("__3")]
    [InlineData("One__x")]
    [InlineData("One__-3")]
    [InlineData("One__03")]
    [InlineData("One__ 3")]
    [InlineData("One_3")]
    [InlineData("One__99999999999")]
    public void What_is_no_versioned_key_is_refused(string text)
    {
        Assert.Equal("versioned_key", _transaction.Send(StagedVersionQuery(text)).Refused(ErrorCode.InvalidRequest).Field);
        Assert.Equal("versioned_key", _transaction.Send(TransientVersionQuery(text)).Refused(ErrorCode.InvalidRequest).Field);
    }

    [Fact]
    public void What_is_no_key_is_refused()
    {
        foreach (var bad in (string[])["", "a\0b", new('a', 1001)])
        {
            Assert.Equal("key", _transaction.Send(StagedQuery(bad)).Refused(ErrorCode.InvalidName).Field);
            Assert.Equal("key", _transaction.Send(new QueryCommand { TransientByBaseKey = new TransientByBaseKeyQuery { Key = bad } })
                .Refused(ErrorCode.InvalidName).Field);
        }
    }

    private List<HolonReference> Staged(string key, uint size = 0) => References(StagedQuery(key, size));

    private List<HolonReference> References(QueryCommand query)
    {
        var found = new List<HolonReference>();
        while (true)
        {
            var page = _transaction.Ok(query).Page;
            found.AddRange(page.Members.Select(member => member.Reference));
            if (page.NextToken.IsEmpty) return found;
            query.StagedByBaseKey.Page.Token = page.NextToken;
        }
    }

    private HolonReference StagedVersion(string versionedKey) => _transaction.Ok(StagedVersionQuery(versionedKey)).Reference;

    private static QueryCommand StagedQuery(string key, uint size = 0, ByteString? token = null) => new()
    {
        StagedByBaseKey = new StagedByBaseKeyQuery { Key = key, Page = new PageRequest { Size = size, Token = token ?? ByteString.Empty } },
    };

    private static QueryCommand StagedVersionQuery(string versionedKey) =>
        new() { StagedByVersionedKey = new StagedByVersionedKeyQuery { VersionedKey = versionedKey } };

    private static QueryCommand TransientVersionQuery(string versionedKey) =>
        new() { TransientByVersionedKey = new TransientByVersionedKeyQuery { VersionedKey = versionedKey } };
}
