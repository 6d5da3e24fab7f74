using Map.Bench.Guests;
using Map.Bench.Harness;
using Map.Wasm;

namespace Map.Bench.Rows;

/// <summary>Algorithms compiled from C to WebAssembly by clang -O2, metered, against the same statements in C#.</summary>
internal sealed class GuestComputeRow : Row
{
    private const double MeanBar = 1.5;
    private const double EachBar = 4;

    private static readonly (string Name, string Export, Func<int, double> Native, int Argument)[] Algorithms =
    [
        ("fib", "fib", n => Kernels.Fib(n), 20),
        ("sieve", "sieve", n => Kernels.Sieve(n), 100_000),
        ("matrix", "matrix", Kernels.Matrix, 48),
        ("SHA-256", "sha256", n => Kernels.Sha256(n), 300),
        ("memory walk", "walk", n => Kernels.Walk(n), 1),
    ];

    public override string Name => "compute";

    public override string Summary => "algorithms in a metered guest against the same in C#";

    public override async Task<IReadOnlyList<RowResult>> RunAsync(BenchContext context)
    {
        using var engine = new Engine();
        using var store = new Store(engine);
        store.SetDeadline(TimeSpan.FromHours(1));
        var instance = new Linker().Instantiate(store, Module.Compile(engine, GuestFiles.Read("kernels-O2.wasm")));
        var probes = Algorithms.SelectMany(each => Probes(instance, each.Name, each.Export, each.Native, each.Argument)).ToArray();
        var timings = await Interleaved.MeasureAsync(context, probes);
        var rows = Algorithms.Select((each, i) => RowResult.Ratio($"guest {each.Name}", timings[2 * i], timings[(2 * i) + 1], EachBar)).ToList();
        rows.Add(Mean(timings));
        return rows;
    }

    private static Probe[] Probes(Instance instance, string name, string export, Func<int, double> native, int argument)
    {
        Func<double> guest;
        if (instance.GetFunction(export)!.Type.Results[0] == ValueKind.F64)
        {
            var call = instance.GetFunction<Func<int, double>>(export)!;
            guest = () => call(argument);
        }
        else
        {
            var call = instance.GetFunction<Func<int, int>>(export)!;
            guest = () => call(argument);
        }

        if (guest() != native(argument)) throw new BenchException($"The guest's {name} differs from the one in C#.");
        return [new Probe($"guest {name}", () => Run(guest)), new Probe($"C# {name}", () => Run(() => native(argument)))];
    }

    private static Task Run(Func<double> work)
    {
        work();
        return Task.CompletedTask;
    }

    private static RowResult Mean(Timing[] timings)
    {
        var rounds = timings[0].RoundMedians.Length;
        var means = Enumerable.Range(0, rounds).Select(round => Math.Exp(
            Enumerable.Range(0, Algorithms.Length).Average(i => Math.Log(timings[2 * i].RoundMedians[round] / timings[(2 * i) + 1].RoundMedians[round])))).ToList();
        return new RowResult(
            "guest compute, geometric mean", "C#", Statistics.Quantile(means, 0.5), Statistics.Quantile(means, 0.1), Statistics.Quantile(means, 0.9),
            new Bar(MeanBar, IsMostAllowed: true, "x"));
    }
}
