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

    private static SavedHolon Saved(LocalId id) => new(id, 1, 1, null, PropertyMap.Empty, null);
}
