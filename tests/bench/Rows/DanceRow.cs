using Map.Bench.Guests;
using Map.Bench.Harness;
using Map.Core.Dancing;

namespace Map.Bench.Rows;

/// <summary>What a dance costs without the way to the daemon: the thread, the instance, its host calls, the change.</summary>
internal sealed class DanceRow : Row
{
    private const int CallsInProbe = 1_000;
    private const double NanosPerMicro = 1_000;

    public override string Name => "dance";

    public override string Summary => "whole dances, and calls of imports";

    public override async Task<IReadOnlyList<RowResult>> RunAsync(BenchContext context)
    {
        using var floor = new DanceFloor(Directory.CreateDirectory(Path.Combine(context.ScratchDirectory, "dances")).FullName);
        if (floor.Run("ten") is not DanceHolon) throw new BenchException("The dance did not answer the holon that it changed.");
        var timings = await Interleaved.MeasureAsync(
            context,
            Of(floor, "dance of 10 host calls, one of which changes a holon", "ten"),
            Of(floor, "dance that does nothing", "nothing"),
            Of(floor, "import that compares handles", "compare"),
            Of(floor, "import that reads a property", "read"));
        var start = timings[1].Median;
        return
        [
            Figure(timings[0], new Bar(50, IsMostAllowed: true, "us")),
            Figure(timings[1], new Bar(50, IsMostAllowed: true, "us")),
            PerCall(timings[2], start),
            PerCall(timings[3], start),
        ];
    }

    private static Probe Of(DanceFloor floor, string name, string entrypoint) => new(name, () =>
    {
        floor.Run(entrypoint);
        return Task.CompletedTask;
    });

    private static RowResult Figure(Timing timing, Bar bar) => new(
        timing.Name, "none", timing.Median, Statistics.Quantile(timing.RoundMedians, 0.1), Statistics.Quantile(timing.RoundMedians, 0.9), bar);

    /// <summary>The time of one of many calls, without that of the dance around them.</summary>
    private static RowResult PerCall(Timing timing, double start)
    {
        double Of(double micros) => (micros - start) * NanosPerMicro / CallsInProbe;
        return new(
            timing.Name, "a dance that does nothing", Of(timing.Median), Of(Statistics.Quantile(timing.RoundMedians, 0.1)),
            Of(Statistics.Quantile(timing.RoundMedians, 0.9)), new Bar(null, IsMostAllowed: true, "ns"));
    }
}
