using Map.Wasm.Tests.Building;

namespace Map.Wasm.Tests.Hostile;

/// <summary>A module that means harm, and how it must end.</summary>
/// <param name="Name">For reports.</param>
/// <param name="Module">The module; what it exports as "run" is called, if it gets that far.</param>
/// <param name="Ending">A trap, an error of the module, or "link".</param>
internal sealed record HostileModule(string Name, Func<byte[]> Module, string Ending)
{
    public override string ToString() => Name;
}

/// <summary>Modules that try to take time, memory or stack without bound. Some come twice, to do their worst at the start.</summary>
internal static class HostileModules
{
    private const byte Block = 0x02, Loop = 0x03, If = 0x04, End = 0x0B, Br = 0x0C, BrIf = 0x0D, BrTable = 0x0E, Call = 0x10, CallIndirect = 0x11;
    private const byte Drop = 0x1A, LocalGet = 0x20, LocalSet = 0x21, I32Const = 0x41, I32Add = 0x6A, Void = 0x40, Grow = 0x40;

    public static IReadOnlyList<HostileModule> All { get; } =
    [
        .. Both("infinite loop", "FuelExhausted", code => code.Op(Loop).Op(Void).Op(Br, 0).Op(End)),
        .. Both("infinite loop of branches with values", "FuelExhausted", code => code.Op(I32Const, 1).Op(Loop).Op(Void).Op(I32Const, 1).Op(BrIf, 0).Op(End).Op(Drop)),
        .. Both("direct recursion", "StackExhausted", code => code.Op(Call, 1)),
        .. Both("recursion with 1,000 locals", "StackExhausted", SpreadLocals(1_000), (1_000, WasmBuilder.I64)),
        .. Both("recursion with 5,000 locals", "StackExhausted", SpreadLocals(5_000), (5_000, WasmBuilder.I64)),
        .. Both("recursion with 1,900 operands", "StackExhausted", DeepOperands(1_900)),
        .. Both("all of the memory filled again and again", "FuelExhausted", code => code
            .Op(Loop).Op(Void).Op(I32Const, 0).Op(I32Const, 1).Op(I32Const, 4 << 20).Bytes(0xFC, 11, 0).Op(Br, 0).Op(End)),
        .. Both("all of the memory copied again and again", "FuelExhausted", code => code
            .Op(Loop).Op(Void).Op(I32Const, 0).Op(I32Const, 1).Op(I32Const, (4 << 20) - 1).Bytes(0xFC, 10, 0, 0).Op(Br, 0).Op(End)),
        .. Both("memory that grows for ever", "FuelExhausted", code => code.Op(Loop).Op(Void).Op(I32Const, 1).Bytes(Grow, 0).Op(Drop).Op(Br, 0).Op(End)),
        .. Both("table that grows for ever", "FuelExhausted", code => code
            .Op(Loop).Op(Void).Bytes(0xD0, 0x70).Op(I32Const, 1).Bytes(0xFC, 15, 0).Op(Drop).Op(Br, 0).Op(End)),
        .. Both("flood of host calls", "FuelExhausted", code => code.Op(Loop).Op(Void).Op(Call, 0).Op(Br, 0).Op(End)),
        .. Both("access beyond the memory", "MemoryOutOfBounds", code => code.Op(I32Const, -1).Bytes(0x28, 2).Unsigned(0xFFFF_FFFF).Op(Drop)),
        new("mutual recursion", MutualRecursion, "StackExhausted"),
        new("recursion through a table", IndirectRecursion, "StackExhausted"),
        new("recursion through the host", HostRecursion, "StackExhausted"),
        new("tree of calls", CallTree, "FuelExhausted"),
        new("memory bomb", () => Simple(builder => builder.Memory(65_536)), "link"),
        new("table bomb", () => Simple(builder => builder.Table(uint.MaxValue)), "link"),
        new("deep nesting", () => Runs(code => Nest(code, 100_000)), "LimitExceeded"),
        new("huge function", () => Runs(code => Repeat(code, 1_000_000)), "LimitExceeded"),
        new("millions of locals", () => Runs(_ => { }, (int.MaxValue, WasmBuilder.I64)), "LimitExceeded"),
        new("operand stack without end", () => Runs(code => Repeat(code, 10_000, c => c.Op(I32Const, 1))), "LimitExceeded"),
        new("enormous br_table", () => Runs(code => Table(code, 100_000)), "LimitExceeded"),
        new("many functions", () => ManyFunctions(30_000), "LimitExceeded"),
        new("vast count of types", () => [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 1, 5, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], "LimitExceeded"),
        new("vast length of a section", () => [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], "Malformed"),
    ];

    /// <summary>Modules within every limit that are as dear to compile as they can be.</summary>
    public static IReadOnlyList<HostileModule> CompileBombs { get; } =
    [
        .. Both("recursion with the largest frame", "StackExhausted", LargestFrame, (6_000, WasmBuilder.I64)),
        new("a function of a megabyte", () => Runs(code => Repeat(code, 170_000)), "none"),
        new("nesting at its limit", () => Runs(code => Nest(code, 499)), "none"),
        new("br_table at its limit", () => Runs(code => Table(code, 20_000)), "none"),
        new("15,000 functions", () => ManyFunctions(15_000), "none"),
    ];

    private static HostileModule[] Both(string name, string ending, Action<CodeWriter> code, params (int Count, byte Kind)[] locals) =>
    [
        new(name, () => Runs(code, locals), ending),
        new($"{name}, at the start", () => Runs(code, locals, isStart: true), ending),
    ];

    /// <summary>A module whose function 1 has this code; function 0 is of the host.</summary>
    private static byte[] Runs(Action<CodeWriter> code, params (int Count, byte Kind)[] locals) => Runs(code, locals, isStart: false);

    private static byte[] Runs(Action<CodeWriter> code, (int Count, byte Kind)[] locals, bool isStart)
    {
        var builder = new WasmBuilder();
        var type = builder.Type([], []);
        builder.ImportFunction("host", "nothing", type);
        var run = builder.Function(type, code, locals);
        builder.Memory(64).Table(10).Export("run", 0, run);
        return (isStart ? builder.Start(run) : builder).Build();
    }

    private static byte[] Simple(Action<WasmBuilder> add)
    {
        var builder = new WasmBuilder();
        add(builder);
        return builder.Build();
    }

    /// <summary>Keeps all locals alive across the call.</summary>
    private static Action<CodeWriter> SpreadLocals(int count) => code =>
    {
        for (var i = 0; i < count; i++) code.Op(I32Const, i * 8).Op(0x29, 3, 0).Op(LocalSet).Unsigned((ulong)i);
        code.Op(Call, 1).Op(I32Const, 0).Op(0x42, 0);
        for (var i = 0; i < count; i++) code.Op(LocalGet).Unsigned((ulong)i).Op(0x85);
        code.Op(0x37, 3, 0);
    };

    private static Action<CodeWriter> DeepOperands(int count) => code =>
    {
        for (var i = 0; i < count; i++) code.Op(0x3F, 0);
        code.Op(Call, 1);
        for (var i = 1; i < count; i++) code.Op(I32Add);
        code.Op(Drop);
    };

    /// <summary>As many locals and operands as are allowed, the operands of every kind at every height.</summary>
    private static void LargestFrame(CodeWriter code)
    {
        byte[] loads = [0x28, 0x29, 0x2A, 0x2B];
        foreach (var load in loads)
        {
            for (var i = 0; i < 1_990; i++) code.Op(I32Const, i * 8).Op(load, 2, 0);
            if (load == loads[^1]) code.Op(Call, 1);
            for (var i = 0; i < 1_990; i++) code.Op(Drop);
        }

        SpreadLocals(6_000)(code);
    }

    private static byte[] MutualRecursion()
    {
        var builder = new WasmBuilder();
        var type = builder.Type([], []);
        builder.Function(type, code => code.Op(Call, 1));
        builder.Function(type, code => code.Op(Call, 0));
        return builder.Export("run", 0, 0).Build();
    }

    private static byte[] IndirectRecursion()
    {
        var builder = new WasmBuilder();
        var type = builder.Type([], []);
        builder.Function(type, code => code.Op(I32Const, 0).Op(CallIndirect, 0, 0));
        return builder.Table(1).Elements(0, 0).Export("run", 0, 0).Build();
    }

    private static byte[] HostRecursion()
    {
        var builder = new WasmBuilder();
        var type = builder.Type([], []);
        builder.ImportFunction("host", "again", type);
        builder.Function(type, code => code.Op(Call, 0));
        return builder.Export("run", 0, 1).Build();
    }

    private static byte[] CallTree()
    {
        var builder = new WasmBuilder();
        var type = builder.Type([], []);
        for (var i = 0; i < 60; i++) builder.Function(type, i == 59 ? _ => { } : code => code.Op(Call, i + 1).Op(Call, i + 1));
        return builder.Export("run", 0, 0).Build();
    }

    private static byte[] ManyFunctions(int count)
    {
        var builder = new WasmBuilder();
        var type = builder.Type([], []);
        for (var i = 0; i < count; i++) builder.Function(type, _ => { });
        return builder.Export("run", 0, 0).Build();
    }

    private static void Nest(CodeWriter code, int depth)
    {
        for (var i = 0; i < depth; i++) code.Op(i % 2 == 0 ? Block : Loop).Op(Void);
        for (var i = 0; i < depth; i++) code.Op(End);
    }

    private static void Repeat(CodeWriter code, int count, Action<CodeWriter>? what = null)
    {
        for (var i = 0; i < count; i++)
        {
            if (what is not null) what(code);
            else code.Op(I32Const, i & 31).Op(If).Op(Void).Op(End);
        }
    }

    private static void Table(CodeWriter code, int targets)
    {
        code.Op(Block).Op(Void).Op(I32Const, 5).Op(BrTable).Unsigned((ulong)targets);
        for (var i = 0; i <= targets; i++) code.Unsigned((ulong)(i % 2));
        code.Op(End);
    }
}
