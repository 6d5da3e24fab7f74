using System.CommandLine;
using System.Text.Json.Nodes;
using Map.V1;

namespace Map.Daemon.CommandLine;

/// <summary><c>map-daemon export</c>: what a space holds, or what a query finds in it, as one file in the import format.</summary>
internal static class ExportCommand
{
    private static readonly Option<string> Space = new("--space") { Description = "The space to export", Required = true };

    private static readonly Option<string?> ToFile = CommonOptions.NewPath(
        "--output", "file", "The file to write [default: standard output]");

    private static readonly Option<bool> Force = new("--force") { Description = "Also over a file that is there" };

    private static readonly Option<bool> Closed = new("--closed") { Description = "Leave out links to holons that are not exported" };

    private static readonly Option<bool> CoreSchema = new("--core-schema")
    {
        Description = "Take along the core schema, for a space made with --schema none",
    };

    private static readonly Option<ulong?> At = new("--at")
    {
        Description = "The space as of this commit [default: the latest]",
        HelpName = "commit",
    };

    public static Command Build()
    {
        var command = new Command("export", "Write the holons of a space as one file in the import format")
        {
            Space, ToFile, Force, Closed, CoreSchema, At,
        };
        command.Validators.Add(result =>
        {
            var path = result.GetValue(ToFile);
            if (path is null && result.GetValue(CommonOptions.Json)) result.AddError("--json needs --output: the export itself goes to standard output.");
            if (path is null) return;
            if (Directory.Exists(path)) result.AddError($"'{path}' is a directory.");
            else if (File.Exists(path) && !result.GetValue(Force)) result.AddError($"There is a file '{path}' already; --force replaces it.");
        });
        command.SetAction(DaemonClient.Action(ExportAsync));
        HelpWithExamples.Add(
            command,
            """
            map-daemon export --space notes --output notes.json
            map-daemon export --space notes | gzip > notes.json.gz
            map-daemon export --space notes --at 12 --output before.json  # as of an earlier commit
            map-daemon import --space copy notes.json                     # makes the same graph

            The same holons give the same bytes, so that files can be compared and kept under version control. The core schema
            is not in the file, since a new space has it. History, versions and ids are not either: see map-daemon backup.
            """);
        return command;
    }

    private static async Task<int> ExportAsync(ParseResult result, DaemonClient client, CancellationToken cancellation)
    {
        // Not to be interrupted: a transaction that nobody knows of would stay open.
        var transaction = await BeginAsync(result, client);
        try
        {
            var request = new ExportRequest
            {
                TransactionId = transaction,
                Closed = result.GetValue(Closed),
                WithCoreSchema = result.GetValue(CoreSchema),
            };
            var path = result.GetValue(ToFile);
            await using var output = path is null
                ? new ExportOutput(Console.OpenStandardOutput())
                : new ExportOutput(path, result.GetValue(Force));
            // On a terminal the export is shown, and not how far it is.
            var isShown = path is not null || Console.IsOutputRedirected;
            var summary = await WorkProgress.ShowAsync(progress => WriteAsync(client, request, output, progress, cancellation), isShown);
            return await ReportAsync(result, summary, path);
        }
        finally
        {
            await RollbackAsync(client, transaction);
        }
    }

    private static async Task<TransactionId> BeginAsync(ParseResult result, DaemonClient client)
    {
        var begin = new BeginTransactionRequest
        {
            Space = new SpaceSelector { Name = result.GetRequiredValue(Space) },
            Label = "export",
            Client = "map-daemon export",
        };
        if (result.GetValue(At) is { } commit) begin.Snapshot = commit;
        var begun = await client.CallAsync<BeginTransactionRequest, BeginTransactionResponse>(
            "MapSpaces/BeginTransaction", begin, CancellationToken.None);
        return begun.TransactionId;
    }

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

    /// <summary>Ends the transaction, in which nothing was staged. One that stays open would expire.</summary>
    private static async Task RollbackAsync(DaemonClient client, TransactionId transaction)
    {
        try
        {
            await client.ExecuteAsync(transaction, new MutationCommand { Rollback = new RollbackCommand() }, CancellationToken.None);
        }
        catch (Rpc.GrpcStatusException)
        {
            // The daemon is gone. What the caller reports came first.
        }
    }

    private static async Task<int> ReportAsync(ParseResult result, ExportSummary summary, string? path)
    {
        if (summary.ChangedCoreHolons > 0)
            await Console.Error.WriteLineAsync(
                $"warning: {Output.Count((long)summary.ChangedCoreHolons, "holon", "holons")} of the core schema changed in this space, and changes of it are not "
                + "in the file. --core-schema takes it along, for a space made with --schema none.");
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
