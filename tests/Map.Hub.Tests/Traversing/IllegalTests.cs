using Map.V1;

namespace Map.Hub.Tests.Traversing;

/// <summary>Queries that ask for what there cannot be are refused, each with its own error and the place in the query.</summary>
public sealed class IllegalTests(LibraryWorld world) : IClassFixture<LibraryWorld>
{
    public static TheoryData<string> Cases => [.. IllegalCase.All.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void It_is_refused_at_its_place(string name)
    {
        var example = IllegalCase.All[name];
        foreach (var explain in (TraverseExplain[])[TraverseExplain.Unspecified, TraverseExplain.Plan, TraverseExplain.Run])
        {
            // What a token is good for shows when rows are asked for.
            if (explain == TraverseExplain.Plan && example.Code == ErrorCode.InvalidPageToken) continue;
            var query = example.Query(world.Edited);
            if (query.Explain == TraverseExplain.Unspecified) query.Explain = explain;
            var response = world.Edited.Ask(query);
            var error = response.Refused(example.Code);
            Assert.Single(response.Errors);
            Assert.Equal(example.Place, error.Field);
            Assert.Equal(example.Limit ?? 0, (long)(error.Details?.Limit ?? 0));
        }
    }

    [Fact]
    public void What_is_just_within_the_limits_is_answered()
    {
        var transaction = world.Saved;
        var title = If.Is("Title", Comparison.Exists);
        var nested = Enumerable.Range(0, 15).Aggregate(title, (condition, _) => If.Not(condition));
        Ask[] queries =
        [
            Ask.Key("Emma").Hops(0, 16, "Continues"),
            Ask.Type("Book").With(query => query.Steps.Add(Enumerable.Repeat(new TraverseStep { Where = title }, 100))),
            Ask.Key("Emma").With(query => query.Seeds.Add(Enumerable.Repeat(new TraverseSeed { Key = new KeySeed { Key = "Emma" } }, 99))),
            Ask.Type("Book").Where(If.Any([.. Enumerable.Repeat(title, 199)])),
            Ask.Type("Book").Where(nested),
            Ask.Type("Book").Where("Title", Comparison.OneOf, [.. Enumerable.Range(0, 999).Select(each => $"{each}"), "Emma"]),
            Ask.Type("Book").With(query => query.Page = new PageRequest { Size = 1_000 }),
        ];
        Assert.All(queries, query => Assert.True(transaction.Ask(query.In(transaction)).Success));
    }

    [Fact]
    public void What_is_staged_stays_as_it_was()
    {
        var before = world.Edited.Full();
        foreach (var example in IllegalCase.All.Values) Assert.False(world.Edited.Ask(example.Query(world.Edited)).Success);
        Assert.Equal(before, world.Edited.Full());
    }

    [Fact]
    public void References_of_others_and_to_what_is_gone_are_refused()
    {
        var transaction = world.Edited;
        transaction.Ask(Of(world.Saved.ByKey("Emma"))).Refused(ErrorCode.CrossTransactionReference);
        var gone = world.Saved.ByKey("Agnes Grey");
        gone.TransactionId = transaction.ByKey("Emma").TransactionId;
        Assert.Equal("seeds[0].holon", transaction.Ask(Of(gone)).Refused(ErrorCode.HolonNotFound).Field);

        static TraverseQuery Of(HolonReference holon) => new() { Seeds = { new TraverseSeed { Holon = holon } } };
    }

    [Fact]
    public void A_token_is_outdated_after_a_refresh_and_good_again_in_no_other_transaction()
    {
        var space = world.Hub.Spaces.Get("afterwards");
        var (first, other) = (world.Hub.Begin(space), world.Hub.Begin(space));
        var query = Ask.Type("Book").By("Title").In(first);
        query.Page = new PageRequest { Token = first.Traverse(query).NextToken };
        Assert.True(first.Ask(query).Success);
        other.Ask(query).Refused(ErrorCode.InvalidPageToken);
        other.Stage("Leaflet Z", other.ByKey(Annex.Leaflet));
        other.Commit();
        first.Ok(new MutationCommand { Refresh = new RefreshCommand() });
        Assert.Equal("page.token", first.Ask(query).Refused(ErrorCode.OutdatedPageToken).Field);
    }
}
