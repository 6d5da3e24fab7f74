using System.Diagnostics;
using System.Runtime.CompilerServices;
using Xunit.Abstractions;

namespace Map.Wasm.Tests.Hostile;

/// <summary>Hostile modules leave nothing behind. Measured while no other test runs in this process.</summary>
[Collection(nameof(Alone))]
public class LeakTests(ITestOutputHelper output)
{
    private const int Many = 500;
    private const int VeryMany = 10_000;
    private const long MaxLeakBytes = 100 << 20;

    [Fact]
    public void Many_in_a_row_leave_no_leak()
    {
        using var engine = new Engine();
        var count = LongTests.AreOn ? VeryMany : Many;
        RunMany(engine, HostileModules.All.Count * 2);
        var before = Resident();
        var start = Stopwatch.GetTimestamp();
        RunMany(engine, count);
        var after = Resident();
        output.WriteLine($"{count} hostile modules in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s; resident {before >> 20} MB before, {after >> 20} MB after");
        Assert.True(after - before < MaxLeakBytes, $"{(after - before) >> 20} MB more after {count} modules");
    }

    [Fact]
    public void Code_of_a_module_is_collected_with_it()
    {
        using var engine = new Engine();
        var types = Enumerable.Range(0, 20).Select(_ => RunAndForget(engine)).ToList();
        for (var i = 0; i < 20 && types.Any(each => each.IsAlive); i++) Collect();
        Assert.Equal(0, types.Count(each => each.IsAlive));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference RunAndForget(Engine engine)
    {
        var module = Module.Compile(engine, HostileModules.All[0].Module());
        using var store = new Store(engine) { Fuel = 1_000 };
        var instance = new Linker().DefineFunction("host", "nothing", () => { }).Instantiate(store, module);
        Assert.Throws<TrapException>(() => instance.GetFunction<Action>("run")!());
        return new WeakReference(instance.GetType());
    }

    private static void RunMany(Engine engine, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var hostile = HostileModules.All[i % HostileModules.All.Count];
            Assert.Equal(hostile.Ending, HostileTests.Run(engine, hostile));
        }
    }

    private static long Resident()
    {
        for (var i = 0; i < 5; i++) Collect();
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }
}

/// <summary>Tests that run after all others, one at a time.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public class Alone;
