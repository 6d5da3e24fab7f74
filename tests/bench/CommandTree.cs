using System.CommandLine;
using Map.Bench.Harness;
using Map.Bench.Reports;
using Map.Bench.Rows;
using Map.Bench.Server;
using Spectre.Console;

namespace Map.Bench;

/// <summary>The command line.</summary>
internal static class CommandTree
{
    private static readonly Option<DirectoryInfo> Output = new("--output")
    {
        Description = "Where to write bench.json and bench.md",
        DefaultValueFactory = _ => new DirectoryInfo(Path.Combine("artifacts", "bench")),
    };

    private static readonly Option<bool> Quick = new("--quick")
    {
        Description = "Small sizes and few rounds, under half a minute: shows that the suite works, not how fast anything is",
    };

    private static readonly Option<bool> Long = new("--long") { Description = "Also 1,000,000 saved holons, and more past links" };

    private static readonly Option<string[]> Rows = new("--rows")
    {
        Description = "Only these rows, names joined by commas",
        CustomParser = result => [.. result.Tokens.SelectMany(token =>
            token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
    };

    private static readonly Option<DirectoryInfo> Scratch = new("--scratch")
    {
        Description = "Where to make the temporary data directories, on the disk to measure",
        DefaultValueFactory = _ => new DirectoryInfo(Path.GetTempPath()),
    };

    private static readonly Option<DirectoryInfo> ServeData = new("--data") { Required = true };

    public static RootCommand Build()
    {
        var names = string.Join("\n", RowList.All.Select(row => $"  {row.Name,-16}{row.Summary}"));
        var root = new RootCommand($"""
            Measures map-daemon against floors on the machine at hand, each floor in the same run, interleaved with what
            it is the floor of. Prints ratios; asserts nothing. docs/benchmarks.md tells what the rows mean.

            Exit codes: 0 measured; 1 failed, or wrong usage; 130 interrupted.

            Rows:
            {names}
            """)
        {
            Output, Quick, Long, Rows, Scratch, BuildServe(),
        };
        root.Validators.Add(result =>
        {
            if (result.GetValue(Quick) && result.GetValue(Long)) result.AddError("--quick and --long exclude each other.");
            foreach (var name in result.GetValue(Rows) ?? [])
                if (RowList.All.All(row => row.Name != name)) result.AddError($"There is no row \"{name}\"; --help lists them.");
        });
        root.SetAction((result, cancellation) => RunAsync(
            BenchSettings.For(result.GetValue(Quick), result.GetValue(Long)),
            result.GetValue(Rows) is { Length: > 0 } chosen ? chosen : [.. RowList.All.Select(row => row.Name)],
            result.GetValue(Output)!,
            result.GetValue(Scratch)!,
            cancellation));
        return root;
    }

    private static Command BuildServe()
    {
        var serve = new Command("serve", "Run the server under test until standard input ends") { ServeData };
        serve.Hidden = true;
        serve.SetAction((result, cancellation) => ServerHost.RunAsync(result.GetValue(ServeData)!.FullName, cancellation));
        return serve;
    }

    private static async Task<int> RunAsync(
        BenchSettings settings, string[] rows, DirectoryInfo output, DirectoryInfo scratch, CancellationToken cancellation)
    {
        using var context = new BenchContext(settings, scratch, cancellation);
        try
        {
            var report = await BenchRun.RunAsync(context, [.. RowList.All.Where(row => rows.Contains(row.Name))]);
            ConsoleReport.Print(report);
            output.Create();
            await JsonReport.WriteAsync(report, Path.Combine(output.FullName, "bench.json"));
            await MarkdownReport.WriteAsync(report, Path.Combine(output.FullName, "bench.md"));
            AnsiConsole.MarkupLineInterpolated($"Written to {output.FullName}");
            return 0;
        }
        catch (Exception) when (cancellation.IsCancellationRequested)
        {
            // The server was ended with it, and so what was asked of it failed.
            return 130;
        }
        catch (Exception e) when (e is BenchException or IOException or Rpc.GrpcStatusException)
        {
            await Console.Error.WriteLineAsync($"The benchmarks failed: {e.Message}");
            return 1;
        }
    }
}
