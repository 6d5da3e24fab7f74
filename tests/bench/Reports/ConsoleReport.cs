using Map.Bench.Harness;
using Spectre.Console;

namespace Map.Bench.Reports;

/// <summary>The table on the console.</summary>
internal static class ConsoleReport
{
    private const int RedirectedWidth = 160;

    public static void Print(BenchReport report)
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = RedirectedWidth;
            AnsiConsole.Profile.Capabilities.Ansi = false;
        }

        var table = new Table().RoundedBorder();
        foreach (var column in new[] { "What", "Against", "Ratio", "10-90 %", "Bar", "" }) table.AddColumn(column);
        table.Columns[2].RightAligned();
        foreach (var row in report.Results)
        {
            table.AddRow(
                Markup.Escape(row.Name),
                Markup.Escape(row.Against),
                Format.Value(row.Value, row.Bar.Unit),
                Format.Spread(row),
                Format.Bar(row.Bar),
                $"[{(row.MeetsBar ? "green" : "red")}]{Format.Verdict(row)}[/]");
        }

        AnsiConsole.Write(table);
        foreach (var row in report.Results) AnsiConsole.MarkupLineInterpolated($"[dim]{row.Name}: {Format.Figures(row)}[/]");
        foreach (var (name, value) in Format.Facts(report)) AnsiConsole.MarkupLineInterpolated($"[bold]{name}[/] {value}");
    }
}
