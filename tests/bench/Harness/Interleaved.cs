using System.Diagnostics;

namespace Map.Bench.Harness;

/// <summary>
/// Times probes against each other, in short turns and alternating order, so that what else happens on the machine and
/// on its disk meets all of them alike. One call is in flight at a time.
/// </summary>
internal static class Interleaved
{
    private const int CallsInTurn = 10;
    private const double MicrosPerSecond = 1_000_000;

    public static Task<Timing[]> MeasureAsync(BenchContext context, params Probe[] probes) =>
        MeasureAsync(context, context.Settings, probes);

    /// <param name="context">What rows share.</param>
    /// <param name="settings">How often to call, where that is not as usual.</param>
    /// <param name="probes">What to measure.</param>
    public static async Task<Timing[]> MeasureAsync(BenchContext context, BenchSettings settings, params Probe[] probes)
    {
        var times = new double[settings.WarmUpCalls];
        foreach (var probe in probes) await RunAsync(probe, times, context.Cancellation);
        var medians = probes.Select(_ => new double[settings.Rounds]).ToArray();
        for (var round = 0; round < settings.Rounds; round++)
        {
            context.Progress($"round {round + 1} of {settings.Rounds}");
            var ofRound = await RunRoundAsync(context, settings.Calls, probes);
            for (var i = 0; i < probes.Length; i++) medians[i][round] = Statistics.Quantile(ofRound[i], 0.5);
        }

        return [.. probes.Select((probe, i) => new Timing(probe.Name, medians[i]))];
    }

    private static async Task<double[][]> RunRoundAsync(BenchContext context, int calls, Probe[] probes)
    {
        var times = probes.Select(_ => new double[calls]).ToArray();
        for (var at = 0; at < calls; at += CallsInTurn)
        {
            var isForth = at / CallsInTurn % 2 == 0;
            for (var turn = 0; turn < probes.Length; turn++)
            {
                var i = isForth ? turn : probes.Length - 1 - turn;
                await RunAsync(probes[i], times[i].AsMemory(at, Math.Min(CallsInTurn, calls - at)), context.Cancellation);
            }
        }

        return times;
    }

    private static async Task RunAsync(Probe probe, Memory<double> micros, CancellationToken cancellation)
    {
        for (var i = 0; i < micros.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (probe.Prepare is not null) await probe.Prepare();
            var start = Stopwatch.GetTimestamp();
            await probe.Call();
            micros.Span[i] = (Stopwatch.GetTimestamp() - start) * MicrosPerSecond / Stopwatch.Frequency;
        }
    }
}
