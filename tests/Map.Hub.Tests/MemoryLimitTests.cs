using Map.Core.Errors;
using Map.Hub.Dispatch;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests;

/// <summary>What happens when the daemon holds as much as it may.</summary>
public sealed class MemoryLimitTests
{
    [Fact]
    public void What_would_stage_more_is_refused_while_reads_undo_and_the_end_go_on()
    {
        var options = TestHub.Options();
        using var roomy = new TestHub(options with { MaxMemoryBytes = long.MaxValue / 2 });
        roomy.Begin(roomy.NewSpace("library", [TestSchema.Alone])).StageOf(TestSchema.Book, "One");

        using var full = new TestHub(options with { MaxMemoryBytes = 1 });
        var transaction = full.Begin(full.NewSpace("library", [TestSchema.Alone]));
        var error = transaction.Send(SetCommand(transaction.ByKey(TestSchema.Book), "Title", Text("x"))).Refused(V1.ErrorCode.DaemonMemoryFull);
        Assert.Equal((true, 1UL), (error.Retryable, error.Details.Limit));
        transaction.Send(UndoMutation).Refused(V1.ErrorCode.NothingToUndo);
        transaction.Mark("a");
        transaction.Commit();
    }

    [Fact]
    public void Only_what_is_left_after_a_collection_counts_and_it_is_measured_exactly_now_and_then()
    {
        var time = new ManualTime();
        var (rough, exact, collections) = (50L, 50L, 0);
        var limit = new MemoryLimit(100, time, isExact =>
        {
            if (isExact) collections++;
            return isExact ? exact : rough;
        });
        limit.RequireRoom();
        Assert.Equal(0, collections);
        rough = 200;
        limit.RequireRoom();
        Assert.Equal(1, collections);
        exact = 150;
        limit.RequireRoom();
        Assert.Equal(1, collections);
        time.Advance(TimeSpan.FromSeconds(6));
        for (var i = 0; i < 10; i++)
            Assert.Equal(HolonErrorCode.DaemonMemoryFull, Assert.Throws<HolonException>(limit.RequireRoom).Errors[0].Code);
        Assert.Equal(2, collections);
        exact = 50;
        time.Advance(TimeSpan.FromSeconds(6));
        limit.RequireRoom();
        rough = 50;
        limit.RequireRoom();
        Assert.Equal(3, collections);
    }
}
