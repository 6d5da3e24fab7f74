using System.Text;
using Map.Bench.Harness;

namespace Map.Bench.Reports;

/// <summary>The report as a page.</summary>
internal static class MarkdownReport
{
    public static Task WriteAsync(BenchReport report, string path)
    {
        var page = new StringBuilder("# Benchmarks\n\n");
        foreach (var (name, value) in Format.Facts(report)) page.Append($"- {name}: {value}\n");
        page.Append("\n| What | Against | Ratio | 10-90 % | Bar | |\n|---|---|---|---|---|---|\n");
        foreach (var row in report.Results)
        {
            page.Append($"| {row.Name} | {row.Against} | {Format.Value(row.Value, row.Bar.Unit)} | {Format.Spread(row)} ");
            page.Append($"| {Format.Bar(row.Bar)} | {Format.Verdict(row)} |\n");
        }

        page.Append("\n| What | Medians |\n|---|---|\n");
        foreach (var row in report.Results) page.Append($"| {row.Name} | {Format.Figures(row)} |\n");
        return File.WriteAllTextAsync(path, page.ToString());
    }
}
