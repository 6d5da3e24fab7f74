using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Values;

namespace Map.Core.Tests;

/// <summary>Random lists of changes: one by one, at once and again they lead to the same state, whose indexes are right.</summary>
public sealed class StateChangeTests
{
    private static readonly string[] _names = ["Likes", "Extends", "Steps"];

    private static readonly TransactionState _start = new()
    {
        Transaction = new(new SpaceId(new LocalId(1)), new LocalId(2)),
        Snapshot = 7,
        SchemaEpoch = 3,
    };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(0)]
    public void The_same_changes_lead_from_equal_states_to_equal_states(int fixedSeed)
    {
        var seed = fixedSeed == 0 ? Environment.TickCount : fixedSeed;
        var random = new Random(seed);
        for (var round = 0; round < 40; round++)
        {
            var changes = new List<StateChange>();
            var state = _start;
            for (var i = 0; i < 120; i++)
            {
                var change = Next(random, state);
                var before = Show(state);
                var next = state.After(change);
                Assert.True(before == Show(state), $"Seed {seed}: {change} changed the state that it was applied to");
                CheckIndexes(next, $"Seed {seed}, round {round}, {change}");
                (state, changes) = (next, [.. changes, change]);
            }

            Assert.Equal(Show(state), Show(_start.After(changes)));
            CheckIndexes(_start.After(changes), $"Seed {seed}, round {round}");
            Assert.NotEqual(Show(_start), Show(state));
        }
    }

    private static StateChange Next(Random random, TransactionState state)
    {
        var drafts = state.Nursery.Holons.Values.Concat(state.Transients.Holons.Values).ToList();
        if (drafts.Count < 4) return new StageDraft(Draft(random));
        var draft = drafts[random.Next(drafts.Count)];
        var name = _names[random.Next(_names.Length)];
        var edits = draft.EditsOf(name);
        var isTransient = draft.Phase == HolonPhase.Transient;
        return random.Next(16) switch
        {
            0 => new StageDraft(Draft(random)),
            1 => new StageDraft(DraftHolon.From(Saved(random, NewId(random)), HolonPhase.StagedForUpdate)),
            2 when drafts.Count > 6 => new DropDraft(draft.Id),
            3 => new RebaseDraft(Saved(random, draft.Id)),
            4 => new SetProperties(draft.Id, Properties(random)),
            5 => new RemoveProperties(draft.Id, [Names.Key, "Other"]),
            6 when !isTransient => new SetPhase(draft.Id, (HolonPhase)random.Next((int)HolonPhase.StagedForCreate, (int)HolonPhase.Saved)),
            13 when draft.Phase == HolonPhase.StagedForCreate => new SetPredecessor(draft.Id, random.Next(2) == 0 ? null : NewId(random)),
            7 => new SetDescriptor(draft.Id, new LocalId((UInt128)random.Next(3) + 100)),
            8 => new NumberLinks(draft.Id, name, random.Next(2) == 0),
            9 when edits.Added.Count > 0 && draft.IsLive => new TakeLink(draft.Id, name, edits.Added[random.Next(edits.Added.Count)]),
            10 => new HideLink(draft.Id, name, new RelatedPosition(new LocalId(9), Slot(random, drafts))),
            11 when edits.Removed.Count > 0 => new ShowLink(draft.Id, name, edits.Removed[0]),
            14 when edits.Added.Count > 0 && draft.IsLive => new MoveLink(
                draft.Id, name, new RelatedPosition(new LocalId(9), edits.Added[random.Next(edits.Added.Count)]), Slot(random, drafts)),
            15 when draft.IsLive => new MoveLink(draft.Id, name, new RelatedPosition(new LocalId(9), Slot(random, drafts)), Slot(random, drafts)),
            12 => new MoveSnapshot(random.Next(5, 10), random.Next(5)),
            _ when draft.IsLive => new AddLink(draft.Id, name, Slot(random, drafts)),
            _ => new SetProperties(draft.Id, Properties(random)),
        };
    }

    private static DraftHolon Draft(Random random) => new()
    {
        Id = NewId(random),
        Phase = random.Next(3) == 0 ? HolonPhase.Transient : HolonPhase.StagedForCreate,
        Properties = Properties(random),
        Links = DraftHolon.NoLinks.Add("Likes", new LinkEdits([new LinkSlot(0, NewId(random), 0)], [])),
    };

    private static LinkSlot Slot(Random random, List<DraftHolon> drafts) =>
        new((ulong)random.Next(3), drafts[random.Next(drafts.Count)].Id, (uint)random.Next(2));

    private static SavedHolon Saved(Random random, LocalId id) =>
        new(id, random.Next(1, 9), 5, new LocalId(100), Properties(random), null);

    private static PropertyMap Properties(Random random) => PropertyMap.Create(
    [
        KeyValuePair.Create(random.Next(2) == 0 ? Names.Key : "Other", (BaseValue)new StringValue($"k{random.Next(5)}")),
    ]);

    private static LocalId NewId(Random random) => new((UInt128)random.NextInt64() << 64 | (ulong)random.NextInt64());

    /// <summary>What the indexes tell is what the drafts tell.</summary>
    private static void CheckIndexes(TransactionState state, string where)
    {
        foreach (var pool in (HolonPool[])[state.Nursery, state.Transients])
        {
            var drafts = pool.Holons.Values.ToList();
            var live = drafts.Where(draft => draft.IsLive).ToList();
            Equal(drafts.Select(draft => draft.Id), pool.After(null).Select(draft => draft.Id));
            Assert.True(drafts.Count == pool.Count && drafts.All(draft => draft.Phase != HolonPhase.Abandoned), where);
            Assert.True(drafts.All(draft => pool.Hides(draft.Id) == !draft.IsLive), where);
            Assert.True(drafts.Count(draft => draft.RemovesLinks) == pool.Removers, where);
            Equal(
                live.Where(draft => draft.Key is not null).Select(draft => (draft.Key, draft.Id)).Order(),
                pool.ScanKeys("", null).Select(entry => ((string?)entry.Key, entry.Holon)).Order());
            Equal(drafts.Where(draft => draft.Base is not null).Select(draft => draft.Id), pool.OfSaved.Select(draft => draft.Id));
            foreach (var key in drafts.Select(draft => draft.Key).OfType<string>().Distinct())
                Equal(drafts.Where(draft => draft.Key == key).Select(draft => draft.Id).Order(), pool.WithKey(key, null).Select(entry => entry.Holon).Order());
            foreach (var type in drafts.Select(draft => draft.Descriptor).OfType<LocalId>().Distinct())
                Equal(live.Where(draft => draft.Descriptor == type).Select(draft => draft.Id), pool.OfType(type, null));
            var links = live.SelectMany(draft => draft.Links.SelectMany(
                pair => pair.Value.Added.Select(slot => new IncomingLink(slot.Other, pair.Key, draft.Id, slot)))).ToList();
            foreach (var target in drafts.Select(draft => draft.Id).Concat(links.Select(link => link.Target)).Distinct())
                Equal(links.Where(link => link.Target == target).Select(Text).Order(), pool.Incoming(target).Select(Text).Order());
        }

        var touchesSchema = state.Nursery.Holons.Values.Any(draft => draft.IsDescriptor);
        Assert.True(!touchesSchema || state.StagedContracts is not null, where);

        static string Text(IncomingLink link) => link.ToString();

        void Equal<T>(IEnumerable<T> expected, IEnumerable<T> actual) => Assert.True(expected.SequenceEqual(actual), where);
    }

    private static string Show(TransactionState state)
    {
        var drafts = state.Nursery.Holons.Values.Concat(state.Transients.Holons.Values).Select(draft =>
        {
            var links = draft.Links.Select(pair => $"{pair.Key} +{string.Join(',', pair.Value.Added)} -{string.Join(',', pair.Value.Removed)} {pair.Value.Numbering}");
            return $"{draft.Id} {draft.Phase} {draft.Descriptor} v{draft.Base?.Version} from {draft.Predecessor} {string.Join(',', draft.Properties)} {string.Join(';', links)}";
        });
        return $"{state.Snapshot} {state.SchemaEpoch}\n{string.Join('\n', drafts)}";
    }
}
