using Map.Core.Dancing;
using Map.Core.Errors;
using Map.Guests.Running;
using Map.Guests.Tests.Building;
using Map.Wasm.Tests.Building;

namespace Map.Guests.Tests.Running;

/// <summary>Guests that do not end well: each ends in the error that says why.</summary>
public sealed class StopTests
{
    private static readonly GuestOptions Short = new() { DanceDeadline = TimeSpan.FromMilliseconds(50), MemoryPages = 8 };

    [Fact]
    public void A_guest_that_spins_is_out_of_time()
    {
        using var world = new GuestWorld(Short with { Fuel = long.MaxValue });
        var error = Stopped(world, HolonErrorCode.DanceTimedOut, Bodies.Spin);
        Assert.Equal(50, error.Limit);
        Assert.Contains("\"Test\" (module tests)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_guest_that_spins_is_out_of_fuel_before_that_where_the_module_wished_for_little()
    {
        using var world = new GuestWorld(Short);
        var error = Stopped(world, HolonErrorCode.OutOfFuel, Bodies.Spin, fuel: 10_000);
        Assert.Equal(10_000, error.Limit);
        Assert.Single(error.Backtrace);
    }

    [Fact]
    public void A_guest_without_end_to_its_calls_is_trapped_and_tells_where()
    {
        using var world = new GuestWorld(Short with { DanceDeadline = TimeSpan.FromMinutes(1) });
        var error = Stopped(world, HolonErrorCode.DanceTrapped, Bodies.Recurse);
        Assert.Contains("call stack exhausted", error.Message, StringComparison.Ordinal);
        Assert.Equal(50, error.Backtrace.Count);
    }

    [Fact]
    public void A_guest_that_gives_up_without_memory_is_over_its_memory()
    {
        using var world = new GuestWorld(Short);
        var error = Stopped(world, HolonErrorCode.MemoryLimit, Bodies.Grow);
        Assert.Equal(8 * 65_536, error.Limit);
    }

    [Fact]
    public void A_guest_that_needs_more_memory_from_the_start_is_over_its_memory()
    {
        using var world = new GuestWorld(Short);
        var error = Stopped(world, HolonErrorCode.MemoryLimit, Bodies.Nothing, pages: 9);
        Assert.Contains("needs 9 pages", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_guest_that_traps_is_trapped()
    {
        using var world = new GuestWorld(Short);
        var error = Stopped(world, HolonErrorCode.DanceTrapped, Bodies.Unreachable);
        Assert.Contains("trapped: unreachable", error.Message, StringComparison.Ordinal);
        Assert.Equal(["function 0"], error.Backtrace);
    }

    [Fact]
    public void What_cannot_be_run_is_refused_with_its_reason()
    {
        using var world = new GuestWorld(Short);
        var entry = world.Install(Bodies.Module(Bodies.Nothing));
        Assert.Null(world.Dance(entry));
        Refused(HolonErrorCode.ModuleNotFound, entry with { Module = new string('0', 64) });
        Refused(HolonErrorCode.EntrypointNotFound, entry with { Entrypoint = "walk" });
        Refused(HolonErrorCode.EntrypointNotFound, entry with { Entrypoint = "memory" });
        Refused(HolonErrorCode.AbiUnknown, entry with { Abi = "map:guest/2" });
        var foreign = new WasmBuilder();
        foreign.ImportFunction("map", "fly", foreign.Type([], []));
        var run = foreign.Function(foreign.Type([WasmBuilder.I32], [WasmBuilder.I32]), Bodies.Nothing);
        Refused(HolonErrorCode.AbiUnknown, world.Install(Manifests.Add(foreign.Memory(1).Export("memory", 2, 0).Export("run", 0, run).Build(), Manifests.Everything)));

        void Refused(HolonErrorCode code, GuestEntry of) => GuestWorld.Refused(code, () => world.Dance(of));
    }

    [Fact]
    public void A_caller_that_no_longer_waits_ends_the_guest()
    {
        using var world = new GuestWorld(Short with { DanceDeadline = TimeSpan.FromMinutes(5), Fuel = long.MaxValue });
        using var cancellation = new CancellationTokenSource();
        // The guest says that it runs, and spins then.
        world.Log.Added += cancellation.Cancel;
        var entry = world.Install(Bodies.LogsAndSpins());
        Assert.Throws<OperationCanceledException>(() => world.Dance(entry, cancellation: cancellation.Token));
        Assert.Throws<OperationCanceledException>(() => world.Dance(entry, cancellation: new CancellationToken(canceled: true)));
    }

    [Fact]
    public void A_thousand_calls_of_every_ending_return_all_memory()
    {
        using var world = new GuestWorld(Short with { Threads = 1, Fuel = 100_000, DanceDeadline = TimeSpan.FromMinutes(1) });
        GuestEntry[] entries = [.. ((Action<CodeWriter>[])[Bodies.Spin, Bodies.Recurse, Bodies.Grow, Bodies.Unreachable, Bodies.Nothing])
            .Select(body => world.Install(Bodies.Module(body)))];
        var dropped = new List<WeakReference>();
        for (var i = 0; i < 1_000; i++) dropped.Add(RunOnce(world, entries[i % entries.Length]));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        // One may still be on the stack of the guests' thread.
        Assert.InRange(dropped.Count(each => each.IsAlive), 0, 2);
        // One thread, and so one region of memory, which each call gave back to the next.
        Assert.Equal(1, world.Regions);
    }

    private static WeakReference RunOnce(GuestWorld world, GuestEntry entry)
    {
        var editor = world.Begin();
        try
        {
            world.Runner.Dance(entry, new DanceCall("Test", world.SavedIn(editor), null, _ => { }), editor, default);
        }
        catch (HolonException)
        {
            // Each ends in its own way.
        }

        return new WeakReference(editor);
    }

    private static HolonError Stopped(
        GuestWorld world, HolonErrorCode code, Action<CodeWriter> body, long? fuel = null, uint pages = 1)
    {
        var manifest = $$"""{"abi":"map:guest/1","name":"tests"{{(fuel is null ? "" : $",\"fuel\":{fuel}")}}}""";
        var entry = world.Install(Manifests.Add(Bodies.Bare(body, pages), manifest));
        return GuestWorld.Refused(code, () => world.Dance(entry));
    }
}
