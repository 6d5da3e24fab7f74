using System.Diagnostics;
using Map.Bench.Guests;
using Map.Bench.Harness;
using Map.Wasm;

namespace Map.Bench.Rows;

/// <summary>How late a guest that does not end is stopped after its deadline.</summary>
internal sealed class GuestStopRow : Row
{
    private const int Stops = 1_000;
    private const int QuickStops = 100;
    private const double BarMillis = 20;
    private static readonly TimeSpan Allowed = TimeSpan.FromMilliseconds(5);

    public override string Name => "stop";

    public override string Summary => "stopping a spinning guest at its deadline";

    public override Task<IReadOnlyList<RowResult>> RunAsync(BenchContext context)
    {
        using var engine = new Engine();
        var module = Module.Compile(engine, GuestFiles.Read("kernels-O2.wasm"));
        var late = new double[context.Settings.Rounds > 10 ? Stops : QuickStops];
        for (var i = 0; i < late.Length; i++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            context.Progress($"{i + 1} of {late.Length}");
            late[i] = StopOne(engine, module);
        }

        var inTime = late.Count(each => each <= BarMillis);
        IReadOnlyList<RowResult> rows =
        [
            new RowResult("stop of a spinning guest, at worst", "its deadline", late.Max(), Statistics.Quantile(late, 0.1), Statistics.Quantile(late, 0.9), new Bar(BarMillis, IsMostAllowed: true, "ms"))
            {
                Figures = [new("stopped within 20 ms", inTime, $"of {late.Length}"), new("median", Statistics.Quantile(late, 0.5), "ms late")],
            },
        ];
        return Task.FromResult(rows);
    }

    private static double StopOne(Engine engine, Module module)
    {
        using var store = new Store(engine);
        var walk = new Linker().Instantiate(store, module).GetFunction<Func<int, int>>("walk")!;
        store.SetDeadline(Allowed);
        var start = Stopwatch.GetTimestamp();
        try
        {
            walk(int.MaxValue);
        }
        catch (TrapException trap) when (trap.Code == TrapCode.DeadlineExceeded)
        {
            return (Stopwatch.GetElapsedTime(start) - Allowed).TotalMilliseconds;
        }

        throw new BenchException("The guest ended before its deadline.");
    }
}
