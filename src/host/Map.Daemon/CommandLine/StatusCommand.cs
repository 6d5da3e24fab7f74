using System.CommandLine;
using Map.V1;
using Spectre.Console;

namespace Map.Daemon.CommandLine;

/// <summary><c>map-daemon status</c>.</summary>
internal static class StatusCommand
{
    public static Command Build()
    {
        var command = new Command("status", "Tell whether a daemon runs, and how it is");
        command.SetAction((result, cancellation) => DaemonClient.RunAsync(
            result, (client, token) => WriteAsync(result, client, token), cancellation));
        return command;
    }

    private static async Task<int> WriteAsync(ParseResult result, DaemonClient client, CancellationToken cancellation)
    {
        var status = await client.CallAsync<GetStatusRequest, GetStatusResponse>("MapAdmin/GetStatus", new GetStatusRequest(), cancellation);
        if (Output.WroteJson(result, status)) return ExitCodes.Ok;
        var grid = new Grid().AddColumn().AddColumn();
        grid.AddRow("version", status.ProductVersion.EscapeMarkup());
        grid.AddRow("process", status.ProcessId.ToString());
        grid.AddRow("started", Output.Moment(status.StartedAt));
        grid.AddRow("data", status.DataDirectory.EscapeMarkup());
        foreach (var endpoint in status.Endpoints) grid.AddRow("endpoint", endpoint.EscapeMarkup());
        grid.AddRow("spaces", status.Spaces.ToString());
        grid.AddRow("open transactions", status.OpenTransactions.ToString());
        grid.AddRow("memory", Output.Size(status.MemoryBytes));
        AnsiConsole.Write(grid);
        return ExitCodes.Ok;
    }
}
