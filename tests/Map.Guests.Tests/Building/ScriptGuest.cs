using System.Text;
using Map.Guests.Abi;
using Map.Wasm.Tests.Building;

namespace Map.Guests.Tests.Building;

/// <summary>
/// A guest that makes the host calls that it is told: its request has a property <c>Script</c>, a list of calls whose
/// arguments are numbers or results of earlier calls. So one compiled module makes any sequence of calls.
/// </summary>
internal static class ScriptGuest
{
    /// <summary>Where results are written, one i32 for each step, behind the tag of a value of bytes.</summary>
    public const int Results = 4_096;

    /// <summary>The number of the step whose result is what the entry point was called with.</summary>
    public const int Argument = -2;

    /// <summary>Where the script is written, behind the tag that <c>property</c> writes.</summary>
    public const int Script = 16_385;

    /// <summary>Bytes of one step: the import, then for each argument its kind and number.</summary>
    public const int StepBytes = 1 + (Arguments * (1 + sizeof(int)));

    public const int Arguments = 5;

    /// <summary>Ends the script.</summary>
    public const byte End = 0xFF;

    /// <summary>The step that is no call of an import: returns a number.</summary>
    public const byte Return = 0xFE;

    public const string Property = "Script";

    public const string Entrypoint = "run";

    private const byte LocalGet = 0x20;
    private const byte LocalSet = 0x21;
    private const byte Call = 0x10;
    private const byte I32Const = 0x41;
    private const byte Add = 0x6A;
    private const byte Multiply = 0x6C;
    private const byte Load = 0x28;
    private const byte Load8 = 0x2D;
    private const byte Store = 0x36;
    private const byte Block = 0x02;
    private const byte Loop = 0x03;
    private const byte If = 0x04;
    private const byte Else = 0x05;
    private const byte EndOf = 0x0B;
    private const byte BreakIf = 0x0D;
    private const byte Break = 0x0C;
    private const byte BreakTable = 0x0E;
    private const byte ReturnOf = 0x0F;
    private const byte Equal = 0x46;
    private const byte Empty = 0x40;

    // Parameters and locals of the entry point.
    private const int Request = 0;
    private const int At = 1;
    private const int Step = 2;
    private const int First = 3;

    /// <summary>The module.</summary>
    /// <param name="manifest">Its manifest, JSON.</param>
    public static byte[] Build(string manifest)
    {
        var module = new WasmBuilder();
        var imports = GuestInterface.Imports;
        foreach (var import in imports)
        {
            var type = module.Type([.. import.Parameters.Select(_ => WasmBuilder.I32)], [WasmBuilder.I32]);
            module.ImportFunction(GuestInterface.Module, import.Name, type);
        }

        var argument = module.Function(module.Type([WasmBuilder.I32], [WasmBuilder.I32]), ReadArgument);
        var entry = module.Function(
            module.Type([WasmBuilder.I32], [WasmBuilder.I32]), code => Interpret(code, argument), (Arguments + 2, WasmBuilder.I32));
        module.Memory(32).Export("memory", 2, 0).Export(Entrypoint, 0, entry).Data(0, Encoding.UTF8.GetBytes(Property));
        return Manifests.Add(module.Build(), manifest);
    }

    /// <summary>The place of an import in the script.</summary>
    public static byte IndexOf(string import)
    {
        for (var i = 0; i < GuestInterface.Imports.Count; i++)
            if (GuestInterface.Imports[i].Name == import) return (byte)i;
        throw new ArgumentException($"There is no import {import}.", nameof(import));
    }

    /// <summary>The argument at an address: its number, or the result of the step of that number.</summary>
    private static void ReadArgument(CodeWriter code)
    {
        code.Op(LocalGet).Unsigned(0).Op(Load8).Unsigned(0).Unsigned(0);
        code.Op(If).Op(WasmBuilder.I32);
        code.Op(LocalGet).Unsigned(0).Op(Load).Unsigned(0).Unsigned(1).Op(I32Const, 4).Op(Multiply);
        code.Op(I32Const, Results).Op(Add).Op(Load).Unsigned(0).Unsigned(0);
        code.Op(Else);
        code.Op(LocalGet).Unsigned(0).Op(Load).Unsigned(0).Unsigned(1);
        code.Op(EndOf);
    }

    private static void Interpret(CodeWriter code, int argument)
    {
        ReadScript(code);
        code.Op(Loop).Op(Empty);
        // The end of the script.
        code.Op(LocalGet).Unsigned(At).Op(Load8).Unsigned(0).Unsigned(0).Op(I32Const, End).Op(Equal);
        code.Op(If).Op(Empty).Op(I32Const, 0).Op(ReturnOf).Op(EndOf);
        for (var i = 0; i < Arguments; i++)
            code.Op(LocalGet).Unsigned(At).Op(I32Const, 1 + (i * 5)).Op(Add).Op(Call).Unsigned((ulong)argument).Op(LocalSet).Unsigned((ulong)(First + i));
        code.Op(LocalGet).Unsigned(At).Op(Load8).Unsigned(0).Unsigned(0).Op(I32Const, Return).Op(Equal);
        code.Op(If).Op(Empty).Op(LocalGet).Unsigned(First).Op(ReturnOf).Op(EndOf);
        // Where the result goes, which the store takes below it.
        code.Op(LocalGet).Unsigned(Step).Op(I32Const, 4).Op(Multiply);
        Dispatch(code);
        code.Op(Store).Unsigned(0).Unsigned(Results);
        code.Op(LocalGet).Unsigned(Step).Op(I32Const, 1).Op(Add).Op(LocalSet).Unsigned(Step);
        code.Op(LocalGet).Unsigned(At).Op(I32Const, StepBytes).Op(Add).Op(LocalSet).Unsigned(At);
        code.Op(Break).Unsigned(0);
        code.Op(EndOf).Op(I32Const, 0);
    }

    /// <summary>Reads the property of the request, and puts the request and the tag of bytes before the results.</summary>
    private static void ReadScript(CodeWriter code)
    {
        code.Op(I32Const, Results + (4 * Argument)).Op(LocalGet).Unsigned(Request).Op(Store).Unsigned(0).Unsigned(0);
        code.Op(LocalGet).Unsigned(Request).Op(I32Const, 0).Op(I32Const, Property.Length).Op(I32Const, Script - 1).Op(I32Const, 1 << 20);
        code.Op(Call).Unsigned(IndexOf("property")).Op(0x1A);
        code.Op(I32Const, Results - 4).Op(I32Const, 6 << 24).Op(Store).Unsigned(0).Unsigned(0);
        code.Op(I32Const, Script).Op(LocalSet).Unsigned(At);
        code.Op(I32Const, 0).Op(LocalSet).Unsigned(Step);
    }

    /// <summary>A block for each import, and a jump to the end of its own; the import's result leaves the outermost.</summary>
    private static void Dispatch(CodeWriter code)
    {
        var imports = GuestInterface.Imports;
        code.Op(Block).Op(WasmBuilder.I32);
        for (var i = 0; i <= imports.Count; i++) code.Op(Block).Op(Empty);
        code.Op(LocalGet).Unsigned(At).Op(Load8).Unsigned(0).Unsigned(0).Op(BreakTable).Unsigned((ulong)imports.Count);
        for (var i = 0; i <= imports.Count; i++) code.Unsigned((ulong)i);
        code.Op(EndOf);
        for (var i = 0; i < imports.Count; i++)
        {
            for (var parameter = 0; parameter < imports[i].Parameters.Count; parameter++) code.Op(LocalGet).Unsigned((ulong)(First + parameter));
            code.Op(Call).Unsigned((ulong)i).Op(Break).Unsigned((ulong)(imports.Count - i));
            code.Op(EndOf);
        }

        // No such import.
        code.Op(0x00);
        code.Op(EndOf);
    }
}
