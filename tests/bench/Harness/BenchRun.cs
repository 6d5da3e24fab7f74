using System.Diagnostics;
using Map.Bench.Rows;
using Spectre.Console;

namespace Map.Bench.Harness;

/// <summary>What a run found.</summary>
/// <param name="Settings">How much was measured.</param>
/// <param name="Machine">On what.</param>
/// <param name="Results">The lines of the table.</param>
/// <param name="StartedAt">When.</param>
/// <param name="Duration">How long it took.</param>
internal sealed record BenchReport(
    BenchSettings Settings, MachineFacts Machine, IReadOnlyList<RowResult> Results, DateTimeOffset StartedAt, TimeSpan Duration)
{
    /// <summary>Calls in flight at a time.</summary>
    public const int InFlight = 1;
}

/// <summary>Runs rows one after the other.</summary>
internal static class BenchRun
{
    public static async Task<BenchReport> RunAsync(BenchContext context, IReadOnlyList<Row> rows)
    {
        var startedAt = DateTimeOffset.UtcNow;
        var start = Stopwatch.GetTimestamp();
        var results = new List<RowResult>();
        var machine = MachineFacts.Read(context.ScratchDirectory);
        foreach (var row in rows)
        {
            var isInteractive = AnsiConsole.Profile.Capabilities.Interactive;
            if (!isInteractive) AnsiConsole.WriteLine($"{row.Name} ...");
            results.AddRange(isInteractive ? await WithStatusAsync(context, row) : await row.RunAsync(context));
        }

        return new BenchReport(context.Settings, machine, results, startedAt, Stopwatch.GetElapsedTime(start));
    }

    private static Task<IReadOnlyList<RowResult>> WithStatusAsync(BenchContext context, Row row) =>
        AnsiConsole.Status().StartAsync(row.Name, async status =>
        {
            context.Progress = text => status.Status($"{row.Name}: {text}");
            return await row.RunAsync(context);
        });
}
