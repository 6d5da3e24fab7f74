using System.CommandLine;
using Map.Daemon.CommandLine.Queries;
using Map.V1;

namespace Map.Daemon.CommandLine;

/// <summary><c>map-daemon query</c>: asks a query over many hops.</summary>
internal static class QueryCommand
{
    private static readonly Option<string> Space = new("--space") { Description = "The space to ask", Required = true };

    private static readonly Argument<string?> Whole = new("query")
    {
        Description = "A file with a query as docs/queries.md describes it, '-' for standard input, or the query itself as JSON",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<bool> Explain = new("--explain")
    {
        Description = "Print how the query is worked out and what that reads up to 1,000 rows, instead of rows",
    };

    static QueryCommand() => Whole.Validators.Add(QueryInput.Check);

    public static Command Build()
    {
        var command = new Command("query", "Ask a question that goes over several relationships") { Space, Whole, CommonOptions.At, Explain };
        foreach (var option in QueryOptions.All) command.Options.Add(option);
        command.Validators.Add(result =>
        {
            var options = QueryOptions.All.Where(option => result.GetResult(option) is { Implicit: false }).Select(option => option.Name).ToArray();
            if (result.GetResult(Whole) is { Tokens.Count: > 0 } && options.Length > 0)
                result.AddError($"A query that is given whole and {string.Join(", ", options)} exclude each other.");
        });
        command.SetAction(RunAsync);
        HelpWithExamples.Add(
            command,
            """
            map-daemon query --space library --from Book --where "PublicationYear < 1820" --select Title,PublicationYear
            map-daemon query --space library --key "Austen, Jane" --follow AuthorOf --follow AboutSubject --distinct
            map-daemon query --space library --from Subject --follow BroaderSubject --depth 1..3 --order-by Name --limit 10
            map-daemon query --space library --from Person --order-by -BirthYear --json | jq -r .key
            map-daemon query --space library question.json --explain

            Steps (--where, --follow with --depth) happen in the order in which they stand. A condition is one of
              NAME = VALUE    also != < <= > >=, ~ (contains), ^= (starts with)
              NAME in (A, B)  one of these
              NAME, !NAME     there is a value, there is none
            A value is a number, true, false or text; in quotes ('…' or "…") it is always text.
            """);
        return command;
    }

    /// <summary>What is wrong with a query is told before a daemon is asked.</summary>
    private static async Task<int> RunAsync(ParseResult result, CancellationToken cancellation)
    {
        ParsedQuery query;
        if (result.GetValue(Whole) is { } whole)
        {
            query = await QueryInput.ReadAsync(whole);
            if (query.Problems.Count > 0) return QueryErrors.Report(result, query);
        }
        else
        {
            query = QueryOptions.Read(result);
            if (query.Problems.Count > 0)
                return WrongUsage.Report(result, [.. query.Problems.Select(problem => $"{problem.Place}: {problem.Message}")]);
        }

        return await DaemonClient.Action((_, client, interruption) => AskAsync(result, client, query, interruption))(result, cancellation);
    }

    private static async Task<int> AskAsync(ParseResult result, DaemonClient client, ParsedQuery query, CancellationToken cancellation)
    {
        await using var transaction = await ReadTransaction.BeginAsync(client, result.GetRequiredValue(Space), result.GetValue(CommonOptions.At), "query");
        var rows = new QueryRows(client, transaction.Id, query.Message);
        try
        {
            if (result.GetValue(Explain))
            {
                var plan = await rows.ExplainAsync(cancellation);
                if (!Output.WroteJson(result, plan)) QueryOutput.WritePlan(plan);
                return ExitCodes.Ok;
            }

            var count = result.GetValue(CommonOptions.Json)
                ? await QueryOutput.WriteJsonAsync(rows, cancellation)
                : await QueryOutput.WriteTableAsync(rows, cancellation);
            await Console.Error.WriteLineAsync(Output.Count(count, "row", "rows"));
            return ExitCodes.Ok;
        }
        catch (QueryRefusedException e)
        {
            return QueryErrors.Report(result, query, e.Response);
        }
    }
}
