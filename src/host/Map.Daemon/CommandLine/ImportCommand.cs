using System.CommandLine;
using System.Text.Json.Nodes;
using Map.Rpc;
using Map.V1;

namespace Map.Daemon.CommandLine;

/// <summary><c>map-daemon import</c>: files into a space, as one set, in one transaction.</summary>
internal static class ImportCommand
{
    private static readonly Option<string> Space = new("--space") { Description = "The space to import into", Required = true };

    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Report errors, and change nothing in any case" };

    private static readonly Argument<string[]> Files = new("files")
    {
        Description = "Files in the import format; they may refer to each other",
        Arity = ArgumentArity.OneOrMore,
    };

    static ImportCommand() => Files.Validators.Add(CommonOptions.RequireFiles("*.json"));

    public static Command Build()
    {
        var command = new Command("import", "Import files into a space, all of them or none") { Space, DryRun, Files };
        command.SetAction(DaemonClient.Action(ImportAsync));
        HelpWithExamples.Add(
            command,
            """
            map-daemon import --space notes *.json
            map-daemon import --space notes --dry-run *.json   # every error with file:line:column
            """);
        return command;
    }

    private static async Task<int> ImportAsync(ParseResult result, DaemonClient client, CancellationToken cancellation)
    {
        var files = result.GetRequiredValue(Files);
        // Told once the progress is wiped from the terminal.
        var notes = new List<string>();
        try
        {
            var outcome = await WorkProgress.ShowAsync(async progress =>
            {
                progress.Begin("Uploading", files.Sum(file => new FileInfo(file).Length));
                var content = await client.PutContentAsync(Upload.ChunksOf(files, progress.Advance), cancellation);
                cancellation.ThrowIfCancellationRequested();
                // Not to be interrupted: a transaction that nobody knows of would stay open.
                var transaction = await BeginAsync(result, client);
                return await RunAsync(new Import(client, transaction, content, result.GetValue(DryRun), notes), progress, cancellation);
            });
            return Report(result, outcome, files.Length);
        }
        finally
        {
            foreach (var note in notes) await Console.Error.WriteLineAsync(note);
        }
    }

    private static async Task<TransactionId> BeginAsync(ParseResult result, DaemonClient client)
    {
        var begin = new BeginTransactionRequest
        {
            Space = new SpaceSelector { Name = result.GetRequiredValue(Space) },
            Label = "import",
            Client = "map-daemon import",
        };
        var begun = await client.CallAsync<BeginTransactionRequest, BeginTransactionResponse>(
            "MapSpaces/BeginTransaction", begin, CancellationToken.None);
        return begun.TransactionId;
    }

    private static async Task<Outcome> RunAsync(Import import, WorkProgress progress, CancellationToken cancellation)
    {
        var isOpen = true;
        using var end = new CancellationTokenSource();
        progress.Begin("Loading");
        var following = progress.IsShown ? FollowAsync(import, progress, end.Token) : Task.CompletedTask;
        try
        {
            var load = new LoadHolonsCommand { ContentIds = { import.Content.ContentIds } };
            var loaded = await import.Client.ExecuteAsync(
                import.Transaction, new MutationCommand { LoadHolons = load }, cancellation);
            if (!loaded.Success || import.IsDryRun) return new Outcome(loaded, null);
            var committed = await import.Client.ExecuteAsync(
                import.Transaction, new MutationCommand { Commit = new CommitCommand() }, cancellation);
            isOpen = !committed.Success;
            return new Outcome(loaded, committed);
        }
        finally
        {
            await end.CancelAsync();
            await following;
            // Whatever happened, nothing stays open behind it.
            if (isOpen) await RollbackAsync(import, cancellation.IsCancellationRequested);
        }
    }

    /// <summary>Shows how far the load is, and then the commit.</summary>
    private static async Task FollowAsync(Import import, WorkProgress progress, CancellationToken cancellation)
    {
        var request = new WatchTransactionRequest { TransactionId = import.Transaction };
        try
        {
            var all = import.Client.FollowAsync<WatchTransactionRequest, WatchTransactionResponse>(
                "MapSpaces/WatchTransaction", request, cancellation);
            await foreach (var news in all)
            {
                if (news.Progress is not { } at) continue;
                var work = news.Transaction.Status == TransactionStatus.Committing ? "Committing" : "Loading";
                progress.Tell($"{work}: {at.Step}", at.Done, (long)at.Total);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or GrpcStatusException)
        {
            // Only the sight of it is lost: what became of the import, its commands tell.
        }
    }

    /// <summary>Rolls back, after a commit that is still running. A commit that won the race stays.</summary>
    private static async Task RollbackAsync(Import import, bool isInterrupted)
    {
        var retry = TimeSpan.FromMilliseconds(100);
        try
        {
            while (true)
            {
                var rollback = new MutationCommand { Rollback = new RollbackCommand() };
                var response = await import.Client.ExecuteAsync(import.Transaction, rollback, CancellationToken.None);
                if (response.Success)
                {
                    if (isInterrupted) import.Notes.Add("The import was rolled back: nothing was changed.");
                    return;
                }

                switch (response.Errors[0].Code)
                {
                    case ErrorCode.CommitInProgress:
                        await Task.Delay(retry);
                        continue;
                    case ErrorCode.TransactionCommitted:
                        import.Notes.Add("The import was complete already: its holons are in the space.");
                        return;
                    default:
                        import.Notes.Add($"The transaction could not be rolled back: {response.Errors[0].Message}");
                        return;
                }
            }
        }
        catch (GrpcStatusException)
        {
            // The daemon is gone, and open transactions with it. What the caller reports came first.
        }
    }

    private static int Report(ParseResult result, Outcome outcome, int files)
    {
        var last = outcome.Committed ?? outcome.Loaded;
        if (!last.Success)
        {
            Output.WriteFindings(last.Errors);
            // Where there are too many, the last one only tells how many more.
            var isCut = last.Errors[^1].Code == ErrorCode.MoreErrors;
            var errors = Output.Count(last.Errors.Count - (isCut ? 1 : 0), "error", "errors") + (isCut ? " and more" : "");
            var message = $"{errors} in {Output.Count(files, "file", "files")}; nothing was changed.";
            return Output.Fail(result, ExitCodes.Refused, message, last);
        }

        Output.WriteFindings([.. outcome.Loaded.Errors, .. outcome.Committed?.Errors ?? []], "warning: ");
        var load = outcome.Loaded.Body.Load;
        var commit = outcome.Committed?.Body.Commit.CommitNumber;
        // Numbers as strings, like the JSON form of the messages.
        var json = new JsonObject
        {
            ["holons"] = $"{load.Holons}",
            ["targets"] = $"{load.Targets}",
            ["updated"] = $"{load.Updated}",
            ["commitNumber"] = commit is null ? null : $"{commit}",
        };
        if (Output.WroteJson(result, json)) return ExitCodes.Ok;
        var counts = $"{Output.Count((long)load.Holons, "holon", "holons")} and {Output.Count((long)load.Targets, "link", "links")}";
        // Those given by inverse names may belong to holons that the space had already.
        var updated = load.Updated == 0 ? "" : $" Links were added to {Output.Count((long)load.Updated, "saved holon", "saved holons")}.";
        Console.WriteLine(commit is null
            ? $"The files have {counts}, without errors. Nothing was changed."
            : $"Imported {counts} as commit {commit}.{updated}");
        return ExitCodes.Ok;
    }

    /// <summary>One import under way.</summary>
    private sealed record Import(
        DaemonClient Client, TransactionId Transaction, PutContentResponse Content, bool IsDryRun, List<string> Notes);

    /// <summary>What the daemon answered; no commit where none was asked for.</summary>
    private sealed record Outcome(MapResponse Loaded, MapResponse? Committed);
}
