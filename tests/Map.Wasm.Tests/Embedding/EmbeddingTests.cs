using System.Text;
using Map.Wasm.Tests.Building;

namespace Map.Wasm.Tests.Embedding;

/// <summary>What an embedder relies on: imports and exports, callers, fuel, deadlines, cancellation, backtraces.</summary>
public sealed class EmbeddingTests : IDisposable
{
    private const byte Loop = 0x03, End = 0x0B, Br = 0x0C, Call = 0x10, LocalGet = 0x20, I32Const = 0x41, I32Add = 0x6A, Void = 0x40;

    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void A_module_tells_what_it_needs_and_offers_without_being_compiled()
    {
        var builder = new WasmBuilder();
        var type = builder.Type([WasmBuilder.I32, WasmBuilder.F64], [WasmBuilder.I64]);
        builder.ImportFunction("map", "key", type);
        builder.Memory(1, 3).Export("memory", 2, 0);
        byte[] manifest = [0, .. new CodeWriter().Sized([.. new CodeWriter().Name("map.manifest").ToArray(), .. "{}"u8]).ToArray()];
        var module = Module.Inspect(_engine, [.. builder.Build(), .. manifest]);
        var import = Assert.Single(module.Imports);
        Assert.Equal(("map", "key", "(i32, f64) -> (i64)"), (import.Module, import.Name, import.Type.ToString()));
        Assert.Equal(new MemoryType(1, 3), Assert.Single(module.Exports).Type);
        var section = Assert.Single(module.CustomSections);
        Assert.Equal(("map.manifest", "{}"), (section.Name, Encoding.UTF8.GetString(section.Content.Span)));
        Assert.False(module.IsCompiled);
    }

    [Fact]
    public void A_host_function_sees_the_memory_of_its_caller()
    {
        var builder = new WasmBuilder();
        var log = builder.ImportFunction("host", "log", builder.Type([WasmBuilder.I32, WasmBuilder.I32], []));
        builder.Function(builder.Type([], []), code => code.Op(I32Const, 16).Op(I32Const, 5).Op(Call, log));
        var module = Module.Compile(_engine, builder.Memory(1).Data(16, [.. "hello"u8]).Export("run", 0, 1).Build());
        using var store = new Store(_engine);
        var said = "";
        var instance = new Linker().DefineFunction("host", "log", (Caller caller, int at, int length) => { said = caller.Memory.ReadString(at, length); })
            .Instantiate(store, module);
        instance.GetFunction<Action>("run")!();
        Assert.Equal("hello", said);
    }

    [Fact]
    public void What_a_host_function_throws_passes_through_the_guest()
    {
        var instance = Instantiate(new Store(_engine), Caller(), () => throw new InvalidDataException("of the host"));
        Assert.Equal("of the host", Assert.Throws<InvalidDataException>(instance.GetFunction<Action>("run")!).Message);
    }

    [Fact]
    public void A_trap_tells_where_the_guest_was()
    {
        var builder = new WasmBuilder();
        var type = builder.Type([], []);
        // Two calls each, so that the runtime finds nothing to inline.
        builder.Function(type, code => code.Op(0x00));
        builder.Function(type, code => code.Op(Call, 0).Op(Call, 1));
        var names = new CodeWriter().Name("name").Op(1).Sized(new CodeWriter().Unsigned(1).Unsigned(1).Name("outer").ToArray());
        var module = Module.Compile(_engine, [.. builder.Export("run", 0, 1).Build(), 0, .. new CodeWriter().Sized(names.ToArray()).ToArray()]);
        using var store = new Store(_engine);
        var run = new Linker().Instantiate(store, module).GetFunction<Action>("run")!;
        var trap = Assert.Throws<TrapException>(run);
        Assert.Equal(TrapCode.Unreachable, trap.Code);
        Assert.Contains(new BacktraceFrame(1, "outer"), trap.Backtrace);
        Assert.Contains("outer (function 1)", trap.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_spinning_guest_stops_at_its_deadline()
    {
        for (var i = 0; i < 20; i++)
        {
            using var store = new Store(_engine);
            store.SetDeadline(TimeSpan.FromMilliseconds(5));
            Assert.Equal(TrapCode.DeadlineExceeded, Assert.Throws<TrapException>(Instantiate(store, Spinner()).GetFunction<Action>("run")!).Code);
        }
    }

    [Fact]
    public void A_deadline_that_was_taken_away_or_put_off_does_not_count()
    {
        using var store = new Store(_engine) { Fuel = 50_000_000 };
        store.SetDeadline(TimeSpan.FromMilliseconds(1));
        store.SetDeadline(TimeSpan.FromHours(1));
        var run = Instantiate(store, Spinner()).GetFunction<Action>("run")!;
        Assert.Equal(TrapCode.FuelExhausted, Assert.Throws<TrapException>(run).Code);
        store.SetDeadline(TimeSpan.Zero);
        store.ClearDeadline();
        store.Fuel = 50_000_000;
        Assert.Equal(TrapCode.FuelExhausted, Assert.Throws<TrapException>(run).Code);
    }

    [Fact]
    public void Another_thread_can_cancel_a_guest_for_good()
    {
        using var store = new Store(_engine);
        using var isRunning = new ManualResetEventSlim();
        var canceller = new Thread(() =>
        {
            isRunning.Wait();
            store.Cancel();
        });
        canceller.Start();
        var run = Instantiate(store, Spinner(callsFirst: true), isRunning.Set).GetFunction<Action>("run")!;
        Assert.Equal(TrapCode.Cancelled, Assert.Throws<TrapException>(run).Code);
        canceller.Join();
        store.ClearDeadline();
        Assert.Equal(TrapCode.Cancelled, Assert.Throws<TrapException>(run).Code);
    }

    [Fact]
    public void Fuel_runs_out_where_it_is_used_up_and_not_before()
    {
        using var store = new Store(_engine) { Fuel = 1_000_000 };
        var add = Instantiate(store, Adder()).GetFunction<Func<int, int, int>>("run")!;
        Assert.Equal(5, add(2, 3));
        var used = 1_000_000 - store.Fuel;
        Assert.InRange(used, 1, 10);
        store.Fuel = used;
        Assert.Equal(7, add(3, 4));
        Assert.Equal(0, store.Fuel);
        Assert.Equal(TrapCode.FuelExhausted, Assert.Throws<TrapException>(() => add(1, 1)).Code);
    }

    [Fact]
    public void Memory_is_zero_again_for_the_next_guest()
    {
        var builder = new WasmBuilder();
        var type = builder.Type([], [WasmBuilder.I32]);
        builder.Function(type, code => code.Op(I32Const, 1_000).Op(0x28, 2, 0).Op(I32Const, 1_000).Op(I32Const, 77).Op(0x36, 2, 0));
        var module = Module.Compile(_engine, builder.Memory(1).Export("run", 0, 0).Export("memory", 2, 0).Build());
        for (var i = 0; i < 10; i++)
        {
            using var store = new Store(_engine);
            var instance = new Linker().Instantiate(store, module);
            Assert.Equal(0, instance.GetFunction<Func<int>>("run")!());
            Assert.Equal(77, instance.GetMemory("memory")!.ReadInt32(1_000));
            Assert.Equal(-1, instance.GetMemory("memory")!.Grow(2_000));
            Assert.Equal(1, instance.GetMemory("memory")!.Grow(1));
        }
    }

    [Fact]
    public void A_function_of_another_store_is_not_run()
    {
        var builder = new WasmBuilder();
        builder.Function(builder.Type([], []), code => code.Op(I32Const, 0).Op(0x11, 0, 0));
        var module = Module.Compile(_engine, builder.Table(1).Export("run", 0, 0).Export("table", 1, 0).Build());
        using var store = new Store(_engine);
        using var other = new Store(_engine);
        var instance = new Linker().Instantiate(store, module);
        instance.GetTable("table")![0] = new Linker().Instantiate(other, module).GetFunction("run");
        Assert.Throws<InvalidOperationException>(instance.GetFunction<Action>("run")!);
        instance.GetTable("table")![0] = null;
        Assert.Equal(TrapCode.UninitializedElement, Assert.Throws<TrapException>(instance.GetFunction<Action>("run")!).Code);
        Assert.Throws<ArgumentException>(() => instance.GetTable("table")!.Grow(1, "no function"));
    }

    [Fact]
    public void Errors_of_the_embedder_are_named()
    {
        using var store = new Store(_engine);
        var instance = Instantiate(store, Adder());
        Assert.Throws<LinkException>(() => instance.GetFunction<Func<long>>("run"));
        Assert.Throws<ArgumentException>(() => instance.GetFunction("run")!.Call(1));
        Assert.Throws<ArgumentException>(() => instance.GetFunction("run")!.Call(1, 2L));
        Assert.Null(instance.GetFunction("walk"));
        Assert.Contains("\"host\" \"nothing\"", Assert.Throws<LinkException>(() => new Linker().Instantiate(store, Module.Compile(_engine, Caller()))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Linker().DefineFunction("host", "nothing", (decimal _) => { }));
        store.Dispose();
        Assert.Throws<ObjectDisposedException>(() => instance.GetFunction("run")!.Call(1, 2));
        Assert.Throws<ObjectDisposedException>(() => Instantiate(store, Adder()));
    }

    private Instance Instantiate(Store store, byte[] module, Action? nothing = null) =>
        new Linker().DefineFunction("host", "nothing", nothing ?? (() => { })).Instantiate(store, Module.Compile(_engine, module));

    private static byte[] Spinner(bool callsFirst = false)
    {
        var builder = new WasmBuilder();
        var type = builder.Type([], []);
        builder.ImportFunction("host", "nothing", type);
        builder.Function(type, code => (callsFirst ? code.Op(Call, 0) : code).Op(Loop).Op(Void).Op(Br, 0).Op(End));
        return builder.Export("run", 0, 1).Build();
    }

    private static byte[] Caller()
    {
        var builder = new WasmBuilder();
        var type = builder.Type([], []);
        builder.ImportFunction("host", "nothing", type);
        builder.Function(type, code => code.Op(Call, 0));
        return builder.Export("run", 0, 1).Build();
    }

    private static byte[] Adder()
    {
        var builder = new WasmBuilder();
        builder.Function(
            builder.Type([WasmBuilder.I32, WasmBuilder.I32], [WasmBuilder.I32]),
            code => code.Op(LocalGet, 0).Op(LocalGet, 1).Op(I32Add));
        return builder.Export("run", 0, 0).Build();
    }
}
