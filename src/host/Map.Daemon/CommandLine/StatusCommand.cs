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
        return ExitCodes.Ok;
    }

    /// <summary>Work that did not come back after a restart: told when there is any.</summary>
    private static (string, string)[] SetAside(GetStatusResponse status) => status.JournalsSetAside > 0
        ? [("not brought back", $"{status.JournalsSetAside:N0} transactions (see the log)")]
        : [];
}
