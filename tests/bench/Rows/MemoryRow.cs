using Map.Bench.Client;
using Map.Bench.Harness;

namespace Map.Bench.Rows;

/// <summary>How much memory a staged holon takes.</summary>
internal sealed class MemoryRow : Row
{
    private const double BarBytes = 1_000;
    private const int Repeats = 3;

    public override string Name => "memory";

    public override string Summary => "managed heap of the server for each staged holon of five properties";

    public override async Task<IReadOnlyList<RowResult>> RunAsync(BenchContext context)
    {
        await using var server = await context.StartServerAsync();
        var space = await server.Client.CreateSpaceAsync("bench");
        var count = context.Settings.LargeStaged;
        var content = await server.Client.UploadAsync("tasks.json", TaskFiles.Tasks(count, isLinked: false));
        // A first one, so that what is made once is not counted.
        await space.StageAsync(content);
        var bytes = new double[Repeats];
        ulong resident = 0;
        for (var i = 0; i < Repeats; i++)
        {
            var before = await server.Client.MeasureHeapAsync();
            await space.StageAsync(content);
            var after = await server.Client.MeasureHeapAsync();
            bytes[i] = ((double)after.HeapBytes - before.HeapBytes) / count;
            resident = after.ResidentBytes;
        }

        return
        [
            new RowResult(
                $"memory of a staged holon, at {count:N0}",
                "none",
                Statistics.Quantile(bytes, 0.5),
                bytes.Min(),
                bytes.Max(),
                new Bar(BarBytes, IsMostAllowed: true, "B"))
            {
                Figures = [new($"resident after {(Repeats + 1) * count:N0} staged", resident / (double)(1 << 20), "MiB")],
            },
        ];
    }
}
