using System.Collections.Immutable;
using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Values;

namespace Map.Core.Tests;

public class HolonPoolTests
{
    private static readonly TransactionState Empty = new()
    {
        Transaction = new(new SpaceId(new LocalId(1)), new LocalId(2)),
        Snapshot = 0,
        SchemaEpoch = 0,
    };

    [Fact]
    public void A_draft_staged_for_delete_hides_its_holon_until_it_is_staged_otherwise_or_dropped()
    {
        var holon = new LocalId(1);
        var state = Empty.After(new StageDraft(new DraftHolon { Id = holon, Phase = HolonPhase.StagedForUpdate, Base = Saved(holon) }));
        Assert.False(state.Nursery.Hides(holon));
        var deleted = state.After(new SetPhase(holon, HolonPhase.StagedForDelete));
        Assert.True(deleted.Nursery.Hides(holon));
        Assert.True(deleted.After(new SetPhase(holon, HolonPhase.StagedForDelete)).Nursery.Hides(holon));
        Assert.False(deleted.After(new SetPhase(holon, HolonPhase.StagedForUpdate)).Nursery.Hides(holon));
        Assert.False(deleted.After(new DropDraft(holon)).Nursery.Hides(holon));
        Assert.False(state.Nursery.Hides(holon));
    }

    [Fact]
    public void An_abandoned_draft_stands_apart_and_hides_its_holon_only_when_that_was_never_saved()
    {
        var (created, saved) = (new LocalId(1), new LocalId(2));
        var update = new DraftHolon { Id = saved, Phase = HolonPhase.StagedForUpdate, Base = Saved(saved) };
        var state = Empty.After(
            [new StageDraft(new DraftHolon { Id = created, Phase = HolonPhase.StagedForCreate }), new StageDraft(update)]);
        var abandoned = state.After([new SetPhase(created, HolonPhase.Abandoned), new SetPhase(saved, HolonPhase.Abandoned)]);
        Assert.Equal((0, 2), (abandoned.Nursery.Count, abandoned.Nursery.Abandoned));
        Assert.Equal((true, false), (abandoned.Nursery.Hides(created), abandoned.Nursery.Hides(saved)));
        Assert.Null(abandoned.Nursery.Find(saved));
        Assert.Equal(HolonPhase.Abandoned, abandoned.Nursery.FindAbandoned(saved)!.Phase);
        var again = abandoned.After(new StageDraft(update));
        Assert.Equal((1, 1), (again.Nursery.Count, again.Nursery.Abandoned));
        Assert.Same(update, again.Nursery.Find(saved));
    }

    [Fact]
    public void A_change_of_a_draft_that_is_not_there_is_a_defect()
    {
        var draft = new DraftHolon { Id = new LocalId(1), Phase = HolonPhase.StagedForCreate };
        Assert.Throws<InvariantException>(() => Empty.After(new SetPhase(draft.Id, HolonPhase.Abandoned)));
        Assert.Throws<InvariantException>(() => Empty.After(new DropDraft(draft.Id)));
        var state = Empty.After(new StageDraft(draft));
        Assert.Throws<InvariantException>(() => state.After(new StageDraft(draft)));
        Assert.Throws<InvariantException>(() => state.After(new SetPhase(draft.Id, HolonPhase.Transient)));
    }

    [Fact]
    public void Drafts_staged_at_once_are_found_as_those_staged_one_by_one()
    {
        var drafts = Enumerable.Range(0, 1_000).Select(Draft).ToList();
        var oneByOne = drafts.Aggregate(Empty, (state, draft) => state.After(new StageDraft(draft))).Nursery;
        // Some before, so that the others are added to what is there, and one abandoned, which is staged anew.
        var before = drafts.Take(200).Aggregate(Empty, (state, draft) => state.After(new StageDraft(draft)))
            .After([new StageDraft(drafts[900]), new SetPhase(drafts[900].Id, HolonPhase.Abandoned)]);
        var atOnce = before.After(drafts.Skip(200).Select(draft => new StageDraft(draft))).Nursery;
        Assert.Equal(drafts, atOnce.Holons.Values);
        Assert.Equal((oneByOne.Deletions, oneByOne.Removers, 0), (atOnce.Deletions, atOnce.Removers, atOnce.Abandoned));
        Assert.Equal(oneByOne.OfSaved, atOnce.OfSaved);
        Assert.Equal(oneByOne.After(new LocalId(50)), atOnce.After(new LocalId(50)));
        Assert.Equal(oneByOne.ScanKeys("", null), atOnce.ScanKeys("", null));
        Assert.Equal(1_000, atOnce.ScanKeys("", null).Count() + atOnce.Deletions);
        Assert.Equal(oneByOne.OfType(new LocalId(5_001), null), atOnce.OfType(new LocalId(5_001), null));
        foreach (var draft in drafts) Assert.Equal(oneByOne.Incoming(draft.Id), atOnce.Incoming(draft.Id));
        Assert.NotEmpty(atOnce.Incoming(drafts[7].Id));
    }

    [Fact]
    public void A_draft_that_is_staged_twice_at_once_is_a_defect()
    {
        var drafts = Enumerable.Range(0, 1_000).Select(Draft).ToList();
        Assert.Throws<InvariantException>(() => Empty.After(drafts.Append(drafts[3]).Select(draft => new StageDraft(draft))));
        var state = Empty.After(new StageDraft(drafts[3]));
        Assert.Throws<InvariantException>(() => state.After(drafts.Select(draft => new StageDraft(draft))));
    }

    /// <summary>Drafts of two types, linked with each other; some are of saved holons, and some of those staged for delete.</summary>
    private static DraftHolon Draft(int number)
    {
        var id = new LocalId((UInt128)number + 1);
        var isSaved = number % 10 == 0;
        ImmutableSortedSet<LinkSlot> added =
            [new LinkSlot(0, new LocalId((UInt128)(number * 7 % 1_000) + 1), 0), new LinkSlot(0, new LocalId((UInt128)(number * 3 % 1_000) + 1), 0)];
        return new DraftHolon
        {
            Id = id,
            Phase = !isSaved ? HolonPhase.StagedForCreate : number % 20 == 0 ? HolonPhase.StagedForDelete : HolonPhase.StagedForUpdate,
            Base = isSaved ? Saved(id) : null,
            Descriptor = new LocalId((UInt128)(5_000 + number % 2)),
            Properties = PropertyMap.Empty.With(Names.Key, new StringValue($"Key {number * 37 % 1_000}")),
            Links = DraftHolon.NoLinks.Add(number % 3 == 0 ? "Likes" : "Knows", new LinkEdits(added, [])),
        };
    }

    private static SavedHolon Saved(LocalId id) => new(id, 1, 1, null, PropertyMap.Empty, null);
}
