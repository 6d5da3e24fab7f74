using Map.Core.Services;
using Map.V1;

namespace Map.Hub.Tests.Traversing;

/// <summary>What plans say: by what they read, how much at most, and how much it was.</summary>
public sealed class PlanTests(LibraryWorld world) : IClassFixture<LibraryWorld>
{
    private static readonly string[] Indexes = ["keys", "types", "holons", "links", ""];

    public static TheoryData<string, string> Cases => LibraryCase.InEachState;

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_query_reads_no_more_than_its_plan_says(string name, string state)
    {
        var transaction = world.In(state);
        var query = LibraryCase.All[name].Query.In(transaction);
        query.Page = new PageRequest { Size = 1_000 };
        var (plan, planning) = Count(transaction, query, TraverseExplain.Plan);
        var (run, reading) = Count(transaction, query, TraverseExplain.Run);
        Assert.Empty(plan.Rows);
        Assert.Equal(LibraryCase.All[name].RowsIn(state), transaction.Text(run.Rows));

        // Looking types up is part of both.
        var read = reading - planning;
        var most = run.Plan.Steps.Aggregate(0UL, (sum, step) => checked(sum + step.MostRows));
        Assert.InRange(read, 0UL, most);
        Assert.Equal(read, run.Plan.Steps.Aggregate(0UL, (sum, step) => sum + step.RowsRead));
        Assert.All(run.Plan.Steps, step => Assert.InRange(step.RowsRead, 0UL, step.MostRows));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_plan_names_the_index_and_the_place_of_each_step(string name, string state)
    {
        var transaction = world.In(state);
        var query = LibraryCase.All[name].Query.In(transaction);
        query.Explain = TraverseExplain.Plan;
        var plan = transaction.Traverse(query).Plan;
        Assert.All(plan.Steps, step =>
        {
            Assert.Contains(step.Index, Indexes);
            if (step.Index.Length > 0) Assert.Contains(step.Index, step.Text, StringComparison.OrdinalIgnoreCase);
            Assert.NotEmpty(step.Text);
            Assert.False(step.HasRowsRead);
        });
    }

    /// <summary>Asks, and counts what the store gives.</summary>
    private (TraverseResult Result, ulong Rows) Count(TestTransaction transaction, TraverseQuery query, TraverseExplain explain)
    {
        query = query.Clone();
        query.Explain = explain;
        var rows = 0UL;
        // The heads of groups of links are not rows.
        world.Reads.RowRead = method => rows += method == nameof(IHolonService.LinkGroups) ? 0UL : 1;
        var result = transaction.Traverse(query);
        world.Reads.RowRead = null;
        return (result, rows);
    }
}
