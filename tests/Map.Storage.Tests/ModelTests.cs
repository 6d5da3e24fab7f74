using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Values;
using Map.Storage.Encoding;
using Map.Storage.Native;
using Xunit.Abstractions;

namespace Map.Storage.Tests;

/// <summary>Random commits on a store and on a naive model; every read must answer alike, of every commit.</summary>
public sealed class ModelTests(ITestOutputHelper output)
{
    private static readonly string[] _keys =
        ["a", "ab", "abc", "b", "ä", "äb", "日本", "日本語", "😀", "😀x", "z", "\uffff", "a b", "A"];

    private static readonly string[] _prefixes = ["", "a", "ab", "ä", "日", "😀", "\uffff", "zz", "b"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(42215012)]
    [InlineData(0)]
    public void Every_read_of_every_commit_agrees_with_a_naive_model(int fixedSeed)
    {
        var seed = fixedSeed == 0 ? Environment.TickCount : fixedSeed;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var space = new TestSpace();
        var own = space.Head(space.Record.SpaceHolon);
        var states = new List<ModelState> { new() { Live = { [own.Id] = own }, Versions = { own } } };
        var everSeen = new List<LocalId> { own.Id };
        var counts = (int[])[0, 0];
        for (var round = 0; round < 150; round++)
        {
            var judged = (int)Math.Max(0, space.Latest - random.Next(5));
            var plan = NextPlan(space, random, states[^1], everSeen, judged, NextFacts(random, states[judged]));
            var isStale = SpaceModel.IsStale(states[^1], plan);
            if (judged >= states[^1].SchemaEpoch && judged < space.Latest) counts[isStale ? 0 : 1]++;
            if (isStale)
            {
                Assert.Same(CommitOutcome.Stale, space.Store.Commit(plan, nowUnixMicros: round));
                plan = space.Plan(plan.Nodes, plan.Links, plan.TouchesSchema, relied: NextFacts(random, states[^1]));
            }

            var number = space.Store.Commit(plan, nowUnixMicros: round);
            Assert.Empty(number.Conflicts);
            states.Add(SpaceModel.Apply(states[^1], plan, number.CommitNumber!.Value));
            if (round is 40 or 100) space.Reopen();
            if (round % 12 == 7) space.Store.Rows.Flush();
            if (round % 10 == 0) Compare(space.Store, states, everSeen, random.Next(states.Count), seed);
        }

        foreach (var asOf in (int[])[0, 1, 10, 75, states.Count - 2, states.Count - 1])
            Compare(space.Store, states, everSeen, asOf, seed);
        Assert.Equal([], Verified.Findings(space.Store));
        var (links, types) = (LaterPeriods(space, ColumnFamily.LinkHeads), LaterPeriods(space, ColumnFamily.TypeHeads));
        output.WriteLine($"{links} groups of links and {types} types are in a later period than their first");
        Assert.True(links > 1 && types > 0, "periods ended");
        output.WriteLine($"of plans judged before the latest commit, {counts[0]} relied on what was changed and {counts[1]} did not");
        Assert.All(counts, count => Assert.True(count > 5, "plans rely on what changes and on what does not"));
    }

    private static int LaterPeriods(TestSpace space, ColumnFamily heads)
    {
        using var rows = space.Store.Rows.Iterate(heads, isWithinPrefix: false);
        var count = 0;
        for (var isOnRow = rows.Seek([]); isOnRow; isOnRow = rows.Next())
            if (GroupHead.Read(rows.Value).Period > 0) count++;
        return count;
    }

    /// <summary>What a validation as of a commit can have relied on: a fact or a few, mostly of holons that are linked.</summary>
    private static ReliedFacts NextFacts(Random random, ModelState judged)
    {
        var live = judged.Live.Values.OrderBy(holon => holon.Id).ToList();
        var groups = new List<LinkGroupId>();
        var types = new Dictionary<LocalId, LocalId?>();
        var retyped = new List<LocalId>();
        for (var i = random.Next(3); i >= 0; i--)
        {
            var holon = live[random.Next(random.Next(2) == 0 ? Math.Min(5, live.Count) : live.Count)];
            var group = new LinkGroupId(holon.Id, (LinkDirection)random.Next(2), Rel.All[random.Next(Rel.All.Length)].Id);
            if (random.Next(2) == 0) groups.Add(group);
            else if (random.Next(2) == 0) types[holon.Id] = holon.Descriptor;
            else retyped.Add(holon.Id);
        }

        return new ReliedFacts { Groups = groups, Types = types, Retyped = retyped };
    }

    private static CommitPlan NextPlan(
        TestSpace space, Random random, ModelState state, List<LocalId> everSeen, long judgedAsOf, ReliedFacts relied)
    {
        var nodes = new List<NodeChange>();
        var changed = new HashSet<LocalId>();
        var deleted = new HashSet<LocalId>();
        var live = state.Live.Values.OrderBy(holon => holon.Id).ToList();
        var taken = new HashSet<(string, LocalId)>();
        foreach (var holon in live)
            if (ModelState.KeyOf(holon) is { } key) taken.Add((key, holon.Descriptor ?? default));
        var types = live.Take(4).Select(holon => holon.Id).ToArray();
        for (var i = random.Next(4); i >= 0; i--)
            nodes.Add(FreeKey(
                new NodeChange(
                    NodeChangeKind.Create, space.NewId(), null, types[random.Next(types.Length)],
                    NextProperties(random, taken), random.Next(4) == 0 ? live[0].Id : null), taken));
        for (var i = random.Next(4); i > 0; i--)
        {
            var holon = live[random.Next(live.Count)];
            if (!changed.Add(holon.Id)) continue;
            if (random.Next(3) == 0 && !types.Contains(holon.Id) && holon.Id != space.Record.SpaceHolon)
            {
                nodes.Add(new NodeChange(
                    NodeChangeKind.Delete, holon.Id, holon, holon.Descriptor, PropertyMap.Empty, null));
                deleted.Add(holon.Id);
                continue;
            }

            nodes.Add(FreeKey(
                new NodeChange(
                    NodeChangeKind.Update, holon.Id, holon, types[random.Next(types.Length)],
                    NextProperties(random, taken), null), taken));
        }

        foreach (var node in nodes)
            if (node.Kind == NodeChangeKind.Create) everSeen.Add(node.Id);
        var ends = live.Select(holon => holon.Id).Where(id => !deleted.Contains(id)).ToList();
        ends.AddRange(nodes.Where(node => node.Kind == NodeChangeKind.Create).Select(node => node.Id));
        return space.Plan(
            nodes, NextLinks(random, state, ends), schema: random.Next(5) == 0, judgedAsOf: judgedAsOf, relied: relied);
    }

    private static List<LinkChange> NextLinks(Random random, ModelState state, List<LocalId> ends)
    {
        var links = new List<LinkChange>();
        for (var i = random.Next(8); i > 0; i--)
        {
            // Few sources and targets, so that links meet again.
            var relationship = Rel.All[random.Next(Rel.All.Length)];
            var add = relationship.Add(
                ends[random.Next(Math.Min(5, ends.Count))],
                random.Next(3) == 0 ? ends[^1] : ends[random.Next(Math.Min(5, ends.Count))]);
            if (random.Next(3) > 0 || state.Links.Count == 0)
            {
                links.Add(add);
                continue;
            }

            var link = state.Links[random.Next(state.Links.Count)];
            links.Add(link.Relationship.Remove(link.Source, link.Slot));
            if (random.Next(3) == 0 && ends.Contains(link.Source) && ends.Contains(link.Slot.Other))
                links.Add(link.Relationship.Add(link.Source, link.Slot.Other));
            if (random.Next(5) == 0) links.Add(link.Relationship.Remove(link.Source, link.Slot));
        }

        if (random.Next(3) == 0) Wear(random, links, state, ends);
        return links;
    }

    /// <summary>Removes all that one holon is linked to and links it anew, so that much of it is past.</summary>
    private static void Wear(Random random, List<LinkChange> links, ModelState state, List<LocalId> ends)
    {
        var relationship = Rel.All[random.Next(Rel.All.Length)];
        foreach (var link in state.Links)
            if (link.Source == ends[0] && link.Relationship == relationship && random.Next(8) > 0)
                links.Add(relationship.Remove(link.Source, link.Slot));
        for (var i = 0; i < 12; i++) links.Add(relationship.Add(ends[0], ends[random.Next(ends.Count)]));
    }

    private static PropertyMap NextProperties(Random random, HashSet<(string, LocalId)> taken)
    {
        var properties = PropertyMap.Empty.With("Count", new IntegerValue(taken.Count));
        return random.Next(3) == 0
            ? properties
            : properties.With(Names.Key, new StringValue(_keys[random.Next(_keys.Length)]));
    }

    /// <summary>The change without its key, if that is taken.</summary>
    private static NodeChange FreeKey(NodeChange change, HashSet<(string, LocalId)> taken)
    {
        if (change.Properties[Names.Key] is not StringValue key) return change;
        if (change.Base is { } old && ModelState.KeyOf(old) == key.Value && old.Descriptor == change.Descriptor) return change;
        return taken.Add((key.Value, change.Descriptor ?? default))
            ? change
            : change with { Properties = change.Properties.Without(Names.Key) };
    }

    private static void Compare(
        HolonStore store, List<ModelState> states, List<LocalId> everSeen, int asOf, int seed)
    {
        var state = states[asOf];
        var at = $"seed {seed}, as of {asOf}";
        Assert.True(state.Live.Count - 1 == store.CountHolons(asOf), at);
        Assert.True(state.SchemaEpoch == store.SchemaEpoch(asOf), at);
        AssertPages(state.Live.Keys.Order(), after => store.ScanHolons(after, asOf), at);
        foreach (var prefix in _prefixes)
            AssertPages(state.Keys(prefix), after => store.ScanKeys(prefix, after, asOf), at);
        foreach (var key in _keys)
            Assert.Equal(state.Keys(key).Where(match => match.Key == key), store.FindByKey(key, asOf));
        var found = everSeen.Order().Select(id => state.Live.GetValueOrDefault(id)).OfType<SavedHolon>().ToList();
        Assert.Equal(found, store.FindHolons(everSeen.Order(), properties: null, asOf));
        Assert.Equal(
            found.Select(holon => holon with { Properties = KeyAlone(holon) }), store.FindHolons(everSeen.Order(), ["None", Names.Key], asOf));
        foreach (var id in everSeen)
        {
            Assert.Equal(state.Live.GetValueOrDefault(id), store.FindHolon(id, asOf));
            for (var version = 1; version < 5; version++)
                Assert.Equal(
                    state.Versions.Find(saved => saved.Id == id && saved.Version == version),
                    store.FindVersion(id, version, asOf));
            var instances = state.Live.Values.Where(holon => holon.Descriptor == id).Select(holon => holon.Id).Order().ToList();
            Assert.True(instances.Count == store.CountInstances(id, asOf), at);
            AssertPages(instances, after => store.ScanInstances(id, after, asOf), at);
            CompareLinks(store, state, id, asOf, at);
        }
    }

    private static PropertyMap KeyAlone(SavedHolon holon) =>
        holon.Properties[Names.Key] is { } key ? PropertyMap.Empty.With(Names.Key, key) : PropertyMap.Empty;

    private static void CompareLinks(HolonStore store, ModelState state, LocalId id, int asOf, string at)
    {
        foreach (var direction in (LinkDirection[])[LinkDirection.Forward, LinkDirection.Reverse])
        {
            var groups = new List<LinkGroup>();
            foreach (var relationship in Rel.All)
            {
                var links = state.LinksOf(id, direction, relationship.Id);
                AssertPages(links, after => store.Links(id, direction, relationship.Id, after, asOf), at);
                if (links.Count > 0)
                    groups.Add(new LinkGroup(
                        relationship.Id, relationship.IsTyped ? null : relationship.Name, links.Count));
                if (direction == LinkDirection.Reverse) continue;
                foreach (var other in links.Select(slot => slot.Other).Append(store.SpaceHolon).Distinct())
                    Assert.Equal(
                        links.Where(slot => slot.Other == other), store.LinksBetween(id, relationship.Id, other, asOf));
            }

            Assert.Equal(groups.OrderBy(group => group.Relationship), store.LinkGroups(id, direction, asOf));
        }
    }

    /// <summary>The whole scan is as expected, and so is the rest after each of its members.</summary>
    private static void AssertPages<T>(IEnumerable<T> expected, Func<T?, IEnumerable<T>> scan, string at)
        where T : struct
    {
        var members = expected.ToList();
        Assert.True(members.SequenceEqual(scan(null)), $"{at}: [{string.Join(", ", members)}] but was [{string.Join(", ", scan(null))}]");
        for (var i = 0; i < members.Count; i += 1 + members.Count / 8)
            Assert.True(members.Skip(i + 1).SequenceEqual(scan(members[i])), $"{at}: after {members[i]}");
    }
}
