using Map.Core.Identity;
using Map.Core.Transactions;

namespace Map.Core.Tests;

public class HolonPoolTests
{
    [Theory]
    [InlineData(HolonPhase.Abandoned)]
    [InlineData(HolonPhase.StagedForDelete)]
    public void Drafts_that_are_not_live_are_counted_as_long_as_they_are_not(HolonPhase phase)
    {
        var live = new DraftHolon { Id = new LocalId(1), Phase = HolonPhase.StagedForCreate };
        var other = new DraftHolon { Id = new LocalId(2), Phase = phase };
        var pool = HolonPool.Empty.With(live);
        Assert.Equal(0, pool.Hidden);
        Assert.Equal(1, pool.With(other).Hidden);
        Assert.Equal(1, pool.With(other).With(other).Hidden);
        Assert.Equal(2, pool.With(other).With(live with { Phase = phase }).Hidden);
        Assert.Equal(0, pool.With(other).With(other with { Phase = HolonPhase.StagedForUpdate }).Hidden);
        Assert.Equal(0, pool.Hidden);
    }
}
