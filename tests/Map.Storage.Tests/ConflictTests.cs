using Map.Core.Identity;
using Map.Core.Services;

namespace Map.Storage.Tests;

/// <summary>Two transactions with one snapshot: whichever commits second meets the conflict.</summary>
public sealed class ConflictTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Of_two_updates_of_a_holon_the_second_conflicts(bool isSwapped)
    {
        using var space = new TestSpace();
        var id = space.Created();
        var plans = Ordered(isSwapped, space.Plan([space.Update(id, "a")]), space.Plan([space.Update(id, "b")]));
        var won = space.Store.Commit(plans[0], 1).CommitNumber!.Value;
        AssertConflicts(space, plans[1], new CommitConflict(ConflictKind.Changed, id, null, won, null));
    }

    [Fact]
    public void An_update_of_a_holon_deleted_meanwhile_conflicts()
    {
        using var space = new TestSpace();
        var id = space.Created();
        var update = space.Plan([space.Update(id, "a")]);
        var deletion = space.Plan([space.Delete(id)]);
        var gone = space.Store.Commit(deletion, 1).CommitNumber!.Value;
        AssertConflicts(space, update, new CommitConflict(ConflictKind.Deleted, id, null, gone, null));
    }

    [Fact]
    public void A_deletion_of_a_holon_changed_or_deleted_meanwhile_conflicts()
    {
        using var space = new TestSpace();
        var (changed, deleted) = (space.Created(), space.Created());
        var late = space.Plan([space.Delete(changed), space.Delete(deleted)]);
        var change = space.Commit(space.Update(changed, "x"));
        var end = space.Commit(space.Delete(deleted));
        AssertConflicts(
            space, late, new CommitConflict(ConflictKind.Changed, changed, null, change, null),
            new CommitConflict(ConflictKind.Deleted, deleted, null, end, null));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Of_two_holons_with_one_key_and_type_the_second_conflicts(bool isSwapped)
    {
        using var space = new TestSpace();
        var type = space.Created("T");
        var nodes = (NodeChange[])[space.Create("k", type), space.Create("k", type)];
        var plans = Ordered(isSwapped, space.Plan([nodes[0]]), space.Plan([nodes[1]]));
        var won = space.Store.Commit(plans[0], 1).CommitNumber!.Value;
        AssertConflicts(
            space, plans[1],
            new CommitConflict(ConflictKind.KeyTaken, plans[1].Nodes[0].Id, plans[0].Nodes[0].Id, won, "k"));
    }

    [Fact]
    public void Two_holons_of_one_plan_cannot_have_one_key()
    {
        using var space = new TestSpace();
        var (one, two) = (space.Create("k"), space.Create("k"));
        AssertConflicts(
            space, space.Plan([one, two]), new CommitConflict(ConflictKind.KeyTaken, two.Id, one.Id, 0, "k"));
    }

    [Fact]
    public void A_key_is_free_for_another_type_and_when_its_holder_leaves_it_in_the_same_plan()
    {
        using var space = new TestSpace();
        var (t1, t2) = (space.Created(), space.Created());
        var (a, b) = (space.Created("a", t1), space.Created("b", t1));
        space.Commit(space.Create("a", t2));
        var swap = space.Commit(space.Update(a, "b", t1), space.Update(b, "a", t1));
        Assert.Contains(new KeyMatch("a", t1, b), space.Store.FindByKey("a", swap));
        Assert.Equal([new KeyMatch("b", t1, a)], space.Store.FindByKey("b", swap));
        var heir = space.Create("a", t1);
        var taken = space.Commit(space.Delete(b), heir);
        Assert.Contains(new KeyMatch("a", t1, heir.Id), space.Store.FindByKey("a", taken));
    }

    [Fact]
    public void A_key_moves_with_its_holons_type_and_is_judged_there()
    {
        using var space = new TestSpace();
        var (t1, t2) = (space.Created(), space.Created());
        var mover = space.Created("k", t1);
        var holder = space.Created("k", t2);
        AssertConflicts(
            space, space.Plan([space.Update(mover, "k", t2)]),
            new CommitConflict(ConflictKind.KeyTaken, mover, holder, space.Latest, "k"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_link_to_or_from_a_holon_deleted_meanwhile_conflicts(bool isSource)
    {
        using var space = new TestSpace();
        var (stays, goes) = (space.Created(), space.Created());
        var (source, target) = isSource ? (goes, stays) : (stays, goes);
        var plan = space.Plan([], [Rel.Likes.Add(source, target), Rel.Bag.Add(source, target)]);
        var gone = space.Commit(space.Delete(goes));
        AssertConflicts(
            space, plan, new CommitConflict(ConflictKind.LinkEndGone, source, isSource ? null : goes, gone, null));
    }

    [Fact]
    public void A_link_to_what_this_plan_deletes_or_what_never_was_conflicts()
    {
        using var space = new TestSpace();
        var (source, goes, never) = (space.Created(), space.Created(), space.NewId());
        var plan = space.Plan([space.Delete(goes)], [Rel.Likes.Add(source, goes), Rel.Likes.Add(source, never)]);
        AssertConflicts(
            space, plan, new CommitConflict(ConflictKind.LinkEndGone, source, goes, 0, null),
            new CommitConflict(ConflictKind.LinkEndGone, source, never, 0, null));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_deletion_of_a_holon_that_was_linked_meanwhile_conflicts_from_either_end(bool isSource)
    {
        using var space = new TestSpace();
        var (stays, goes) = (space.Created(), space.Created());
        var seen = space.Link(Rel.Likes.Add(stays, goes), Rel.Steps.Add(goes, stays));
        var deletion = space.Plan([space.Delete(goes)]);
        Assert.Equal(seen, deletion.Snapshot);
        var linked = space.Link(isSource ? Rel.Bag.Add(goes, stays) : Rel.Typed.Add(stays, goes));
        AssertConflicts(space, deletion, new CommitConflict(ConflictKind.NewLink, goes, stays, linked, null));
    }

    [Fact]
    public void A_link_added_and_removed_meanwhile_is_no_conflict_and_the_links_seen_go_with_the_deleted_holon()
    {
        using var space = new TestSpace();
        var (stays, goes) = (space.Created(), space.Created());
        var linked = space.Link(Rel.Likes.Add(stays, goes));
        var deletion = space.Plan([space.Delete(goes)]);
        space.Link(Rel.Bag.Add(stays, goes));
        space.Link(Rel.Bag.Remove(stays, new LinkSlot(0, goes, 0)));
        Assert.NotNull(space.Store.Commit(deletion, 1).CommitNumber);
        Assert.Empty(space.Forward(stays, Rel.Likes));
        Assert.Single(space.Forward(stays, Rel.Likes, linked));
    }

    [Fact]
    public void A_type_that_still_describes_a_holon_stays()
    {
        using var space = new TestSpace();
        var (type, other) = (space.Created(), space.Created());
        var deletion = space.Plan([space.Delete(type)]);
        var created = space.Create("x", type);
        var joined = space.Commit(created);
        AssertConflicts(space, deletion, new CommitConflict(ConflictKind.NewInstance, type, null, joined, null));
        space.Commit(space.Delete(type), space.Update(created.Id, "x", other));
        Assert.Null(space.Store.FindHolon(type, space.Latest));
    }

    [Fact]
    public void A_plan_made_before_types_changed_is_stale_and_one_made_after_is_not()
    {
        using var space = new TestSpace();
        var plan = space.Plan([space.Create("late")]);
        space.Commit([space.Create("type")], null, schema: true);
        Assert.Same(CommitOutcome.Stale, space.Store.Commit(plan, 1));
        Assert.Equal(1, space.Latest);
        space.Created("after");
    }

    [Fact]
    public void A_type_that_is_not_live_conflicts()
    {
        using var space = new TestSpace();
        var (type, holon, never) = (space.Created(), space.Created(), space.NewId());
        var created = space.Create("n", type);
        var plan = space.Plan([created, space.Update(holon, null, never)]);
        var gone = space.Commit(space.Delete(type));
        AssertConflicts(
            space, plan, new CommitConflict(ConflictKind.DescriptorGone, created.Id, type, gone, null),
            new CommitConflict(ConflictKind.DescriptorGone, holon, never, 0, null));
    }

    [Fact]
    public void A_type_may_be_created_in_the_same_plan()
    {
        using var space = new TestSpace();
        var type = space.Create("T");
        var commit = space.Commit(space.Create("x", type.Id), type);
        Assert.Equal(1, space.Store.CountInstances(type.Id, commit));
    }

    [Fact]
    public void All_conflicts_are_reported_and_nothing_is_written()
    {
        using var space = new TestSpace();
        var (a, b, c) = (space.Created("a"), space.Created("b"), space.Created("c"));
        var plan = space.Plan(
            [space.Update(a, "c"), space.Delete(b), space.Create("late")], [Rel.Likes.Add(c, b)]);
        space.Commit(space.Update(a, "a2"));
        space.Commit(space.Delete(b));
        space.Created("late");
        var latest = space.Latest;
        var outcome = space.Store.Commit(plan, 1);
        Assert.Null(outcome.CommitNumber);
        Assert.Equal(
            [ConflictKind.Changed, ConflictKind.Deleted, ConflictKind.LinkEndGone, ConflictKind.KeyTaken, ConflictKind.KeyTaken],
            outcome.Conflicts.Select(conflict => conflict.Kind).Order());
        Assert.Equal(latest, space.Latest);
        Assert.Null(space.Store.FindOutcome(plan.Transaction));
        Assert.Empty(Verified.Findings(space.Store));
    }

    [Fact]
    public void What_breaks_the_contract_stops_the_commit_and_leaves_the_store_usable()
    {
        using var space = new TestSpace();
        var known = space.Created();
        Assert.Throws<InvalidOperationException>(() => space.TryCommit([space.Create(id: known)]));
        Assert.Throws<InvalidOperationException>(() => space.TryCommit([space.Delete(space.Record.SpaceHolon)]));
        Assert.Throws<InvalidOperationException>(() => space.TryCommit([space.Create("zero\0zero")]));
        Assert.Throws<InvalidOperationException>(
            () => space.TryCommit([space.Update(known, "a"), space.Update(known, "b")]));
        var plan = space.Plan([space.Create()]);
        space.Store.Commit(plan, 1);
        Assert.Throws<InvalidOperationException>(() => space.Store.Commit(plan, 1));
        space.Created("after");
    }

    private static CommitPlan[] Ordered(bool isSwapped, CommitPlan first, CommitPlan second) =>
        isSwapped ? [second, first] : [first, second];

    private static void AssertConflicts(TestSpace space, CommitPlan plan, params CommitConflict[] expected)
    {
        var latest = space.Latest;
        var outcome = space.Store.Commit(plan, 1);
        Assert.Null(outcome.CommitNumber);
        Assert.Equal(expected, outcome.Conflicts);
        Assert.Equal(latest, space.Latest);
    }
}
