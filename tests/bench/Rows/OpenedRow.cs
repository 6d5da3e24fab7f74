using System.Diagnostics;
using Map.Bench.Client;
using Map.Bench.Harness;
using Map.Bench.Server;

namespace Map.Bench.Rows;

/// <summary>What a large space costs: to open, in memory, and on disk.</summary>
internal sealed class OpenedRow : Row
{
    private const double StartBarMillis = 500;
    private const double MemoryBarMebibytes = 400;
    private const double Mebibyte = 1 << 20;
    private const int LinksEach = 4;
    private const int Lookups = 20_000;

    public override string Name => "opened";

    public override string Summary => "start to first answer, memory, and bytes on disk of a space with many saved holons";

    public override async Task<IReadOnlyList<RowResult>> RunAsync(BenchContext context)
    {
        var count = context.Settings.OpenedHolons;
        var (empty, bare, linked) = (context.NewPath("data"), context.NewPath("data"), context.NewPath("data"));
        await FillAsync(context, empty, 0, isLinked: false);
        await FillAsync(context, bare, count, isLinked: false);
        await FillAsync(context, linked, count, isLinked: true);
        var (emptyBytes, bareBytes, linkedBytes) = (SizeOf(empty), SizeOf(bare), SizeOf(linked));
        var perHolon = (bareBytes - emptyBytes) / count;
        var perLink = (linkedBytes - bareBytes) / (count * LinksEach);
        var starts = await MeasureStartsAsync(context, empty, linked);
        var memory = await MeasureMemoryAsync(context, linked);
        return
        [
            starts,
            Told($"memory with {count:N0} saved, after {Lookups:N0} lookups", memory, "MiB", MemoryBarMebibytes),
            Told($"bytes on disk of a holon of five properties, at {count:N0}", perHolon, "B", null),
            Told($"bytes on disk of a link, from both ends, at {count:N0} holons", perLink, "B", null) with
            {
                Figures = [new("files", linkedBytes / Mebibyte, "MiB"), new("files without links", bareBytes / Mebibyte, "MiB")],
            },
        ];
    }

    private static RowResult Told(string name, double value, string unit, double? bar) =>
        new(name, "none", value, value, value, new Bar(bar, IsMostAllowed: true, unit));

    private static async Task FillAsync(BenchContext context, string data, int count, bool isLinked)
    {
        await using var server = await context.StartServerAsync(data);
        context.Progress($"saving {count:N0} holons");
        var space = await server.Client.CreateSpaceAsync("bench");
        if (count > 0) await space.LoadAsync(await server.Client.UploadAsync("tasks.json", TaskFiles.Tasks(count, isLinked)));
    }

    /// <summary>From the start of the process to a holon found by its key, in turns with a space that has none.</summary>
    private static async Task<RowResult> MeasureStartsAsync(BenchContext context, string empty, string full)
    {
        var rounds = context.Settings.Starts;
        var (few, many, killed) = (new double[rounds], new double[rounds], new double[rounds]);
        for (var round = 0; round < rounds; round++)
        {
            context.Progress($"round {round + 1} of {rounds}");
            few[round] = await StartAsync(context, empty, TaskFiles.TypeKey, isKilled: false);
            many[round] = await StartAsync(context, full, TaskFiles.KeyOf(round), isKilled: true);
            killed[round] = await StartAsync(context, full, TaskFiles.KeyOf(round), isKilled: false);
        }

        var count = context.Settings.OpenedHolons;
        return RowResult.OfRounds($"start to first answer at {count:N0} saved", "none", many, new Bar(StartBarMillis, IsMostAllowed: true, "ms")) with
        {
            Figures =
            [
                new("with no holon of its own", Statistics.Quantile(few, 0.5), "ms"),
                new("after kill -9", Statistics.Quantile(killed, 0.5), "ms"),
            ],
        };
    }

    private static async Task<double> StartAsync(BenchContext context, string data, string key, bool isKilled)
    {
        var start = Stopwatch.GetTimestamp();
        var server = await context.StartServerAsync(data);
        var space = await server.Client.FindSpaceAsync("bench");
        await server.Client.ExecuteAsync(Requests.GetByKey(await space.BeginAsync(), key));
        var millis = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        if (isKilled) await server.KillAsync();
        else await server.DisposeAsync();
        return millis;
    }

    /// <summary>What the process takes once it has answered from all over the space.</summary>
    private static async Task<double> MeasureMemoryAsync(BenchContext context, string data)
    {
        await using var server = await context.StartServerAsync(data);
        var space = await server.Client.FindSpaceAsync("bench");
        var transaction = await space.BeginAsync();
        var random = new Random(Seed: 1);
        for (var i = 0; i < Lookups; i++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var key = TaskFiles.KeyOf(random.Next(context.Settings.OpenedHolons));
            await server.Client.ExecuteAsync(Requests.GetByKey(transaction, key));
        }

        return server.ResidentBytes / Mebibyte;
    }

    private static double SizeOf(string data) =>
        Directory.EnumerateFiles(Path.Combine(data, "spaces"), "*", SearchOption.AllDirectories).Sum(file => (double)new FileInfo(file).Length);
}
