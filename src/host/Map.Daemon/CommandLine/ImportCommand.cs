using System.CommandLine;
using Map.V1;
using Spectre.Console;

namespace Map.Daemon.CommandLine;

/// <summary><c>map-daemon import</c>: files into a space, as one set, in one transaction.</summary>
internal static class ImportCommand
{
    private static readonly Option<string> Space = new("--space") { Description = "The space to import into", Required = true };

    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Report errors, and change nothing in any case" };

    private static readonly Argument<FileInfo[]> Files = new Argument<FileInfo[]>("files")
    {
        Description = "Files in the import format; they may refer to each other",
        Arity = ArgumentArity.OneOrMore,
    }.AcceptExistingOnly();

    public static Command Build()
    {
        var command = new Command("import", "Import files into a space, all of them or none") { Space, DryRun, Files };
        command.SetAction((result, cancellation) => DaemonClient.RunAsync(
            result, (client, token) => ImportAsync(result, client, token), cancellation));
        return command;
    }

    private static async Task<int> ImportAsync(ParseResult result, DaemonClient client, CancellationToken cancellation)
    {
        var files = result.GetRequiredValue(Files);
        var content = await WithProgressAsync(files, sent => client.PutContentAsync(Upload.ChunksOf(files, sent), cancellation));
        var begin = new BeginTransactionRequest
        {
            Space = new SpaceSelector { Name = result.GetRequiredValue(Space) },
            Label = "import",
            Client = "map-daemon import",
        };
        var begun = await client.CallAsync<BeginTransactionRequest, BeginTransactionResponse>("MapSpaces/BeginTransaction", begin, cancellation);
        var load = new MutationCommand { LoadHolons = new LoadHolonsCommand { ContentIds = { content.ContentIds } } };
        try
        {
            var loaded = await client.ExecuteAsync(begun.TransactionId, load, cancellation);
            if (!loaded.Success || result.GetValue(DryRun)) return await EndAsync(client, begun.TransactionId, loaded, files.Length);
            var commit = new MutationCommand { Commit = new CommitCommand() };
            var committed = await client.ExecuteAsync(begun.TransactionId, commit, cancellation);
            if (!committed.Success) return await EndAsync(client, begun.TransactionId, committed, files.Length);
            if (Output.WroteJson(result, loaded.Body.Load)) return ExitCodes.Ok;
            Console.WriteLine(
                $"Imported {loaded.Body.Load.Holons:N0} holons and {loaded.Body.Load.Targets:N0} links as commit {committed.Body.Commit.CommitNumber}.");
            return ExitCodes.Ok;
        }
        catch (OperationCanceledException)
        {
            // Interrupted: nothing stays open behind it. A commit that won the race cannot be rolled back.
            await RollbackAsync(client, begun.TransactionId);
            throw;
        }
    }

    private static async Task<int> EndAsync(DaemonClient client, TransactionId transaction, MapResponse response, int files)
    {
        await RollbackAsync(client, transaction);
        if (response.Success)
        {
            Console.WriteLine($"Nothing was changed. The files have {response.Body.Load.Holons:N0} holons and {response.Body.Load.Targets:N0} links, without errors.");
            return ExitCodes.Ok;
        }

        Output.WriteErrors(response.Errors);
        var errors = response.Errors.Count == 1 ? "1 error" : $"{response.Errors.Count} errors";
        await Console.Error.WriteLineAsync($"map-daemon: {errors} in {files} {(files == 1 ? "file" : "files")}; nothing was changed.");
        return ExitCodes.Refused;
    }

    private static Task<MapResponse> RollbackAsync(DaemonClient client, TransactionId transaction) =>
        client.ExecuteAsync(transaction, new MutationCommand { Rollback = new RollbackCommand() }, CancellationToken.None);

    private static async Task<PutContentResponse> WithProgressAsync(
        FileInfo[] files, Func<Action<int>, Task<PutContentResponse>> upload)
    {
        if (Console.IsErrorRedirected) return await upload(_ => { });
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await console.Progress().AutoClear(true).StartAsync(async progress =>
        {
            var task = progress.AddTask("upload", maxValue: Math.Max(1, files.Sum(file => file.Length)));
            return await upload(sent => task.Increment(sent));
        });
    }
}
