using System.Diagnostics;

namespace Map.Bench.Harness;

/// <summary>
/// Times probes against each other: in rounds, each of which gives every probe its turn, in alternating order, so that
/// what else happens on the machine meets all of them alike. One call is in flight at a time.
/// </summary>
internal static class Interleaved
{
    private const double MicrosPerSecond = 1_000_000;

    public static Task<Timing[]> MeasureAsync(BenchContext context, params Probe[] probes) =>
        MeasureAsync(context, context.Settings.Calls, context.Settings.WarmUpCalls, probes);

    /// <summary>For probes that are dear to call.</summary>
    public static async Task<Timing[]> MeasureAsync(BenchContext context, int calls, int warmUpCalls, params Probe[] probes)
    {
        var settings = context.Settings;
        foreach (var probe in probes) await RunAsync(probe, warmUpCalls, context.Cancellation);
        var medians = probes.Select(_ => new double[settings.Rounds]).ToArray();
        for (var round = 0; round < settings.Rounds; round++)
        {
            context.Progress($"round {round + 1} of {settings.Rounds}");
            for (var turn = 0; turn < probes.Length; turn++)
            {
                var i = round % 2 == 0 ? turn : probes.Length - 1 - turn;
                medians[i][round] = Statistics.Quantile(await RunAsync(probes[i], calls, context.Cancellation), 0.5);
            }
        }

        return [.. probes.Select((probe, i) => new Timing(probe.Name, medians[i]))];
    }

    private static async Task<double[]> RunAsync(Probe probe, int calls, CancellationToken cancellation)
    {
        var micros = new double[calls];
        for (var i = 0; i < calls; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (probe.Prepare is not null) await probe.Prepare();
            var start = Stopwatch.GetTimestamp();
            await probe.Call();
            micros[i] = (Stopwatch.GetTimestamp() - start) * MicrosPerSecond / Stopwatch.Frequency;
        }

        return micros;
    }
}
