using System.CommandLine;
using Map.Daemon.Hosting;
using Map.Rpc.Services;
using Map.Storage;

namespace Map.Daemon.CommandLine;

/// <summary><c>map-daemon restore</c>: a new data directory of a backup; needs no daemon.</summary>
internal static class RestoreCommand
{
    private static readonly Argument<string> Source = new("directory") { Description = "The directory of backups" };

    private static readonly Option<string?> Id = new("--id")
    {
        Description = "Which backup, as \"map-daemon backup list\" tells [default: the newest]",
        HelpName = "backup",
    };

    public static Command Build()
    {
        var command = new Command("restore", "Make a new data directory of a backup") { Source, Id };
        command.SetAction(DaemonClient.ActionAlone(RunAsync));
        HelpWithExamples.Add(
            command,
            """
            map-daemon restore /srv/map-backups --data /srv/map-restored
            map-daemon restore /srv/map-backups --id 20260102T030405.678Z --data /srv/map-restored
            map-daemon run --data /srv/map-restored

            The data directory must be missing or empty: nothing is overwritten. It appears when all of it is checked.
            Tokens are not in backups; make new ones.
            """);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult result, DaemonPaths paths, CancellationToken cancellation)
    {
        PrivateFiles.Prepare(paths.Data);
        var backup = await WorkProgress.ShowAsync(progress => Task.FromResult(ClosedDirectory.Restore(
            result.GetRequiredValue(Source), result.GetValue(Id), new StorageOptions { DataDirectory = paths.Data },
            TimeProvider.System, step => progress.Tell(step.Step, step.Done, step.Total), cancellation)));
        if (Output.WroteJson(result, KeepingMessages.ToWire(backup))) return ExitCodes.Ok;
        Console.WriteLine($"Restored backup {backup.Id} to {paths.Data}:");
        foreach (var space in backup.Spaces) Console.WriteLine($"  {space.Space.Name} as of commit {space.Commit:N0}");
        foreach (var space in backup.LeftOut) Console.Error.WriteLine($"  {space.Name} is not in it: {space.Reason}");
        return ExitCodes.Ok;
    }
}
