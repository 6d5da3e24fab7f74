using System.CommandLine;
using Map.V1;

namespace Map.Daemon.CommandLine;

/// <summary><c>map-daemon status</c>.</summary>
internal static class StatusCommand
{
    public static Command Build()
    {
        var command = new Command("status", "Tell whether a daemon runs, and how it is");
        command.SetAction(DaemonClient.Action(WriteAsync));
        HelpWithExamples.Add(
            command,
            """
            map-daemon status                        exit code 3 when none runs
            map-daemon status --json | jq .endpoints
            map-daemon status --data /srv/map        of another data directory
            """);
        return command;
    }

    private static async Task<int> WriteAsync(ParseResult result, DaemonClient client, CancellationToken cancellation)
    {
        var status = await client.CallAsync<GetStatusRequest, GetStatusResponse>("MapAdmin/GetStatus", new GetStatusRequest(), cancellation);
        if (Output.WroteJson(result, status)) return ExitCodes.Ok;
        Output.WritePairs(
            [
                ("version", status.ProductVersion),
                ("process", status.ProcessId.ToString()),
                ("started", Output.Moment(status.StartedAt)),
                ("data", status.DataDirectory),
                .. status.Endpoints.Select(endpoint => ("endpoint", endpoint)),
                ("spaces", $"{status.Spaces:N0}"),
                ("open transactions", $"{status.OpenTransactions:N0}"),
                .. SetAside(status),
                ("memory", Output.Size(status.MemoryBytes)),
            ]);
        if (status.SpaceStatuses.Count == 0) return ExitCodes.Ok;
        Console.WriteLine();
        Output.WriteTable(
            ["SPACE", "STATE", "COMMIT", "HOLONS", "DISK", "OPEN", "LAST BACKUP"], [.. status.SpaceStatuses.Select(ToRow)]);
        foreach (var space in status.SpaceStatuses.Where(space => space.Problem.Length > 0))
            Console.WriteLine($"{space.Name}: {space.Problem}");
        return ExitCodes.Ok;
    }

    /// <summary>Work that did not come back after a restart: told when there is any.</summary>
    private static (string, string)[] SetAside(GetStatusResponse status) => status.JournalsSetAside > 0
        ? [("not brought back", $"{status.JournalsSetAside:N0} transactions (see the log)")]
        : [];

    private static string[] ToRow(SpaceStatus space) =>
    [
        space.Name,
        space.State switch
        {
            SpaceState.Open => "open",
            SpaceState.InDoubt => "in doubt",
            SpaceState.Damaged => "damaged",
            _ => "closed",
        },
        space.HasLastCommit ? $"{space.LastCommit:N0}" : "-",
        space.HasHolons ? $"{space.Holons:N0}" : "-",
        Output.Size(space.DiskBytes),
        $"{space.OpenTransactions:N0}",
        space.LastBackup is { } backup ? $"{Output.Moment(backup.TakenAt)} (commit {backup.CommitNumber:N0})" : "-",
    ];
}
