using Map.Core.Identity;
using Map.Core.Services;

namespace Map.Storage.Tests;

/// <summary>Two commits that touch the same facts: the second is judged alike, alone and within the group of the first.</summary>
public sealed class GroupTests
{
    /// <summary>Two plans over a space, and what comes of them in either order.</summary>
    /// <param name="First">One.</param>
    /// <param name="Second">The other.</param>
    /// <param name="InOrder">When the first is committed first.</param>
    /// <param name="Swapped">When the second is committed first.</param>
    private sealed record Pair(CommitPlan First, CommitPlan Second, End InOrder, End Swapped);

    /// <summary>What the plan that is committed last meets, and what is there in the end.</summary>
    /// <param name="Conflict">The conflict; null when it goes through.</param>
    /// <param name="Links">Who is linked, relationship by relationship, by the numbers of the holons.</param>
    private sealed record End(ConflictKind? Conflict, string Links = "")
    {
        internal static readonly End Changed = new(ConflictKind.Changed);
        internal static readonly End Deleted = new(ConflictKind.Deleted);
        internal static readonly End KeyTaken = new(ConflictKind.KeyTaken);
        internal static readonly End NothingLinked = new(Conflict: null);
    }

    private static readonly Dictionary<string, Func<TestSpace, Pair>> _pairs = new()
    {
        ["changed head"] = static space =>
        {
            var id = space.Created();
            return new(space.Plan([space.Update(id, "a")]), space.Plan([space.Update(id, "b")]), End.Changed, End.Changed);
        },
        ["changed and deleted"] = static space =>
        {
            var id = space.Created();
            return new(space.Plan([space.Update(id, "a")]), space.Plan([space.Delete(id)]), End.Changed, End.Deleted);
        },
        ["deleted twice"] = static space =>
        {
            var id = space.Created();
            return new(space.Plan([space.Delete(id)]), space.Plan([space.Delete(id)]), End.Deleted, End.Deleted);
        },
        ["equal links"] = static space => Linked(space, [], Add(Rel.Likes), Add(Rel.Likes), Links("Likes 0-1")),
        ["equal links, typed"] = static space => Linked(space, [], Add(Rel.Typed), Add(Rel.Typed), Links("Typed 0-1")),
        ["equal links, ordered"] = static space => Linked(space, [], Add(Rel.Steps), Add(Rel.Steps), Links("Steps 0-1")),
        ["equal links, repeated"] = static space => Linked(space, [], Add(Rel.Bag), Add(Rel.Bag), Links("Bag 0-1, Bag 0-1")),
        ["equal links, ordered and repeated"] = static space =>
            Linked(space, [], Add(Rel.List), Add(Rel.List), Links("List 0-1, List 0-1")),
        ["equal removals"] = static space => Linked(space, [Rel.Likes], Remove(Rel.Likes), Remove(Rel.Likes), End.NothingLinked),
        ["equal removals, ordered"] = static space =>
            Linked(space, [Rel.Steps], Remove(Rel.Steps), Remove(Rel.Steps), End.NothingLinked),
        ["equal removals, repeated"] = static space =>
            Linked(space, [Rel.Bag, Rel.Bag], Remove(Rel.Bag), Remove(Rel.Bag), Links("Bag 0-1")),
        ["equal removals, ordered and repeated"] = static space =>
            Linked(space, [Rel.List, Rel.List], Remove(Rel.List), Remove(Rel.List), Links("List 0-1")),
        ["opposing links"] = static space =>
            Linked(space, [Rel.Likes], Add(Rel.Likes), Remove(Rel.Likes), End.NothingLinked, Links("Likes 0-1")),
        ["opposing links, ordered"] = static space =>
            Linked(space, [Rel.Steps], Add(Rel.Steps), Remove(Rel.Steps), End.NothingLinked, Links("Steps 0-1")),
        ["opposing links, repeated"] = static space =>
            Linked(space, [Rel.Bag], Add(Rel.Bag), Remove(Rel.Bag), Links("Bag 0-1")),
        ["opposing links, ordered and repeated"] = static space =>
            Linked(space, [Rel.List], Add(Rel.List), Remove(Rel.List), Links("List 0-1")),
        ["moved and removed"] = static space =>
        {
            var (source, moved, other) = (space.Created(), space.Created(), space.Created());
            space.Link(Rel.Steps.Add(source, moved), Rel.Steps.Add(source, other));
            var slot = space.Forward(source, Rel.Steps)[0];
            return new(
                space.Plan([], [Rel.Steps.Remove(source, slot), Rel.Steps.Add(source, moved)]),
                space.Plan([], [Rel.Steps.Remove(source, slot)]),
                Links("Steps 0-2"),
                Links("Steps 0-2, Steps 0-1"));
        },
        ["link to a deleted holon"] = static space =>
        {
            var (a, b) = (space.Created(), space.Created());
            return new(
                space.Plan([], [Rel.Likes.Add(a, b)]), space.Plan([space.Delete(b)]),
                new(ConflictKind.NewLink, "Likes 0-1"), new(ConflictKind.LinkEndGone));
        },
        ["link from a deleted holon"] = static space =>
        {
            var (a, b) = (space.Created(), space.Created());
            return new(
                space.Plan([], [Rel.Typed.Add(a, b)]), space.Plan([space.Delete(a)]),
                new(ConflictKind.NewLink, "Typed 0-1"), new(ConflictKind.LinkEndGone));
        },
        ["link removed of a deleted holon"] = static space =>
        {
            var (a, b) = (space.Created(), space.Created());
            space.Link(Rel.Steps.Add(a, b));
            return new(
                space.Plan([], [Rel.Steps.Remove(a, space.Forward(a, Rel.Steps)[0])]), space.Plan([space.Delete(b)]),
                End.NothingLinked, End.NothingLinked);
        },
        ["key taken"] = static space =>
        {
            var type = space.Created();
            return new(space.Plan([space.Create("k", type)]), space.Plan([space.Create("k", type)]), End.KeyTaken, End.KeyTaken);
        },
        ["key taken by a new name"] = static space =>
        {
            var (type, id) = (space.Created(), space.NewId());
            space.Commit(space.Create("old", type, id));
            return new(space.Plan([space.Update(id, "k", type)]), space.Plan([space.Create("k", type)]), End.KeyTaken, End.KeyTaken);
        },
        ["instance of a deleted type"] = static space =>
        {
            var type = space.Created();
            return new(
                space.Plan([space.Create("k", type)]), space.Plan([space.Delete(type)]),
                new(ConflictKind.NewInstance), new(ConflictKind.DescriptorGone));
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
        var expected = isSwapped ? pair.Swapped : pair.InOrder;
        var outcomes = await space.CommitInOrderAsync(isGroup, plans);
        Assert.NotNull(outcomes[0].CommitNumber);
        Assert.Equal(expected.Conflict is { } kind ? [kind] : [], outcomes[1].Conflicts.Select(conflict => conflict.Kind));
        Assert.Equal(expected.Conflict is null, outcomes[1].CommitNumber is not null);
        Assert.All(outcomes[1].Conflicts, conflict => Assert.Equal(outcomes[0].CommitNumber, conflict.CommitNumber));
        Assert.Empty(Verified.Findings(space.Store));
        Assert.Equal(expected.Links, LinksOf(space));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_commit_after_a_change_of_types_is_judged_anew_and_one_before_it_is_not(bool isGroup)
    {
        using var space = new TestSpace();
        var late = space.Create("late");
        var outcomes = await space.CommitInOrderAsync(
            isGroup, space.Plan([space.Create("early")]), space.Plan([space.Create("type")], schema: true),
            space.Plan([late]), space.Plan([space.Create("other type")], schema: true));
        Assert.Equal([true, true, false, false], outcomes.Select(outcome => outcome.CommitNumber is not null));
        Assert.Same(CommitOutcome.Stale, outcomes[2]);
        Assert.Same(CommitOutcome.Stale, outcomes[3]);
        Assert.Equal(outcomes[1].CommitNumber, space.Latest);
        Assert.Empty(space.Store.FindByKey("late", space.Latest));
        space.Commit(late);
        Assert.Empty(Verified.Findings(space.Store));
    }

    public static TheoryData<string, bool> WaysToFreeAKey()
    {
        var ways = new TheoryData<string, bool>();
        foreach (var way in (string[])["delete", "rename", "retype"])
            foreach (var isGroup in (bool[])[false, true]) ways.Add(way, isGroup);
        return ways;
    }

    [Theory]
    [MemberData(nameof(WaysToFreeAKey))]
    public async Task A_key_can_be_taken_once_after_the_commit_that_frees_it(string way, bool isGroup)
    {
        using var space = new TestSpace();
        var (type, other) = (space.Created(), space.Created());
        var holder = space.Created("k", type);
        var held = space.Latest;
        var free = space.Plan(
            [way switch { "delete" => space.Delete(holder), "rename" => space.Update(holder, "l", type), _ => space.Update(holder, "k", other) }]);
        var takers = Enumerable.Range(0, 3).Select(_ => space.Plan([space.Create("k", type)])).ToList();
        var outcomes = await space.CommitInOrderAsync(isGroup, takers[0], free, takers[1], takers[2]);
        Assert.Equal([false, true, true, false], outcomes.Select(outcome => outcome.CommitNumber is not null));
        var (early, heir, late) = (takers[0].Nodes[0].Id, takers[1].Nodes[0].Id, takers[2].Nodes[0].Id);
        Assert.Equal([new CommitConflict(ConflictKind.KeyTaken, early, holder, held, "k")], outcomes[0].Conflicts);
        Assert.Equal(
            [new CommitConflict(ConflictKind.KeyTaken, late, heir, outcomes[2].CommitNumber!.Value, "k")], outcomes[3].Conflicts);
        Assert.Contains(new KeyMatch("k", type, heir), space.Store.FindByKey("k", space.Latest));
        Assert.Contains(new KeyMatch("k", type, holder), space.Store.FindByKey("k", held));
        Assert.Empty(Verified.Findings(space.Store));
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

    /// <summary>Each of two plans changes one link between the same two holons.</summary>
    private static Pair Linked(
        TestSpace space, RelationshipFacts[] before, Func<TestSpace, LocalId, LocalId, LinkChange> first,
        Func<TestSpace, LocalId, LocalId, LinkChange> second, End inOrder, End? swapped = null)
    {
        var (source, target) = (space.Created(), space.Created());
        if (before.Length > 0) space.Link([.. before.Select(relationship => relationship.Add(source, target))]);
        return new Pair(
            space.Plan([], [first(space, source, target)]), space.Plan([], [second(space, source, target)]), inOrder, swapped ?? inOrder);
    }

    private static Func<TestSpace, LocalId, LocalId, LinkChange> Add(RelationshipFacts relationship) =>
        (_, source, target) => relationship.Add(source, target);

    /// <summary>Removes the first of the links.</summary>
    private static Func<TestSpace, LocalId, LocalId, LinkChange> Remove(RelationshipFacts relationship) =>
        (space, source, _) => relationship.Remove(source, space.Forward(source, relationship)[0]);

    private static End Links(string links) => new(Conflict: null, links);

    /// <summary>Who is linked to whom, in order; each holon has its number by age.</summary>
    private static string LinksOf(TestSpace space)
    {
        var holons = space.Store.ScanHolons(null, space.Latest).Order().ToList();
        return string.Join(", ", holons.SelectMany(
            source => Rel.All.SelectMany(
                relationship => space.Forward(source, relationship).Select(
                    slot => $"{relationship.Name} {holons.IndexOf(source)}-{holons.IndexOf(slot.Other)}"))));
    }
}
