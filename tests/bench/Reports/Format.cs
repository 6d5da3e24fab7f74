using Map.Bench.Harness;

namespace Map.Bench.Reports;

/// <summary>Figures as people read them.</summary>
internal static class Format
{
    public static string Value(double value, string unit) => unit == "x" ? $"{value:0.00}" : $"{Number(value)} {unit}";

    public static string Spread(RowResult row) => $"{Value(row.Low, row.Bar.Unit)} to {Value(row.High, row.Bar.Unit)}";

    public static string Bar(Bar bar) => bar.Limit is { } limit
        ? $"{(bar.IsMostAllowed ? "at most" : "at least")} {limit:0.##}{(bar.Unit == "x" ? "" : $" {bar.Unit}")}"
        : "none";

    public static string Verdict(RowResult row) =>
        row.Bar.Limit is null ? "" : (row.MeetsBar ? "met" : "missed") + (row.IsUnsure ? ", unsure" : "");

    public static string Figures(RowResult row) =>
        string.Join(", ", row.Figures.Select(figure => $"{figure.Name} {Number(figure.Value)} {figure.Unit}".TrimEnd()));

    public static IEnumerable<(string Name, string Value)> Facts(BenchReport report)
    {
        var machine = report.Machine;
        var settings = report.Settings;
        yield return ("Machine", $"{machine.Cores} x {machine.Processor}, {machine.MemoryBytes / (double)(1 << 30):0.0} GiB, load {machine.LoadBefore:0.00} before the run");
        yield return ("System", $"{machine.OperatingSystem}; {machine.Runtime}; data on {machine.FileSystem}");
        yield return ("Method", $"{settings.Name}: {settings.Rounds} rounds of {settings.Calls} calls after {settings.WarmUpCalls:N0}, {settings.LoadRounds} loads; unix socket, {BenchReport.InFlight} call in flight unless told");
        yield return ("Run", $"{report.StartedAt:yyyy-MM-dd HH:mm} UTC, {report.Duration.TotalSeconds:0} s");
    }

    private static string Number(double value) => value switch
    {
        >= 100 => $"{value:N0}",
        >= 10 => $"{value:0.0}",
        _ => $"{value:0.###}",
    };
}
