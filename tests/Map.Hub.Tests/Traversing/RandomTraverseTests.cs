using Google.Protobuf;
using Map.Hub.Spaces;
using Map.V1;

namespace Map.Hub.Tests.Traversing;

/// <summary>Random queries over random graphs, saved and staged mixed, against a naive evaluator that reads holon by holon.</summary>
public sealed class RandomTraverseTests : IDisposable
{
    private const int QueriesOfGraph = 40;

    private static readonly int Graphs = Environment.GetEnvironmentVariable("MAP_TEST_LONG") == "1" ? 500 : 10;

    private readonly TestHub _hub = new();
    private readonly int _seed = int.TryParse(Environment.GetEnvironmentVariable("MAP_TEST_SEED"), out var seed) ? seed : Environment.TickCount;
    private readonly Random _random;
    private readonly HolonSpaceManager _space;
    private readonly GraphView _schema;

    public RandomTraverseTests()
    {
        _random = new Random(_seed);
        _space = _hub.Spaces.Create("graphs", enforceValidation: false, [.. TestHub.Options().CoreSchema, GraphSchema.File], default).Manager;
        _schema = new GraphView(_hub.Begin(_space));
    }

    public void Dispose() => _hub.Dispose();

    [Fact]
    public void Rows_are_those_of_a_naive_evaluator()
    {
        var (compared, found, skipped) = (0, 0, 0);
        for (var graph = 0; graph < Graphs; graph++)
        {
            var (transaction, edits) = NewGraph(graph);
            for (var i = _random.Next(60); i > 0; i--) edits.Step();
            var view = View(transaction);
            var (questions, naive) = (new QuestionGenerator(_random, view, edits), new NaiveTraversal(view));
            for (var i = 0; i < QueriesOfGraph; i++)
            {
                var query = questions.Next();
                if (naive.Rows(query) is not { } expected)
                {
                    skipped++;
                    continue;
                }

                Compare(transaction, query, expected, $"graph {graph}, query {i}");
                compared++;
                if (expected.Count > 0) found++;
            }

            End(transaction);
        }

        // Many queries are worth asking.
        Assert.InRange(found, compared / 4, compared);
        Assert.InRange(skipped, 0, compared / 5);
    }

    [Fact]
    public void Rows_that_did_not_change_come_exactly_as_often_as_they_are_while_the_graph_is_edited_between_pages()
    {
        var (pages, kept) = (0, 0);
        for (var graph = 0; graph < Graphs; graph++)
        {
            var (transaction, edits) = NewGraph(graph);
            for (var i = 0; i < QueriesOfGraph / 8; i++)
            {
                var view = View(transaction);
                var query = new QuestionGenerator(_random, view, edits).Next();
                query.ClearLimit();
                query.Select.Clear();
                if (new NaiveTraversal(view).Rows(query) is not { Count: > 1 } before) continue;
                var same = new UnchangedRows(query, before);
                var seen = Page(transaction, query, before.Count, () =>
                {
                    pages++;
                    for (var step = _random.Next(1, 4); step > 0; step--) edits.Step();
                    same.Keep(new NaiveTraversal(View(transaction)).Rows(query));
                });
                var expected = same.Of(before.Select(holon => RandomEdits.Id(holon.Reference)));
                kept += expected.Count;
                Same(expected, same.Of(seen), query, $"graph {graph}, query {i}, under edits");
            }

            End(transaction);
        }

        Assert.True(pages >= Graphs && kept >= Graphs, $"seed {_seed}: {pages} pages, {kept} rows that did not change");
    }

    private GraphView View(TestTransaction transaction) => new(transaction, _schema);

    /// <summary>A transaction over a graph of which part is saved and part is staged.</summary>
    private (TestTransaction Transaction, GraphEdits Edits) NewGraph(int graph)
    {
        var saved = _hub.Begin(_space);
        var growing = new GraphEdits(saved, _random).From(graph * 1_000);
        growing.Grow(_random.Next(5, 25), _random.Next(10, 50));
        saved.Commit();
        var transaction = _hub.Begin(_space);
        var edits = new GraphEdits(transaction, _random).From((graph * 1_000) + 500).Know(View(transaction));
        edits.Grow(_random.Next(10), _random.Next(25));
        return (transaction, edits);
    }

    /// <summary>Now and then what is staged is saved; then all is deleted, so that graphs stay small.</summary>
    private void End(TestTransaction transaction)
    {
        if (_random.Next(3) > 0 || !transaction.Send(TestTransaction.CommitMutation).Success) transaction.Rollback();
        var clearing = _hub.Begin(_space);
        foreach (var holon in View(clearing).Instances) clearing.Delete(holon.Reference);
        clearing.Commit();
    }

    private void Compare(TestTransaction transaction, TraverseQuery query, List<GraphHolon> expected, string where)
    {
        // Few pages, as each works the query out anew.
        var rows = _random.Next(2) == 0
            ? Rows(transaction, query, 1_000, where)
            : Rows(transaction, query, (uint)Math.Min(1_000, 1 + (expected.Count / _random.Next(1, 6))), where);
        Same(expected.Select(holon => Row(holon, query)), rows.Select(Show), query, where);
    }

    private List<TraverseRow> Rows(TestTransaction transaction, TraverseQuery query, uint size, string where)
    {
        var (rows, page) = (new List<TraverseRow>(), query.Clone());
        page.Page = new PageRequest { Size = size };
        while (true)
        {
            var answer = Send(transaction, page, where);
            rows.AddRange(answer.Rows);
            if (answer.NextToken.IsEmpty) return rows;
            page.Page.Token = answer.NextToken;
        }
    }

    private List<ByteString> Page(TestTransaction transaction, TraverseQuery query, int count, Action between)
    {
        var (seen, page) = (new List<ByteString>(), query.Clone());
        page.Page = new PageRequest { Size = (uint)Math.Min(1_000, 1 + (count / _random.Next(2, 6))) };
        while (true)
        {
            var answer = Send(transaction, page, "under edits");
            seen.AddRange(answer.Rows.Select(row => RandomEdits.Id(row.Reference)));
            if (answer.NextToken.IsEmpty) return seen;
            Assert.True(seen.Count < 200_000, $"seed {_seed}: the pages have no end");
            page.Page.Token = answer.NextToken;
            between();
        }
    }

    private TraverseResult Send(TestTransaction transaction, TraverseQuery query, string where)
    {
        var response = transaction.Ask(query);
        Assert.True(response.Success, $"seed {_seed}, {where}: {response.Errors.FirstOrDefault()}\n{query}");
        return response.Body.Traverse;
    }

    private void Same<T>(IEnumerable<T> expected, IEnumerable<T> got, TraverseQuery query, string where) => Assert.True(
        expected.SequenceEqual(got),
        $"seed {_seed}, {where}:\nexpected {string.Join(" | ", expected)}\nbut got  {string.Join(" | ", got)}\n{query}");

    private static string Row(GraphHolon holon, TraverseQuery query) => Show(new TraverseRow
    {
        Reference = holon.Reference,
        Properties = { query.Select.Where(holon.Properties.ContainsKey).Select(name => new Property { Name = name, Value = holon.Properties[name] }) },
    });

    private static string Show(TraverseRow row) => $"{ViewDump.Show(row.Reference)} {string.Join(", ", row.Properties)}";
}

/// <summary>The rows that are found as often, and at the same place, throughout.</summary>
internal sealed class UnchangedRows
{
    private readonly TraverseQuery _query;
    private readonly Dictionary<ByteString, (int Count, GraphHolon Holon)> _same;

    public UnchangedRows(TraverseQuery query, List<GraphHolon> rows)
    {
        _query = query;
        _same = Count(rows);
    }

    /// <summary>Goes on with what is the same in rows, too. Of too many rows nothing is known.</summary>
    public void Keep(List<GraphHolon>? rows)
    {
        var now = Count(rows ?? []);
        foreach (var (id, (count, holon)) in _same)
            if (!now.TryGetValue(id, out var found) || found.Count != count || !StandsWhere(found.Holon, holon)) _same.Remove(id);
    }

    public List<ByteString> Of(IEnumerable<ByteString> ids) => [.. ids.Where(_same.ContainsKey)];

    private bool StandsWhere(GraphHolon now, GraphHolon before) => _query.OrderBy.All(order =>
        Equals(now.Properties.GetValueOrDefault(order.Property), before.Properties.GetValueOrDefault(order.Property)));

    private static Dictionary<ByteString, (int Count, GraphHolon Holon)> Count(List<GraphHolon> rows) =>
        rows.GroupBy(holon => RandomEdits.Id(holon.Reference)).ToDictionary(each => each.Key, each => (each.Count(), each.First()));
}
