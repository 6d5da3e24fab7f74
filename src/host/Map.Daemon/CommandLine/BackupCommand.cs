using System.CommandLine;
using System.Text.Json.Nodes;
using Map.Daemon.Hosting;
using Map.Rpc.Services;
using Map.Storage;
using Map.V1;

namespace Map.Daemon.CommandLine;

/// <summary><c>map-daemon backup</c> and <c>backup list</c>: through the daemon where one runs, else on the directory itself.</summary>
internal static class BackupCommand
{
    private static readonly Argument<string> Destination = new("directory")
    {
        Description = "The directory of backups; made when it is missing",
    };

    private static readonly Option<uint> Keep = new("--keep")
    {
        Description = "How many backups stay there, the newest [default: all]",
        HelpName = "number",
    };

    static BackupCommand() => Keep.Validators.Add(result =>
    {
        if (result.Tokens.Any(token => token.Value == "0")) result.AddError("--keep is at least 1.");
    });

    public static Command Build()
    {
        var list = new Command("list", "List the backups of a directory") { Destination };
        list.SetAction(DaemonClient.ActionAlone(List));
        HelpWithExamples.Add(list, "map-daemon backup list /srv/map-backups");
        var command = new Command("backup", "Back up all spaces, checked, while the daemon runs or without one") { Destination, Keep, list };
        command.SetAction(DaemonClient.ActionOrAlone(AskAsync, RunAlone));
        HelpWithExamples.Add(
            command,
            """
            map-daemon backup /srv/map-backups           add a backup
            map-daemon backup /srv/map-backups --keep 7  and remove all but the newest seven
            map-daemon backup list /srv/map-backups      tell which there are
            map-daemon restore /srv/map-backups --data /srv/map-restored

            Backups in one directory share the files that did not change. Tokens are not in them.
            Exit code 5: spaces that could not be opened or with findings were left out; nothing was removed then.
            """);
        return command;
    }

    private static async Task<int> AskAsync(ParseResult result, DaemonClient client, CancellationToken cancellation)
    {
        var destination = Path.GetFullPath(result.GetRequiredValue(Destination));
        var request = new BackupRequest { Destination = destination, Keep = result.GetValue(Keep) };
        var backup = await WorkProgress.ShowAsync(async progress =>
        {
            BackupInfo? made = null;
            await foreach (var response in client.FollowAsync<BackupRequest, BackupResponse>("MapAdmin/Backup", request, cancellation))
                if (response.Backup is { } done) made = done;
                else progress.Tell(response.Progress.Step, response.Progress.Done, (long)response.Progress.Total);
            return made ?? throw new InvalidDataException("the daemon ended the backup without telling what became of it.");
        });
        return Report(result, backup, destination);
    }

    private static async Task<int> RunAlone(ParseResult result, DaemonPaths paths, CancellationToken cancellation)
    {
        if (!Directory.Exists(Path.Combine(paths.Data, "spaces")))
            return Output.Fail(result, ExitCodes.Refused, $"{paths.Data} is not a data directory. Choose one with --data.");
        PrivateFiles.Prepare(paths.Data);
        var destination = Path.GetFullPath(result.GetRequiredValue(Destination));
        using var catalog = SpaceCatalog.Open(new StorageOptions { DataDirectory = paths.Data });
        var keeper = new SpaceKeeper(catalog, ProductVersion.Short, TimeProvider.System);
        int? keep = result.GetValue(Keep) is var count and > 0 ? (int)Math.Min(count, int.MaxValue) : null;
        var backup = await WorkProgress.ShowAsync(progress => Task.FromResult(keeper.Backup(
            destination, keep, step => progress.Tell(step.Step, step.Done, step.Total), cancellation)));
        return Report(result, KeepingMessages.ToWire(backup), destination);
    }

    private static Task<int> List(ParseResult result, DaemonPaths paths, CancellationToken cancellation)
    {
        var backups = ClosedDirectory.ListBackups(result.GetRequiredValue(Destination));
        var whole = backups.Where(backup => backup.Backup is not null).Select(backup => KeepingMessages.ToWire(backup.Backup!)).ToList();
        var damaged = backups.Where(backup => backup.Backup is null).ToList();
        var exitCode = damaged.Count > 0 ? ExitCodes.Findings : ExitCodes.Ok;
        var json = new JsonObject
        {
            ["backups"] = Output.ToJson(whole),
            ["damaged"] = new JsonArray([.. damaged.Select(backup => JsonValue.Create(backup.Problem))]),
        };
        if (Output.WroteJson(result, json)) return Task.FromResult(exitCode);
        if (backups.Count == 0) Console.WriteLine("There are no backups.");
        else if (whole.Count > 0)
            Output.WriteTable(
                ["BACKUP", "TAKEN", "VERSION", "SIZE", "SPACES"],
                [.. whole.Select(backup => (string[])
                [
                    backup.BackupId, Output.Moment(backup.TakenAt), backup.ProductVersion,
                    Output.Size((ulong)backup.Spaces.Sum(space => (long)space.Bytes)),
                    string.Join(", ", backup.Spaces.Select(space => $"{space.Name} (commit {space.CommitNumber:N0})")),
                ])]);
        foreach (var (_, _, problem) in damaged) Console.Error.WriteLine(problem);
        return Task.FromResult(exitCode);
    }

    private static int Report(ParseResult result, BackupInfo backup, string destination)
    {
        var exitCode = backup.LeftOut.Count > 0 ? ExitCodes.Findings : ExitCodes.Ok;
        if (Output.WroteJson(result, backup)) return exitCode;
        Console.WriteLine(
            $"Backup {backup.BackupId} is in {destination}: {Output.Count(backup.Spaces.Count, "space", "spaces")}, "
            + $"{Output.Size(backup.NewBytes)} added.");
        foreach (var space in backup.Spaces) Console.WriteLine($"  {space.Name} as of commit {space.CommitNumber:N0}");
        foreach (var space in backup.LeftOut) Console.Error.WriteLine(Output.Printable($"  {space.Name} is not in it: {space.Reason}"));
        return exitCode;
    }
}
