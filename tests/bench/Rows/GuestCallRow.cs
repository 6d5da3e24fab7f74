using Map.Bench.Guests;
using Map.Bench.Harness;
using Map.Wasm;

namespace Map.Bench.Rows;

/// <summary>What it costs to make an instance, to call into it, to call out of it, and to compile a module.</summary>
internal sealed class GuestCallRow : Row
{
    private const int CallsInProbe = 1_000;
    private const double NanosPerMicro = 1_000;
    private const double MicrosPerMilli = 1_000;

    public override string Name => "guest";

    public override string Summary => "instances of a guest, calls into and out of it, and compiling";

    public override async Task<IReadOnlyList<RowResult>> RunAsync(BenchContext context)
    {
        using var engine = new Engine();
        var linker = new Linker().DefineFunction("host", "next", (int value) => value + 1);
        var module = Module.Compile(engine, GuestFiles.Read("calls.wasm"));
        var medium = GuestFiles.Read("medium.wasm");
        using var store = new Store(engine);
        var instance = linker.Instantiate(store, module);
        var same = instance.GetFunction<Func<int, int>>("same")!;
        var flood = instance.GetFunction<Func<int, int>>("flood")!;
        if (flood(CallsInProbe) != CallsInProbe) throw new BenchException("The guest did not call the host as often as it was told.");
        var timings = await Interleaved.MeasureAsync(
            context,
            Of("instantiate a small module", () => Instantiate(engine, linker, module)),
            Of("calls into a guest", () => Repeat(same)),
            Of("calls of a host function", () => flood(CallsInProbe)));
        var compile = await CompileAsync(context, engine, medium);
        return
        [
            Figure(timings[0], 1, 10, "us"),
            Figure(timings[1], NanosPerMicro / CallsInProbe, 60, "ns"),
            Figure(timings[2], NanosPerMicro / CallsInProbe, 40, "ns"),
            Figure(compile, 1 / MicrosPerMilli, 150, "ms"),
        ];
    }

    private static Probe Of(string name, Action work) => new(name, () =>
    {
        work();
        return Task.CompletedTask;
    });

    private static void Instantiate(Engine engine, Linker linker, Module module)
    {
        using var store = new Store(engine);
        linker.Instantiate(store, module);
    }

    private static void Repeat(Func<int, int> call)
    {
        for (var i = 0; i < CallsInProbe; i++) call(i);
    }

    private static async Task<Timing> CompileAsync(BenchContext context, Engine engine, byte[] bytes)
    {
        var few = context.Settings with { Rounds = 5, Calls = 5, WarmUpCalls = 3 };
        var probe = Of($"compile {bytes.Length / 1000} kB to the first call", () =>
        {
            using var store = new Store(engine);
            new Linker().Instantiate(store, Module.Compile(engine, bytes)).GetFunction<Func<int, int>>("fib_1")!(5);
        });
        using var own = new BenchContext(few, new DirectoryInfo(context.ScratchDirectory), context.Cancellation);
        return (await Interleaved.MeasureAsync(own, probe))[0];
    }

    private static RowResult Figure(Timing timing, double scale, double mostAllowed, string unit) => new(
        timing.Name, "none", timing.Median * scale, Statistics.Quantile(timing.RoundMedians, 0.1) * scale,
        Statistics.Quantile(timing.RoundMedians, 0.9) * scale, new Bar(mostAllowed, IsMostAllowed: true, unit));
}
