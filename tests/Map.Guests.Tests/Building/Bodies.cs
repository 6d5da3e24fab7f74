using System.Text;
using Map.Wasm.Tests.Building;

namespace Map.Guests.Tests.Building;

/// <summary>Entry points that end in various ways, or not at all.</summary>
internal static class Bodies
{
    private const byte I32Const = 0x41;

    public static void Nothing(CodeWriter code) => code.Op(I32Const, 0);

    public static void Unreachable(CodeWriter code) => code.Op(0x00);

    public static void Spin(CodeWriter code) => code.Op(0x03).Op(0x40).Op(0x0C).Unsigned(0).Op(0x0B).Op(0x00);

    public static void Recurse(CodeWriter code) => code.Op(0x20).Unsigned(0).Op(0x10).Unsigned(0);

    /// <summary>Grows its memory by a page until it may not, and gives up then.</summary>
    public static void Grow(CodeWriter code)
    {
        code.Op(0x03).Op(0x40);
        code.Op(I32Const, 1).Op(0x40).Unsigned(0).Op(I32Const, -1).Op(0x46).Op(0x04).Op(0x40).Op(0x00).Op(0x0B);
        code.Op(0x0C).Unsigned(0).Op(0x0B).Op(0x00);
    }

    /// <summary>A guest with such an entry point, that may do nothing.</summary>
    public static byte[] Module(Action<CodeWriter> body) => Manifests.Add(Bare(body), Manifests.Allowing());

    /// <summary>The same without a manifest.</summary>
    public static byte[] Bare(Action<CodeWriter> body, uint pages = 1)
    {
        var module = new WasmBuilder();
        var run = module.Function(module.Type([WasmBuilder.I32], [WasmBuilder.I32]), body);
        return module.Memory(pages).Export("memory", 2, 0).Export("run", 0, run).Build();
    }

    /// <summary>A guest that writes a line to the log and spins then.</summary>
    public static byte[] LogsAndSpins()
    {
        const string Message = "running";
        var module = new WasmBuilder();
        var log = module.ImportFunction("map", "log", module.Type([WasmBuilder.I32, WasmBuilder.I32, WasmBuilder.I32], [WasmBuilder.I32]));
        var run = module.Function(module.Type([WasmBuilder.I32], [WasmBuilder.I32]), code =>
        {
            code.Op(I32Const, 1).Op(I32Const, 0).Op(I32Const, Message.Length).Op(0x10).Unsigned((ulong)log).Op(0x1A);
            Spin(code);
        });
        module.Memory(1).Export("memory", 2, 0).Export("run", 0, run).Data(0, Encoding.UTF8.GetBytes(Message));
        return Manifests.Add(module.Build(), Manifests.Allowing());
    }
}
