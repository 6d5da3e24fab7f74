using Map.Wasm.Tests.Building;

namespace Map.Wasm.Tests.Fuzzing;

/// <summary>Defects of the runtime's optimizer that random programs found, each in a program of its own.</summary>
public class RuntimeDefectTests
{
    [Theory]
    [InlineData(0x77)]
    [InlineData(0x78)]
    public void A_rotation_by_a_constant_can_be_compared_with_zero(byte rotation)
    {
        var run = Compile(WasmBuilder.I32, WasmBuilder.I32, code => code
            .Op(0x20, 0).Op(0x41, 63).Op(rotation).Op(0x04).Op(WasmBuilder.I32).Op(0x41, 1).Op(0x05).Op(0x41, 2).Op(0x0B));
        Assert.Equal(2, run.Call(0)[0]);
        Assert.Equal(1, run.Call(5)[0]);
    }

    [Theory]
    [InlineData(0x2C, -128)]
    [InlineData(0x2D, 128)]
    [InlineData(0x2E, -32640)]
    [InlineData(0x2F, 32896)]
    public void A_short_load_can_be_reinterpreted_as_a_float(byte load, int expected)
    {
        var run = Compile(WasmBuilder.I32, WasmBuilder.F32, code => code.Op(0x20, 0).Op(load, 0, 0).Op(0xBE));
        Assert.Equal(expected, BitConverter.SingleToInt32Bits((float)run.Call(8)[0]!));
    }

    private static Function Compile(byte parameter, byte result, Action<CodeWriter> body)
    {
        var builder = new WasmBuilder();
        builder.Function(builder.Type([parameter], [result]), body);
        using var engine = new Engine();
        var module = Module.Compile(engine, builder.Memory(1).Data(8, [0x80, 0x80, 0x80, 0x80]).Export("run", 0, 0).Build());
        return new Linker().Instantiate(new Store(engine), module).GetFunction("run")!;
    }
}
