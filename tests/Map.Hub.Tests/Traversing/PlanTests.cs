using Map.Core.Services;
using Map.V1;
using static Map.V1.Comparison;

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

        // The seeds are found for both.
        var read = reading - planning;
        Assert.InRange(read, 0, run.Plan.Steps.Sum(step => (long)step.MostRows));
        Assert.Equal(read, run.Plan.Steps.Sum(step => (long)step.RowsRead));
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
            if (step.Index.Length > 0) Assert.Contains(step.Index, step.Text, StringComparison.Ordinal);
            else Assert.Matches("^(Keeps|Puts|Tells) ", step.Text);
            Assert.False(step.HasRowsRead);
        });
    }

    [Fact]
    public void Plans_are_told_in_words()
    {
        // As it is saved: 292 books, an anthology among them, by 158 persons.
        AssertPlan(
            Ask.Type("Book").Where(If.All(If.Is("PublicationYear", AtLeast, 1850), If.Is("Form", Equal, "Novel"))).Follow("AuthoredBy").By("Name"),
            """seeds[0]: Lists the holons of "Book.HolonType" and of types that extend it in order of creation, by the index of types. (types, at most 292)""",
            """steps[0].where: Reads each of the holons and keeps those of which this is true: PublicationYear is at least 1850 and Form is "Novel". (holons, at most 292)""",
            """steps[1].expand: From each goes on to its "AuthoredBy", by the index of links. (links, at most 1460)""",
            """order_by: Reads each of the holons and puts them in order of Name, and keeps as many as the page has. (holons, at most 158)""");
        AssertPlan(
            Ask.Type("Book").Where(If.All(If.Is("Form", Equal, "Novel"), If.Is("Key", OneOf, "Emma", "Hamlet"))).Select("Title"),
            """seeds[0]: Looks up holons of "Book.HolonType" by 2 keys, for which the first condition asks, by the index of keys. (keys, at most 4)""",
            """steps[0].where: Keeps those of which this is true: Form is "Novel" and Key is one of "Emma", "Hamlet". (, at most 0)""",
            """select: Tells Title. (, at most 0)""");
        AssertPlan(
            Ask.Key("Emma").Hops(1, 3, "Continues", "ContinuedBy").Once().Down("Title").Select("Note"),
            """seeds[0]: Begins with "Emma", found by the index of keys. (keys, at most 1)""",
            """steps[0].expand: From each goes on to its "Continues" or "ContinuedBy" over 1 to 3 links, by the index of links. (links, at most 171990)""",
            """order_by: Reads each of the holons and puts them in order of Title descending, and keeps as many as the page has. (holons, at most 292)""",
            """select: Tells Note. (, at most 0)""");

        void AssertPlan(Ask ask, params string[] expected)
        {
            var query = ask.In(world.Saved);
            query.Explain = TraverseExplain.Plan;
            var steps = world.Saved.Traverse(query).Plan.Steps;
            Assert.Equal(expected, steps.Select(step => $"{step.Place}: {step.Text} ({step.Index}, at most {step.MostRows})"));
        }
    }

    /// <summary>Asks, and counts what the store gives, apart from what describes holons.</summary>
    private (TraverseResult Result, long Rows) Count(TestTransaction transaction, TraverseQuery query, TraverseExplain explain)
    {
        query = query.Clone();
        query.Explain = explain;
        var (rows, descriptors) = (0L, world.Descriptors);
        world.Reads.RowRead = (method, holon) =>
        {
            // The heads of groups of links are not rows.
            var isRow = method != nameof(IHolonService.LinkGroups);
            var isLookUp = method is nameof(IHolonService.FindHolon) or nameof(IHolonService.Links) && descriptors.Contains(holon);
            if (isRow && !isLookUp) rows++;
        };
        var result = transaction.Traverse(query);
        world.Reads.RowRead = null;
        return (result, rows);
    }
}
