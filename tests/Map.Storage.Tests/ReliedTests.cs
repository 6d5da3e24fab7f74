using Map.Core.Identity;
using Map.Core.Services;

namespace Map.Storage.Tests;

/// <summary>
/// A commit that relies on facts, and another that changes them or what is next to them: in both orders, alone and within
/// one group.
/// </summary>
public sealed class ReliedTests
{
    /// <summary>What a commit after another one meets.</summary>
    private enum End
    {
        Committed,
        Stale,
        LinkEndGone,
    }

    private static readonly Dictionary<string, (End Then, Func<Scene, CommitPlan> Other)> _groups = new()
    {
        ["a link is added"] = (End.Stale, scene => scene.Link(scene.Added(scene.Stranger))),
        ["a link is removed"] = (End.Stale, scene => scene.Link(scene.Removed(0))),
        ["one is removed and one added"] = (End.Stale, scene => scene.Link(scene.Removed(0), scene.Added(scene.Stranger))),
        ["one is removed and added again"] = (End.Stale, scene => scene.Link(scene.Removed(0), scene.Added(scene.Members[0]))),
        ["a created holon is linked"] = (End.Stale, scene =>
        {
            var created = scene.Space.Create("new", scene.Type);
            return scene.Space.Plan([created], [scene.Added(created.Id)]);
        }
        ),
        ["a member is deleted"] = (End.Stale, scene => scene.Space.Plan([scene.Space.Delete(scene.Members[0])])),
        ["the holon is deleted"] = (End.Stale, scene => scene.Space.Plan([scene.Space.Delete(scene.Holon)])),
        ["so many are removed that a period ends"] = (End.Stale, scene =>
            scene.Link([.. Enumerable.Range(0, Scene.MemberCount - 1).Select(scene.Removed)])),
        ["all are removed and one is added"] = (End.Stale, scene =>
            scene.Link([.. Enumerable.Range(0, Scene.MemberCount).Select(scene.Removed), scene.Added(scene.Stranger)])),
        ["the other direction changes"] = (End.Committed, scene => scene.Turned().Link(scene.Removed(0), scene.Added(scene.Stranger))),
        ["another relationship changes"] = (End.Committed, scene =>
            scene.Link(Rel.Bag.Add(scene.Holon, scene.Stranger), Rel.Bag.Add(scene.Stranger, scene.Holon))),
        ["another holon is linked"] = (End.Committed, scene =>
            scene.Link(Rel.Steps.Add(scene.Stranger, scene.Members[0]), Rel.Steps.Add(scene.Members[0], scene.Stranger))),
        ["what is not there is removed"] = (End.Committed, scene =>
            scene.Link(Rel.Steps.Remove(scene.Holon, new LinkSlot(1, scene.Stranger, 0)))),
        ["what is there is added"] = (End.Committed, scene => scene.Link(scene.Added(scene.Members[0]))),
        ["holon and member get a new version"] = (End.Committed, scene => scene.Space.Plan(
            [scene.Space.Update(scene.Holon, "h2", scene.OtherType), scene.Space.Update(scene.Members[0], "m2", scene.Type)])),
    };

    private static readonly Dictionary<string, (End Then, Func<Scene, CommitPlan> Other)> _types = new()
    {
        ["it gets another type"] = (End.Stale, scene =>
            scene.Space.Plan([scene.Space.Update(scene.Holon, "holon", scene.OtherType)])),
        ["it is deleted"] = (End.Stale, scene => scene.Space.Plan([scene.Space.Delete(scene.Holon)])),
        ["it gets a new version"] = (End.Committed, scene =>
            scene.Space.Plan([scene.Space.Update(scene.Holon, "other name", scene.Type)])),
        ["it is linked"] = (End.Committed, scene => scene.Link(scene.Added(scene.Stranger))),
        ["another holon gets another type"] = (End.Committed, scene =>
            scene.Space.Plan([scene.Space.Update(scene.Stranger, "stranger", scene.OtherType)])),
    };

    private static readonly Dictionary<string, (End Then, Func<Scene, CommitPlan> Other)> _retyped = new()
    {
        ["a link to it is added"] = (End.Stale, scene => scene.Turned().Link(scene.Added(scene.Stranger))),
        ["a link of another relationship to it is added"] = (End.Stale, scene =>
            scene.Link(Rel.Typed.Add(scene.Stranger, scene.Holon))),
        ["a created holon is linked to it"] = (End.Stale, scene =>
        {
            var created = scene.Space.Create("new", scene.Type);
            return scene.Space.Plan([created], [Rel.Bag.Add(created.Id, scene.Holon)]);
        }
        ),
        ["one is removed and one added"] = (End.Stale, scene => scene.Turned().Link(scene.Removed(0), scene.Added(scene.Stranger))),
        ["all are removed and one is added"] = (End.Stale, scene => scene.Turned().Link(
            [.. Enumerable.Range(0, Scene.MemberCount).Select(scene.Removed), scene.Added(scene.Stranger)])),
        ["links to it are removed"] = (End.Committed, scene =>
            scene.Turned().Link([.. Enumerable.Range(0, Scene.MemberCount).Select(scene.Removed)])),
        ["a holon that is linked to it is deleted"] = (End.Committed, scene =>
            scene.Space.Plan([scene.Space.Delete(scene.Members[0])])),
        ["a link from it is added"] = (End.Stale, scene => scene.Link(scene.Added(scene.Stranger))),
        ["a link to another holon is added"] = (End.Committed, scene =>
            scene.Link(Rel.Steps.Add(scene.Stranger, scene.Members[0]))),
    };

    private static readonly Dictionary<string, (End Then, Func<Scene, CommitPlan> Other)> _read = new()
    {
        ["it gets a new version"] = (End.Stale, scene => scene.Space.Plan([scene.Space.Update(scene.Holon, "other name", scene.Type)])),
        ["it gets another type"] = (End.Stale, scene => scene.Space.Plan([scene.Space.Update(scene.Holon, "holon", scene.OtherType)])),
        ["it is deleted"] = (End.Stale, scene => scene.Space.Plan([scene.Space.Delete(scene.Holon)])),
        ["one that was not there is created"] = (End.Stale, scene => scene.Space.Plan([scene.Space.Create("unborn", id: scene.Unborn)])),
        ["it is linked"] = (End.Committed, scene => scene.Link(scene.Added(scene.Stranger))),
        ["another holon gets a new version"] = (End.Committed, scene => scene.Space.Plan([scene.Space.Update(scene.Stranger, "other", scene.Type)])),
    };

    private static readonly Dictionary<string, (End Then, Func<Scene, CommitPlan> Other)> _sides = new()
    {
        ["a link from it is added"] = (End.Stale, scene => scene.Link(scene.Added(scene.Stranger))),
        ["a link from it is removed"] = (End.Stale, scene => scene.Link(scene.Removed(0))),
        ["a link of a new relationship from it is added"] = (End.Stale, scene => scene.Link(Rel.Bag.Add(scene.Holon, scene.Stranger))),
        ["a holon that it is linked to is deleted"] = (End.Stale, scene => scene.Space.Plan([scene.Space.Delete(scene.Members[0])])),
        ["links to it are added and removed"] = (End.Committed, scene =>
            scene.Turned().Link(scene.Removed(0), scene.Added(scene.Stranger), Rel.Bag.Add(scene.Stranger, scene.Holon))),
        ["another holon is linked"] = (End.Committed, scene => scene.Link(Rel.Steps.Add(scene.Stranger, scene.Members[0]))),
    };

    private static readonly Dictionary<string, (End Then, Func<Scene, CommitPlan> Other)> _listed = new()
    {
        ["an instance is created"] = (End.Stale, scene => scene.Space.Plan([scene.Space.Create("new", scene.Type)])),
        ["an instance is deleted"] = (End.Stale, scene => scene.Space.Plan([scene.Space.Delete(scene.Stranger)])),
        ["an instance gets another type"] = (End.Stale, scene => scene.Space.Plan([scene.Space.Update(scene.Stranger, "stranger", scene.OtherType)])),
        ["a holon becomes one"] = (End.Stale, scene => scene.Space.Plan([scene.Space.Update(scene.Untyped, "untyped", scene.Type)])),
        ["an instance gets a new version"] = (End.Committed, scene => scene.Space.Plan([scene.Space.Update(scene.Stranger, "other", scene.Type)])),
        ["an instance of another type is created"] = (End.Committed, scene => scene.Space.Plan([scene.Space.Create("new", scene.OtherType)])),
    };

    private static readonly Dictionary<string, (End Then, Func<Scene, CommitPlan> Other)> _keys = new()
    {
        ["who has it gets another"] = (End.Stale, scene => scene.Space.Plan([scene.Space.Update(scene.Stranger, "other", scene.Type)])),
        ["who has it is deleted"] = (End.Stale, scene => scene.Space.Plan([scene.Space.Delete(scene.Stranger)])),
        ["a holon of another type gets it"] = (End.Stale, scene => scene.Space.Plan([scene.Space.Create("stranger", scene.OtherType)])),
        ["somebody gets the one that nobody had"] = (End.Stale, scene => scene.Space.Plan([scene.Space.Create("nobody", scene.Type)])),
        ["longer and shorter ones are taken"] = (End.Committed, scene => scene.Space.Plan(
            [scene.Space.Create("strange", scene.Type), scene.Space.Create("strangers", scene.Type), scene.Space.Create("nobody else", scene.Type)])),
        ["who has it gets a new version"] = (End.Committed, scene => scene.Space.Plan([scene.Space.Update(scene.Stranger, "stranger", scene.Type)])),
    };

    private sealed record Fact(
        LinkDirection Side, Func<Scene, ReliedFacts> Relied, Dictionary<string, (End Then, Func<Scene, CommitPlan> Other)> Changes);

    private static readonly Dictionary<string, Fact> _facts = new()
    {
        ["the links from a holon were counted"] = new(
            LinkDirection.Forward, scene => Counted(scene.Holon, LinkDirection.Forward, Rel.Steps), _groups),
        ["the links to a holon were counted"] = new(
            LinkDirection.Reverse, scene => Counted(scene.Holon, LinkDirection.Reverse, Rel.Steps), _groups),
        ["the type of a holon was read"] = new(LinkDirection.Forward, scene => Typed(scene.Holon, scene.Type), _types),
        ["all links of a holon were judged"] = new(
            LinkDirection.Forward, scene => new ReliedFacts { Retyped = [scene.Holon] }, _retyped),
        ["a holon was read, and one that there was not"] = new(
            LinkDirection.Forward, scene => new ReliedFacts { Holons = [scene.Holon, scene.Unborn] }, _read),
        ["all relationships of a holon were read"] = new(
            LinkDirection.Forward, scene => new ReliedFacts { Sides = [new LinkSide(scene.Holon, LinkDirection.Forward)] }, _sides),
        ["the instances of a type were listed"] = new(
            LinkDirection.Forward, scene => new ReliedFacts { Listed = [scene.Type] }, _listed),
        ["keys were looked up"] = new(
            LinkDirection.Forward, scene => new ReliedFacts { Keys = ["stranger", "nobody"] }, _keys),
    };

    public static TheoryData<string, string, bool, bool> Cases()
    {
        var cases = new TheoryData<string, string, bool, bool>();
        foreach (var (fact, how) in _facts)
            foreach (var change in how.Changes.Keys)
                foreach (var isReliedFirst in (bool[])[false, true])
                    foreach (var isGroup in (bool[])[false, true]) cases.Add(fact, change, isReliedFirst, isGroup);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task What_a_commit_relied_on_is_checked_after_the_commits_before_it(
        string fact, string change, bool isReliedFirst, bool isGroup)
    {
        using var space = new TestSpace();
        var (side, relied, changes) = _facts[fact];
        var (then, other) = changes[change];
        var scene = new Scene(space, side);
        var relying = space.Plan([space.Create("relying")], relied: relied(scene));
        var changing = other(scene);
        var outcomes = await space.CommitInOrderAsync(isGroup, isReliedFirst ? [relying, changing] : [changing, relying]);
        Assert.NotNull(outcomes[0].CommitNumber);
        Assert.Equal(isReliedFirst ? End.Committed : then, EndOf(outcomes[1]));
        if (EndOf(outcomes[1]) == End.Stale)
        {
            Assert.Null(space.Store.FindOutcome(relying.Transaction));
            Assert.Equal(outcomes[0].CommitNumber, space.Latest);
            space.Commit(relying.Nodes[0]);
        }

        Assert.Single(space.Store.FindByKey("relying", space.Latest));
        Assert.Empty(Verified.Findings(space.Store));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_commit_that_links_a_holon_deleted_since_conflicts_rather_than_being_judged_anew(bool isGroup)
    {
        using var space = new TestSpace();
        var scene = new Scene(space, LinkDirection.Forward);
        var relying = space.Plan(
            [], [Rel.Bag.Add(scene.Stranger, scene.Holon)], relied: Typed(scene.Holon, scene.Type));
        var outcomes = await space.CommitInOrderAsync(isGroup, space.Plan([space.Delete(scene.Holon)]), relying);
        Assert.Equal(End.LinkEndGone, EndOf(outcomes[1]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_commits_that_add_to_links_that_they_counted_the_later_are_judged_anew(bool isGroup)
    {
        using var space = new TestSpace();
        var (source, target, third) = (space.Created("source"), space.Created("target"), space.Created("third"));
        var outcomes = await space.CommitInOrderAsync(
            isGroup, Linking(space, source, target), Linking(space, source, third), Linking(space, third, target),
            Linking(space, target, third));
        Assert.Equal([End.Committed, End.Stale, End.Stale, End.Committed], outcomes.Select(EndOf));
        outcomes = await space.CommitInOrderAsync(
            isGroup, Linking(space, source, third), Linking(space, third, target));
        Assert.Equal([End.Committed, End.Committed], outcomes.Select(EndOf));
        Assert.Equal([target, third], space.Forward(source, Rel.Likes).Select(slot => slot.Other));
        Assert.Equal([source, third], space.Reverse(target, Rel.Likes).Select(slot => slot.Other));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_commit_that_relied_on_all_is_outdated_by_any_other(bool isGroup)
    {
        using var space = new TestSpace();
        CommitPlan Relying() => space.Plan([space.Create("relying")], relied: new ReliedFacts { ReadsAll = true });
        var outcomes = await space.CommitInOrderAsync(isGroup, space.Plan([space.Create("other")]), Relying());
        Assert.Equal([End.Committed, End.Stale], outcomes.Select(EndOf));
        Assert.Equal(End.Committed, EndOf(space.Store.Commit(Relying(), 1)));
    }

    [Fact]
    public void A_type_that_comes_back_is_still_the_one_that_was_read()
    {
        using var space = new TestSpace();
        var scene = new Scene(space, LinkDirection.Forward);
        var (one, two, three) = (
            space.Plan([space.Create("one")], relied: Typed(scene.Holon, scene.Type)),
            space.Plan([space.Create("two")], relied: Typed(scene.Untyped, null)),
            space.Plan([space.Create("three")], relied: Typed(scene.Untyped, null)));
        space.Commit(space.Update(scene.Holon, "holon", scene.OtherType));
        space.Commit(space.Update(scene.Holon, "holon", scene.Type));
        Assert.Equal(End.Committed, EndOf(space.Store.Commit(one, 1)));
        Assert.Equal(End.Committed, EndOf(space.Store.Commit(two, 1)));
        space.Commit(space.Update(scene.Untyped, "untyped", scene.Type));
        Assert.Equal(End.Stale, EndOf(space.Store.Commit(three, 1)));
    }

    [Fact]
    public void What_was_not_so_when_it_was_judged_stops_the_commit_rather_than_being_judged_for_ever()
    {
        using var space = new TestSpace();
        var scene = new Scene(space, LinkDirection.Forward);
        foreach (var (holon, type) in ((LocalId, LocalId?)[])[(scene.Holon, scene.OtherType), (scene.Holon, null), (space.NewId(), null)])
            Assert.Throws<InvalidOperationException>(
                () => space.Store.Commit(space.Plan([space.Create()], relied: Typed(holon, type)), 1));
        space.Created("after");
    }

    /// <summary>Links two holons, having counted the links of either.</summary>
    private static CommitPlan Linking(TestSpace space, LocalId source, LocalId target) => space.Plan(
        [], [Rel.Likes.Add(source, target)], relied: new ReliedFacts
        {
            Groups =
            [
                new LinkGroupId(source, LinkDirection.Forward, Rel.Likes.Id),
                new LinkGroupId(target, LinkDirection.Reverse, Rel.Likes.Id),
            ],
        });

    private static ReliedFacts Counted(LocalId holon, LinkDirection direction, RelationshipFacts relationship) =>
        new() { Groups = [new LinkGroupId(holon, direction, relationship.Id)] };

    private static ReliedFacts Typed(LocalId holon, LocalId? type) =>
        new() { Types = new Dictionary<LocalId, LocalId?> { [holon] = type } };

    private static End EndOf(CommitOutcome outcome)
    {
        if (outcome.CommitNumber is not null) return End.Committed;
        if (outcome == CommitOutcome.Stale) return End.Stale;
        Assert.Equal(ConflictKind.LinkEndGone, Assert.Single(outcome.Conflicts).Kind);
        return End.LinkEndGone;
    }

    /// <summary>A holon that is linked to and from others in order.</summary>
    private sealed class Scene
    {
        /// <summary>So many that removing all but one ends a period.</summary>
        internal const int MemberCount = 20;

        private LinkDirection _side;

        /// <param name="space">An empty space.</param>
        /// <param name="side">The direction in which links of <see cref="Holon"/> are added and removed.</param>
        internal Scene(TestSpace space, LinkDirection side)
        {
            (Space, _side) = (space, side);
            (Type, OtherType, Untyped) = (space.Created("T"), space.Created("U"), space.Created("untyped"));
            (Holon, Stranger, Unborn) = (space.Created("holon", Type), space.Created("stranger", Type), space.NewId());
            var members = Enumerable.Range(0, MemberCount).Select(i => space.Create($"member {i}", Type)).ToList();
            Members = [.. members.Select(member => member.Id)];
            space.Commit(
                members, [.. Members.SelectMany(
                    member => (LinkChange[])[Rel.Steps.Add(Holon, member), Rel.Steps.Add(member, Holon)])]);
        }

        internal TestSpace Space { get; }

        internal LocalId Type { get; }

        internal LocalId OtherType { get; }

        internal LocalId Untyped { get; }

        internal LocalId Holon { get; }

        /// <summary>The id of a holon that there is not yet.</summary>
        internal LocalId Unborn { get; }

        internal List<LocalId> Members { get; }

        /// <summary>Linked with nobody.</summary>
        internal LocalId Stranger { get; }

        /// <summary>Adds and removes in the other direction from now on.</summary>
        internal Scene Turned()
        {
            _side = _side == LinkDirection.Forward ? LinkDirection.Reverse : LinkDirection.Forward;
            return this;
        }

        internal CommitPlan Link(params LinkChange[] links) => Space.Plan([], links);

        internal LinkChange Added(LocalId other) =>
            _side == LinkDirection.Forward ? Rel.Steps.Add(Holon, other) : Rel.Steps.Add(other, Holon);

        internal LinkChange Removed(int member)
        {
            var (source, target) = _side == LinkDirection.Forward ? (Holon, Members[member]) : (Members[member], Holon);
            return Rel.Steps.Remove(source, Space.Forward(source, Rel.Steps).Find(slot => slot.Other == target));
        }
    }
}
