using Map.Core.Services;

namespace Map.Storage.Tests;

public sealed class LinkTests
{
    private const ulong First = LinkOrders.FirstSaved;
    private const ulong Step = LinkOrders.SavedStep;

    [Fact]
    public void Ordered_members_stand_in_the_order_in_which_they_were_added()
    {
        using var space = new TestSpace();
        var (source, a, b, c) = (space.Created(), space.Created(), space.Created(), space.Created());
        space.Link(Rel.Steps.Add(source, c), Rel.Steps.Add(source, a));
        space.Link(Rel.Steps.Add(source, b));
        Assert.Equal(
            [new LinkSlot(First, c, 0), new LinkSlot(First + Step, a, 0), new LinkSlot(First + 2 * Step, b, 0)],
            space.Forward(source, Rel.Steps));
        Assert.Equal([new LinkSlot(0, source, 0)], space.Reverse(a, Rel.Steps));
        Assert.Equal([new LinkSlot(First + Step, a, 0)], space.Store.LinksBetween(source, Rel.Steps.Id, a, space.Latest));
    }

    [Fact]
    public void A_member_placed_among_saved_ones_keeps_its_order_and_others_go_behind_all()
    {
        using var space = new TestSpace();
        var (source, a, b, c, d) = (space.Created(), space.Created(), space.Created(), space.Created(), space.Created());
        space.Link(Rel.Steps.Add(source, a), Rel.Steps.Add(source, b));
        space.Link(Rel.Steps.AddAt(source, c, First + Step / 2), Rel.Steps.Add(source, d));
        Assert.Equal([a, c, b, d], space.Forward(source, Rel.Steps).Select(slot => slot.Other));
        Assert.Equal([First, First + Step / 2, First + Step, First + 2 * Step], space.Forward(source, Rel.Steps).Select(slot => slot.Order));
    }

    [Fact]
    public void A_plan_reorders_by_removing_and_adding_again()
    {
        using var space = new TestSpace();
        var (source, a, b) = (space.Created(), space.Created(), space.Created());
        var before = space.Link(Rel.Steps.Add(source, a), Rel.Steps.Add(source, b));
        var slots = space.Forward(source, Rel.Steps);
        space.Link(
            Rel.Steps.Remove(source, slots[0]), Rel.Steps.Remove(source, slots[1]), Rel.Steps.Add(source, b),
            Rel.Steps.Add(source, a));
        Assert.Equal([b, a], space.Forward(source, Rel.Steps).Select(slot => slot.Other));
        Assert.Equal([a, b], space.Forward(source, Rel.Steps, before).Select(slot => slot.Other));
    }

    [Fact]
    public void A_member_that_is_there_is_not_added_again_where_duplicates_are_not_allowed()
    {
        using var space = new TestSpace();
        var (source, target) = (space.Created(), space.Created());
        space.Link(Rel.Steps.Add(source, target), Rel.Steps.Add(source, target));
        space.Link(Rel.Steps.Add(source, target));
        Assert.Single(space.Forward(source, Rel.Steps));
        Assert.Equal(
            [new LinkGroup(Rel.Steps.Id, "Steps", 1)],
            space.Store.LinkGroups(source, LinkDirection.Forward, space.Latest));
    }

    [Fact]
    public void Equal_members_are_told_apart_by_occurrence_where_duplicates_are_allowed()
    {
        using var space = new TestSpace();
        var (source, target) = (space.Created(), space.Created());
        space.Link(Rel.Bag.Add(source, target), Rel.Bag.Add(source, target));
        space.Link(Rel.Bag.Add(source, target));
        Assert.Equal([0u, 1u, 2u], space.Forward(source, Rel.Bag).Select(slot => slot.Occurrence));
        space.Link(Rel.Bag.Remove(source, new LinkSlot(0, target, 1)));
        Assert.Equal([0u, 2u], space.Reverse(target, Rel.Bag).Select(slot => slot.Occurrence));
    }

    [Fact]
    public void A_removal_of_a_link_that_is_gone_writes_nothing()
    {
        using var space = new TestSpace();
        var (source, target) = (space.Created(), space.Created());
        space.Link(Rel.Likes.Add(source, target));
        var slot = space.Forward(source, Rel.Likes)[0];
        space.Link(Rel.Likes.Remove(source, slot));
        space.Link(Rel.Likes.Remove(source, slot));
        Assert.Empty(space.Forward(source, Rel.Likes));
        Assert.Empty(space.Store.LinkGroups(source, LinkDirection.Forward, space.Latest));
    }

    [Fact]
    public void A_member_that_moved_meanwhile_is_still_removed_unless_duplicates_are_allowed()
    {
        using var space = new TestSpace();
        var (source, target) = (space.Created(), space.Created());
        space.Link(Rel.Steps.Add(source, target), Rel.List.Add(source, target));
        var (steps, list) = (space.Forward(source, Rel.Steps)[0], space.Forward(source, Rel.List)[0]);
        space.Link(
            Rel.Steps.Remove(source, steps), Rel.Steps.Add(source, target), Rel.List.Remove(source, list),
            Rel.List.Add(source, target));
        Assert.NotEqual(steps.Order, space.Forward(source, Rel.Steps)[0].Order);
        space.Link(Rel.Steps.Remove(source, steps), Rel.List.Remove(source, list));
        Assert.Empty(space.Forward(source, Rel.Steps));
        Assert.Single(space.Forward(source, Rel.List));
    }

    [Fact]
    public void A_link_that_one_plan_adds_and_removes_leaves_no_trace()
    {
        using var space = new TestSpace();
        var (source, target) = (space.Created(), space.Created());
        var slot = new LinkSlot(0, target, 0);
        var toggled = space.Link(Rel.Likes.Add(source, target), Rel.Likes.Remove(source, slot));
        var kept = space.Link(
            Rel.Likes.Add(source, target), Rel.Likes.Remove(source, slot), Rel.Likes.Add(source, target));
        Assert.Empty(space.Forward(source, Rel.Likes, toggled));
        Assert.Equal([slot], space.Forward(source, Rel.Likes, kept));
    }

    [Fact]
    public void Toggled_links_are_read_as_of_each_commit()
    {
        using var space = new TestSpace();
        var (source, target) = (space.Created(), space.Created());
        var slot = new LinkSlot(0, target, 0);
        var commits = new List<(long Commit, bool IsThere)>();
        for (var i = 0; i < 6; i++)
        {
            commits.Add((space.Link(Rel.Typed.Add(source, target)), true));
            if (i % 2 == 0) commits.Add((space.Commit([space.Create()], null), true));
            commits.Add((space.Link(Rel.Typed.Remove(source, slot)), false));
        }

        foreach (var (commit, isThere) in commits)
        {
            Assert.Equal(isThere ? [slot] : [], space.Forward(source, Rel.Typed, commit));
            Assert.Equal(isThere ? [new LinkSlot(0, source, 0)] : [], space.Reverse(target, Rel.Typed, commit));
            Assert.Equal(isThere ? [slot] : [], space.Store.LinksBetween(source, Rel.Typed.Id, target, commit));
            Assert.Equal(
                isThere ? [new LinkGroup(Rel.Typed.Id, null, 1)] : [],
                space.Store.LinkGroups(target, LinkDirection.Reverse, commit));
        }
    }

    [Fact]
    public void Deleting_holons_removes_their_links_in_both_directions_once()
    {
        using var space = new TestSpace();
        var (a, b, c) = (space.Created(), space.Created(), space.Created());
        var before = space.Link(
            Rel.Likes.Add(a, b), Rel.Steps.Add(c, a), Rel.Bag.Add(a, a), Rel.Bag.Add(b, c), Rel.Likes.Add(b, a));
        space.Commit(space.Delete(a), space.Delete(b));
        foreach (var holon in (Map.Core.Identity.LocalId[])[a, b, c])
            foreach (var direction in (LinkDirection[])[LinkDirection.Forward, LinkDirection.Reverse])
                Assert.Empty(space.Store.LinkGroups(holon, direction, space.Latest));
        Assert.Equal(2, space.Store.LinkGroups(a, LinkDirection.Forward, before).Count());
        Assert.Single(space.Reverse(a, Rel.Steps, before));
        Assert.Single(space.Reverse(c, Rel.Bag, before));
    }

    [Fact]
    public void Removing_what_the_same_plan_deletes_is_no_conflict()
    {
        using var space = new TestSpace();
        var (a, b) = (space.Created(), space.Created());
        space.Link(Rel.Likes.Add(a, b));
        space.Commit([space.Delete(a)], [Rel.Likes.Remove(a, new LinkSlot(0, b, 0))]);
        Assert.Empty(space.Reverse(b, Rel.Likes));
    }
}
