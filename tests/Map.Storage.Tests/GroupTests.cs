using Map.Core.Identity;
using Map.Core.Services;

namespace Map.Storage.Tests;

/// <summary>Two commits that touch the same facts: the second is judged alike, alone and within the group of the first.</summary>
public sealed class GroupTests
{
    /// <summary>Two plans over a space, and what the second meets for each order in which they are committed.</summary>
    private sealed record Pair(CommitPlan First, CommitPlan Second, ConflictKind? SecondAfterFirst, ConflictKind? FirstAfterSecond);

    private static readonly Dictionary<string, Func<TestSpace, Pair>> _pairs = new()
    {
        ["changed head"] = static space =>
        {
            var id = space.Created();
            return Of(space.Plan([space.Update(id, "a")]), space.Plan([space.Update(id, "b")]), ConflictKind.Changed, ConflictKind.Changed);
        },
        ["changed and deleted"] = static space =>
        {
            var id = space.Created();
            return Of(space.Plan([space.Update(id, "a")]), space.Plan([space.Delete(id)]), ConflictKind.Changed, ConflictKind.Deleted);
        },
        ["deleted twice"] = static space =>
        {
            var id = space.Created();
            return Of(space.Plan([space.Delete(id)]), space.Plan([space.Delete(id)]), ConflictKind.Deleted, ConflictKind.Deleted);
        },
        ["equal links"] = static space =>
        {
            var (a, b) = (space.Created(), space.Created());
            return Of(space.Plan([], [Rel.Likes.Add(a, b)]), space.Plan([], [Rel.Likes.Add(a, b)]), null, null);
        },
        ["equal removals"] = static space =>
        {
            var (a, b) = (space.Created(), space.Created());
            space.Link(Rel.Likes.Add(a, b));
            var removal = Rel.Likes.Remove(a, new LinkSlot(0, b, 0));
            return Of(space.Plan([], [removal]), space.Plan([], [removal]), null, null);
        },
        ["opposing links"] = static space =>
        {
            var (a, b) = (space.Created(), space.Created());
            space.Link(Rel.Likes.Add(a, b));
            return Of(
                space.Plan([], [Rel.Likes.Add(a, b)]), space.Plan([], [Rel.Likes.Remove(a, new LinkSlot(0, b, 0))]), null, null);
        },
        ["link to a deleted holon"] = static space =>
        {
            var (a, b) = (space.Created(), space.Created());
            return Of(
                space.Plan([], [Rel.Likes.Add(a, b)]), space.Plan([space.Delete(b)]), ConflictKind.NewLink, ConflictKind.LinkEndGone);
        },
        ["link from a deleted holon"] = static space =>
        {
            var (a, b) = (space.Created(), space.Created());
            return Of(
                space.Plan([], [Rel.Typed.Add(a, b)]), space.Plan([space.Delete(a)]), ConflictKind.NewLink, ConflictKind.LinkEndGone);
        },
        ["key taken"] = static space =>
        {
            var type = space.Created();
            return Of(
                space.Plan([space.Create("k", type)]), space.Plan([space.Create("k", type)]), ConflictKind.KeyTaken, ConflictKind.KeyTaken);
        },
        ["instance of a deleted type"] = static space =>
        {
            var type = space.Created();
            return Of(
                space.Plan([space.Create("k", type)]), space.Plan([space.Delete(type)]), ConflictKind.NewInstance,
                ConflictKind.DescriptorGone);
        },
    };

    public static TheoryData<string, bool, bool> Cases()
    {
        var cases = new TheoryData<string, bool, bool>();
        foreach (var name in _pairs.Keys)
            foreach (var isSwapped in (bool[])[false, true])
                foreach (var isGroup in (bool[])[false, true]) cases.Add(name, isSwapped, isGroup);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_second_of_two_commits_is_judged_after_the_first(string name, bool isSwapped, bool isGroup)
    {
        using var space = new TestSpace();
        var pair = _pairs[name](space);
        var plans = isSwapped ? new[] { pair.Second, pair.First } : [pair.First, pair.Second];
        var expected = isSwapped ? pair.FirstAfterSecond : pair.SecondAfterFirst;
        var outcomes = isGroup
            ? [.. (await space.CommitTogether(plans)).Select(each => each.Outcome!)]
            : plans.Select(plan => space.Store.Commit(plan, 1)).ToList();
        Assert.NotNull(outcomes[0].CommitNumber);
        Assert.Equal(expected is { } kind ? [kind] : [], outcomes[1].Conflicts.Select(conflict => conflict.Kind));
        Assert.Equal(expected is null, outcomes[1].CommitNumber is not null);
        Assert.All(outcomes[1].Conflicts, conflict => Assert.Equal(outcomes[0].CommitNumber, conflict.CommitNumber));
        Assert.Empty(Verified.Findings(space.Store));
        AssertEndState(space, name, isSwapped);
    }

    [Fact]
    public async Task A_commit_whose_types_change_within_its_group_is_stale_and_the_others_go_through()
    {
        using var space = new TestSpace();
        var outcomes = await space.CommitTogether(
            space.Plan([space.Create("type")], schema: true), space.Plan([space.Create("late")]));
        Assert.NotNull(outcomes[0].Outcome!.CommitNumber);
        Assert.Same(CommitOutcome.Stale, outcomes[1].Outcome);
        Assert.Empty(space.Store.FindByKey("late", space.Latest));
    }

    [Fact]
    public async Task Conflicts_and_defects_in_a_group_do_not_disturb_the_others_and_numbers_follow_the_order()
    {
        using var space = new TestSpace();
        var id = space.Created("a");
        var outcomes = await space.CommitTogether(
            space.Plan([space.Update(id, "b")]), space.Plan([space.Update(id, "c")]),
            space.Plan([space.Create(id: id)]), space.Plan([space.Create("d")]));
        Assert.Equal([3L, null, null, 4L], outcomes.Select(each => each.Outcome?.CommitNumber));
        Assert.IsType<InvalidOperationException>(outcomes[2].Failure);
        Assert.Equal(4, space.Latest);
        Assert.Empty(Verified.Findings(space.Store));
    }

    [Fact]
    public async Task Commits_of_a_group_are_told_in_order_before_any_is_answered()
    {
        using var space = new TestSpace();
        var told = new List<long>();
        space.Store.Published += told.Add;
        var outcomes = await space.CommitTogether([.. Enumerable.Range(0, 20).Select(_ => space.Plan([space.Create()]))]);
        Assert.Equal(Enumerable.Range(2, 20).Select(number => (long?)number), outcomes.Select(each => each.Outcome!.CommitNumber));
        Assert.Equal(Enumerable.Range(1, 21).Select(number => (long)number), told);
    }

    private static void AssertEndState(TestSpace space, string name, bool isSwapped)
    {
        var links = space.Store.ScanHolons(null, space.Latest).Sum(id => space.Forward(id, Rel.Likes).Count);
        if (name == "equal links") Assert.Equal(1, links);
        if (name == "equal removals") Assert.Equal(0, links);
        if (name == "opposing links") Assert.Equal(isSwapped ? 1 : 0, links);
    }

    private static Pair Of(CommitPlan first, CommitPlan second, ConflictKind? secondAfterFirst, ConflictKind? firstAfterSecond) =>
        new(first, second, secondAfterFirst, firstAfterSecond);
}
