using System.Diagnostics;
using System.Runtime.CompilerServices;
using Xunit.Abstractions;

namespace Map.Wasm.Tests.Hostile;

/// <summary>Hostile modules end in a named error within their limits, and leave nothing behind.</summary>
public class HostileTests(ITestOutputHelper output)
{
    private const long Fuel = 20_000_000;
    private const int Many = 500;
    private const int VeryMany = 10_000;
    private const long MaxLeakBytes = 100 << 20;

    public static TheoryData<string> Names => [.. HostileModules.All.Select(each => each.Name)];

    public static TheoryData<string> CompileBombNames => [.. HostileModules.CompileBombs.Select(each => each.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_ends_in_its_error(string name)
    {
        using var engine = new Engine();
        var hostile = HostileModules.All.Single(each => each.Name == name);
        Assert.Equal(hostile.Ending, Run(engine, hostile));
    }

    [Theory]
    [MemberData(nameof(CompileBombNames))]
    public void Each_that_is_dear_to_compile_ends_in_its_error_on_a_thread_with_a_small_stack(string name)
    {
        using var engine = new Engine();
        var hostile = HostileModules.CompileBombs.Single(each => each.Name == name);
        Assert.Equal(hostile.Ending, OnSmallStack(() => Run(engine, hostile)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_ends_in_its_error_on_a_thread_with_a_small_stack(string name)
    {
        using var engine = new Engine();
        var hostile = HostileModules.All.Single(each => each.Name == name);
        Assert.Equal(hostile.Ending, OnSmallStack(() => Run(engine, hostile)));
    }

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

    private static string OnSmallStack(Func<string> run)
    {
        var ending = "";
        var thread = new Thread(() => ending = run(), maxStackSize: 1 << 20);
        thread.Start();
        thread.Join();
        return ending;
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
            Assert.Equal(hostile.Ending, Run(engine, hostile));
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

    private static string Run(Engine engine, HostileModule hostile)
    {
        try
        {
            var module = Module.Compile(engine, hostile.Module());
            using var store = new Store(engine) { Fuel = Fuel };
            store.SetDeadline(TimeSpan.FromMinutes(1));
            Instance? instance = null;
            var linker = new Linker().DefineFunction("host", "nothing", () => { })
                .DefineFunction("host", "again", () => instance!.GetFunction<Action>("run")!());
            instance = linker.Instantiate(store, module);
            instance.GetFunction<Action>("run")!();
            return "none";
        }
        catch (TrapException trap)
        {
            return trap.Code.ToString();
        }
        catch (ModuleException refusal)
        {
            return refusal.Error.ToString();
        }
        catch (LinkException)
        {
            return "link";
        }
    }
}
