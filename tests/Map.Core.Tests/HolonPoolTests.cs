using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.Transactions;

namespace Map.Core.Tests;

public class HolonPoolTests
{
    private static readonly TransactionState Empty = new()
    {
        Transaction = new(new SpaceId(new LocalId(1)), new LocalId(2)),
        Snapshot = 0,
        SchemaEpoch = 0,
    };

    [Theory]
    [InlineData(HolonPhase.Abandoned)]
    [InlineData(HolonPhase.StagedForDelete)]
    public void Drafts_that_are_not_live_are_counted_as_long_as_they_are_not(HolonPhase phase)
    {
        var (live, other) = (new LocalId(1), new LocalId(2));
        var state = Empty.After(new StageDraft(new DraftHolon { Id = live, Phase = HolonPhase.StagedForCreate }));
        Assert.Equal(0, state.Nursery.Hidden);
        var both = state.After(new StageDraft(new DraftHolon { Id = other, Phase = phase }));
        Assert.Equal(1, both.Nursery.Hidden);
        Assert.Equal(1, both.After(new SetPhase(other, phase)).Nursery.Hidden);
        Assert.Equal(2, both.After(new SetPhase(live, phase)).Nursery.Hidden);
        Assert.Equal(0, both.After(new SetPhase(other, HolonPhase.StagedForUpdate)).Nursery.Hidden);
        Assert.Equal(0, both.After(new DropDraft(other)).Nursery.Hidden);
        Assert.Equal(0, state.Nursery.Hidden);
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
}
