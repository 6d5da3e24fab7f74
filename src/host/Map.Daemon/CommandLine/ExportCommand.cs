using System.CommandLine;
using System.Text.Json.Nodes;
using Map.Daemon.CommandLine.Queries;
using Map.Rpc;
using Map.V1;

namespace Map.Daemon.CommandLine;

/// <summary><c>map-daemon export</c>: what a space holds, or what a query finds in it, as one file in the import format.</summary>
internal static class ExportCommand
{
    /// <summary>What fields of a query are called in a request.</summary>
    private const string Selection = "selection.";

    private static readonly Option<string> Space = new("--space") { Description = "The space to export", Required = true };

    private static readonly Option<string?> ToFile = CommonOptions.NewPath(
        "--output", "file", "The file to write [default: standard output]");

    private static readonly Option<bool> Force = new("--force") { Description = "Also over a file that is there" };

    private static readonly Option<bool> Closed = new("--closed") { Description = "Leave out links to holons that are not exported" };

    private static readonly Option<bool> CoreSchema = new("--core-schema")
    {
        Description = "Take along the core schema, for a space made with --no-schema",
    };

    private static readonly Option<string?> Query = new("--query")
    {
        Description = "Only what this query finds: a file as docs/queries.md describes it, '-' for standard input, or the query itself as JSON",
        HelpName = "query",
    };

    static ExportCommand() => Query.Validators.Add(QueryInput.Check);

    public static Command Build()
    {
        var command = new Command("export", "Write the holons of a space as one file in the import format")
        {
            Space, ToFile, Force, Query, Closed, CoreSchema, CommonOptions.At,
        };
        command.Validators.Add(result =>
        {
            var path = result.GetValue(ToFile);
            if (path is null && result.GetValue(CommonOptions.Json))
                result.AddError("--json needs --output: the export itself goes to standard output.");
            if (path is null) return;
            if (Directory.Exists(path)) result.AddError($"'{path}' is a directory.");
            else if (File.Exists(path) && !result.GetValue(Force)) result.AddError($"There is a file '{path}' already; --force replaces it.");
        });
        command.SetAction(RunAsync);
        HelpWithExamples.Add(
            command,
            """
            map-daemon export --space notes --output notes.json
            map-daemon export --space notes | gzip > notes.json.gz
            map-daemon export --space notes --query '{"from": "Book"}' --closed --output books.json
            map-daemon export --space notes --at 12 --output before.json  # as of an earlier commit
            map-daemon import --space copy notes.json                     # makes the same graph

            The same holons give the same bytes, so that files can be compared and kept under version control. The core schema
            is not in the file, since a new space has it. History, versions and ids are not either: see map-daemon backup.
            """);
        return command;
    }

    /// <summary>What is wrong with a query is told before a daemon is asked.</summary>
    private static async Task<int> RunAsync(ParseResult result, CancellationToken cancellation)
    {
        var query = result.GetValue(Query) is { } text ? await QueryInput.ReadAsync(text) : null;
        if (query?.Problems.Count > 0) return QueryErrors.Report(result, query);
        return await DaemonClient.Action((_, client, interruption) => ExportAsync(result, client, query, interruption))(result, cancellation);
    }

    private static async Task<int> ExportAsync(ParseResult result, DaemonClient client, ParsedQuery? query, CancellationToken cancellation)
    {
        await using var transaction = await ReadTransaction.BeginAsync(
            client, result.GetRequiredValue(Space), result.GetValue(CommonOptions.At), "export");
        var request = new ExportRequest
        {
            TransactionId = transaction.Id,
            Selection = query?.Message,
            Closed = result.GetValue(Closed),
            WithCoreSchema = result.GetValue(CoreSchema),
        };
        var path = result.GetValue(ToFile);
        await using var output = path is null
            ? new ExportOutput(Console.OpenStandardOutput())
            : new ExportOutput(path, result.GetValue(Force));
        // On a terminal the export is shown, and not how far it is.
        var isShown = path is not null || Console.IsOutputRedirected;
        try
        {
            var summary = await WorkProgress.ShowAsync(progress => WriteAsync(client, request, output, progress, cancellation), isShown);
            return await ReportAsync(result, summary, path);
        }
        catch (GrpcStatusException e) when (query is not null && OfQuery(e) is { } error)
        {
            error.Field = error.Field[Selection.Length..];
            return QueryErrors.Report(result, query, new MapResponse { Errors = { error } });
        }
    }

    /// <summary>The error, if it is one of the query.</summary>
    private static HolonError? OfQuery(GrpcStatusException failure) =>
        failure.GetDetail<HolonError>() is { } error && error.Field.StartsWith(Selection, StringComparison.Ordinal) ? error : null;

    private static async Task<ExportSummary> WriteAsync(
        DaemonClient client, ExportRequest request, ExportOutput output, WorkProgress progress, CancellationToken cancellation)
    {
        var summary = default(ExportSummary);
        await foreach (var part in client.FollowAsync<ExportRequest, ExportResponse>("MapSpaces/Export", request, cancellation))
        {
            await output.WriteAsync(part.Chunk.Memory, cancellation);
            if (part.Progress is { } at) progress.Tell(at.Step, at.Done, (long)at.Total);
            summary = part.Summary;
        }

        if (summary is null) throw new InvalidDataException("the daemon ended the export before its end.");
        await output.FinishAsync(cancellation);
        return summary;
    }

    private static async Task<int> ReportAsync(ParseResult result, ExportSummary summary, string? path)
    {
        if (summary.ChangedCoreHolons > 0)
            await Console.Error.WriteLineAsync(
                $"warning: {Output.Count((long)summary.ChangedCoreHolons, "holon", "holons")} of the core schema changed in this space, "
                + "and changes of it are not in the file. --core-schema takes it along, for a space made with --no-schema.");
        // Numbers as strings, like the JSON form of the messages.
        var json = new JsonObject
        {
            ["holons"] = $"{summary.Holons}",
            ["links"] = $"{summary.Links}",
            ["outsideLinks"] = $"{summary.OutsideLinks}",
            ["changedCoreHolons"] = $"{summary.ChangedCoreHolons}",
        };
        if (Output.WroteJson(result, json)) return ExitCodes.Ok;
        var counts = $"{Output.Count((long)summary.Holons, "holon", "holons")} and {Output.Count((long)summary.Links, "link", "links")}";
        var outside = summary.OutsideLinks == 0 ? ""
            : result.GetValue(Closed) ? $" {Output.Count((long)summary.OutsideLinks, "link", "links")} to others left out."
            : $" {Output.Count((long)summary.OutsideLinks, "link leads", "links lead")} to holons that have to be where it is imported.";
        var text = $"Exported {counts}{(path is null ? "" : $" to {path}")}.{outside}";
        await (path is null ? Console.Error : Console.Out).WriteLineAsync(Output.Printable(text));
        return ExitCodes.Ok;
    }
}
