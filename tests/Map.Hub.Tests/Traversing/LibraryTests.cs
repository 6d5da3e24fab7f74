namespace Map.Hub.Tests.Traversing;

/// <summary>Queries over the sample library answer the rows that stand beside them, saved and staged.</summary>
public sealed class LibraryTests(LibraryWorld world) : IClassFixture<LibraryWorld>
{
    public static TheoryData<string, string> Cases => LibraryCase.InEachState;

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_query_answers_its_rows_in_pages_of_any_size(string name, string state)
    {
        var (example, transaction) = (LibraryCase.All[name], world.In(state));
        var query = example.Query.In(transaction);
        foreach (var size in (uint[])[0, 1, 2, 7])
            Assert.Equal(example.RowsIn(state), transaction.Text(transaction.Rows(query, size)));
    }

    [Fact]
    public void What_is_staged_is_answered_by_its_staged_reference_and_nothing_is_changed()
    {
        var transaction = world.Edited;
        var before = transaction.View();
        var rows = transaction.Rows(Ask.Type("Book", prefix: "E").And(Ask.Key("Jane Eyre")).In(transaction));
        Assert.Equal(
            ["Jane Eyre", "Emma Returns"],
            rows.Where(row => row.Reference.Staged is not null).Select(row => transaction.Content(row.Reference).Key));
        Assert.All(rows, row => Assert.Equal(row.Reference, transaction.ByKey(transaction.Content(row.Reference).Key)));
        Assert.Equal(before, transaction.View());
    }

    [Fact]
    public void The_table_has_cases_that_the_edits_change_and_others()
    {
        var all = LibraryCase.All.Values.ToList();
        Assert.InRange(all.Count, 100, 200);
        Assert.InRange(all.Count(each => each.RowsIn("edited") != each.RowsIn("saved")), 40, all.Count - 40);
        Assert.InRange(all.Count(each => each.RowsIn("saved").Length == 0), 8, 20);
    }
}
