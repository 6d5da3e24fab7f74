using System.CommandLine;
using System.Text.Json.Nodes;
using Map.Core.Services;
using Map.Daemon.Hosting;
using Map.Rpc.Services;
using Map.Storage;
using Map.V1;

namespace Map.Daemon.CommandLine;

/// <summary><c>map-daemon verify</c>: through the daemon where one runs, else on the directory itself.</summary>
internal static class VerifyCommand
{
    private static readonly Option<string?> Space = new("--space")
    {
        Description = "The space to check [default: all]",
        HelpName = "name",
    };

    public static Command Build()
    {
        var command = new Command("verify", "Check everything that is saved, and say what is wrong where") { Space };
        command.SetAction(DaemonClient.ActionOrAlone(AskAsync, RunAlone));
        HelpWithExamples.Add(
            command,
            """
            map-daemon verify                        all spaces; while a daemon runs, commits go on meanwhile
            map-daemon verify --space notes --json   one space, for programs
            map-daemon verify --data /srv/map        of another data directory

            Reads every row, and so checks each block of each table file. While a daemon runs, it also judges all holons by
            their types; what does not follow them is told as a warning. Changes nothing.
            Exit code 0: nothing was found, or warnings alone; 5: something was. What to do: docs/operations.md
            """);
        return command;
    }

    private static async Task<int> AskAsync(ParseResult result, DaemonClient client, CancellationToken cancellation)
    {
        var request = new VerifyRequest { Space = result.GetValue(Space) ?? "" };
        var spaces = await WorkProgress.ShowAsync(async progress =>
        {
            var verified = new List<VerifiedSpace>();
            await foreach (var response in client.FollowAsync<VerifyRequest, VerifyResponse>("MapAdmin/Verify", request, cancellation))
                if (response.Space is { } space) verified.Add(space);
                else progress.Tell($"Checking {response.Progress.Step}", response.Progress.Done, (long)response.Progress.Total);
            return verified;
        });
        return Report(result, spaces);
    }

    private static async Task<int> RunAlone(ParseResult result, DaemonPaths paths, CancellationToken cancellation)
    {
        PrivateFiles.Prepare(paths.Data);
        using var directory = ClosedDirectory.Open(new StorageOptions { DataDirectory = paths.Data }, TimeProvider.System);
        var name = result.GetValue(Space);
        var chosen = directory.Spaces
            .Where(space => name is null || string.Equals(space.Name, name, StringComparison.OrdinalIgnoreCase))
            .OrderBy(space => space.Name, StringComparer.OrdinalIgnoreCase).ToList();
        if (name is not null && chosen.Count == 0) throw new StoreException($"There is no space \"{name}\" in {paths.Data}.");
        var spaces = await WorkProgress.ShowAsync(progress => Task.FromResult(chosen.ConvertAll(space => KeepingMessages.ToWire(
            space,
            directory.Verify(
                space, step => progress.Tell($"Checking {step.Step} of {space.Name}", step.Done, step.Total), cancellation)))));
        return Report(result, spaces);
    }

    private static int Report(ParseResult result, List<VerifiedSpace> spaces)
    {
        var exitCode = spaces.Exists(space => space.FindingCount > 0) ? ExitCodes.Findings : ExitCodes.Ok;
        if (Output.WroteJson(result, new JsonObject { ["spaces"] = Output.ToJson(spaces) })) return exitCode;
        if (spaces.Count == 0) Console.WriteLine("There are no spaces.");
        foreach (var space in spaces)
        {
            var what = space.HasLastCommit ? $"commit {space.LastCommit:N0}, {space.Rows:N0} rows read" : "could not be opened";
            var verdict = space.FindingCount == 0 ? "nothing found" : Output.Count((long)space.FindingCount, "finding", "findings");
            Console.WriteLine($"{space.Name}: {verdict} ({what})");
            foreach (var finding in space.Findings) Console.WriteLine(Output.Printable($"  {finding.Part}: {finding.Message}"));
            var rest = (long)space.FindingCount - space.Findings.Count;
            if (rest > 0) Console.WriteLine($"  and {rest:N0} more, which are not listed.");
            Warn(space);
        }

        return exitCode;
    }

    /// <summary>Tells what is sound as data, and so no finding, but not as the types now have it.</summary>
    private static void Warn(VerifiedSpace space)
    {
        if (space.WarningCount == 0) return;
        var holons = space.WarningCount == 1 ? "1 holon does" : $"{space.WarningCount:N0} holons do";
        Console.WriteLine($"  Warning: {holons} not follow their types, which were changed since or are only reported on.");
        foreach (var sentence in space.Warnings) Console.WriteLine(Output.Printable($"    {sentence}"));
        var rest = (long)space.WarningCount - space.Warnings.Count;
        if (rest > 0) Console.WriteLine($"    and {rest:N0} more, which are not listed.");
    }
}
