using Map.Wasm.Binary;
using Map.Wasm.Tests.Building;

namespace Map.Wasm.Tests.Fuzzing;

/// <summary>
/// Generates valid modules from a seed: functions of every kind of value with arithmetic, memory, locals, globals, blocks,
/// branches and calls of functions before them. Loops count down, so that every program ends.
/// </summary>
internal sealed class ProgramGenerator(int seed)
{
    private const int MaxDepth = 5;

    private static readonly byte[] Kinds = [WasmBuilder.I32, WasmBuilder.I64, WasmBuilder.F32, WasmBuilder.F64];

    private static readonly (int Code, NumericOperator Operator)[] Operators =
    [
        .. Enumerable.Range(0x45, 0xC4 - 0x45 + 1).Select(code => (code, Binary.Operators.Numeric((Opcode)code))),
        .. Enumerable.Range(0, 8).Select(code => (0xFC00 + code, Binary.Operators.Numeric((Opcode)(0xFC00 + code)))),
    ];

    private readonly Random _random = new(seed);
    private readonly List<(int Index, byte[] Parameters, byte Result)> _functions = [];
    private readonly WasmBuilder _builder = new();
    private byte[] _locals = [];

    /// <summary>
    /// Whether NaNs are left as arithmetic makes them, which the specification leaves open; else the program makes them one
    /// and the same, so that engines agree on their bits.
    /// </summary>
    public bool HasOpenNans { get; init; }

    /// <summary>Whether one function is enough.</summary>
    public bool IsSmall { get; init; }

    /// <summary>The module, whose exported functions "f0", "f1" and so on take nothing and return one integer.</summary>
    public byte[] Generate()
    {
        foreach (var kind in Kinds) _builder.Global(kind);
        _builder.Memory(1, 2).Data(8, [.. Enumerable.Range(0, 64).Select(_ => (byte)_random.Next(256))]);
        for (var i = 0; i < (IsSmall ? 1 : 4); i++) AddFunction(_random.Next(4), Kind());
        for (var i = 0; i < (IsSmall ? 1 : 3); i++)
        {
            AddFunction(0, Kinds[_random.Next(2)]);
            _builder.Export($"f{i}", 0, _functions[^1].Index);
        }

        _builder.Table((uint)_functions.Count + 2).Elements(0, [.. _functions.Select(each => each.Index)]);
        return _builder.Build();
    }

    private void AddFunction(int parameterCount, byte result)
    {
        var parameters = Enumerable.Range(0, parameterCount).Select(_ => Kind()).ToArray();
        byte[] own = [WasmBuilder.I32, WasmBuilder.I32, WasmBuilder.I32, .. Kinds, WasmBuilder.F32, WasmBuilder.F64];
        // The first three locals count loops, one for each depth of nesting, and the last two make NaNs equal; nothing else
        // sets them.
        _locals = [.. parameters, .. own];
        var type = _builder.Type(parameters, [result]);
        var index = _builder.Function(type, code =>
        {
            for (var i = _random.Next(1, 5); i > 0; i--) Statement(code, parameterCount, loops: 0);
            Value(code, result, 0);
        }, [.. own.Select(kind => (1, kind))]);
        _functions.Add((index, parameters, result));
    }

    private byte Kind() => Kinds[_random.Next(Kinds.Length)];

    private void Statement(CodeWriter code, int parameters, int loops)
    {
        switch (_random.Next(loops < 3 ? 8 : 7))
        {
            case 0:
                var local = _random.Next(_locals.Length - 5);
                local = local < parameters ? local : local + 3;
                Value(code, _locals[local], 0);
                code.Op(0x21).Unsigned((ulong)local);
                break;
            case 1:
                var global = _random.Next(4);
                Value(code, Kinds[global], 0);
                code.Op(0x24).Unsigned((ulong)global);
                break;
            case 2:
                Store(code);
                break;
            case 3:
                Value(code, WasmBuilder.I32, 1);
                code.Op(0x04, -64);
                Statement(code, parameters, loops);
                if (_random.Next(2) == 0)
                {
                    code.Op(0x05);
                    Statement(code, parameters, loops);
                }

                code.Op(0x0B);
                break;
            case 4:
                code.Op(0x02, -64);
                Statement(code, parameters, loops);
                Value(code, WasmBuilder.I32, 1);
                code.Op(0x0D).Unsigned((ulong)_random.Next(1));
                Statement(code, parameters, loops);
                code.Op(0x0B);
                break;
            case 5:
                BranchTable(code, parameters, loops);
                break;
            case 6:
                Bulk(code);
                break;
            default:
                Loop(code, parameters, loops);
                break;
        }
    }

    /// <summary>Three blocks, and a branch out of one to three of them with or without a value.</summary>
    private void BranchTable(CodeWriter code, int parameters, int loops)
    {
        var kind = Kind();
        var hasValue = _random.Next(2) == 0;
        for (var i = 0; i < 3; i++) code.Op(0x02, hasValue ? kind - 0x80 : -64);
        Statement(code, parameters, loops);
        if (hasValue) Value(code, kind, 2);
        Value(code, WasmBuilder.I32, 2);
        if (_random.Next(2) == 0) code.Op(0x41, 7).Op(0x71);
        var targets = _random.Next(1, 6);
        code.Op(0x0E).Unsigned((ulong)targets);
        for (var i = 0; i <= targets; i++) code.Unsigned((ulong)_random.Next(3));
        code.Op(0x0B);
        for (var i = 0; i < 2; i++)
        {
            // What the first block yields is changed on the way out, so that it shows which way was taken.
            if (hasValue)
            {
                code.Op(0x1A);
                Value(code, kind, 3);
            }

            code.Op(0x0B);
        }

        if (hasValue) code.Op(0x1A);
    }

    private void Bulk(CodeWriter code)
    {
        var isFill = _random.Next(2) == 0;
        Address(code);
        Value(code, WasmBuilder.I32, 3);
        if (!isFill) code.Op(0x41, 0x7FFF).Op(0x71);
        Value(code, WasmBuilder.I32, 3);
        code.Op(0x41, 0xFFF).Op(0x71);
        if (isFill) code.Bytes(0xFC, 11, 0);
        else code.Bytes(0xFC, 10, 0, 0);
    }

    private void Loop(CodeWriter code, int parameters, int loops)
    {
        var counter = (ulong)(parameters + loops);
        code.Op(0x41, _random.Next(1, 8)).Op(0x21).Unsigned(counter).Op(0x03, -64);
        Statement(code, parameters, loops + 1);
        code.Op(0x20).Unsigned(counter).Op(0x41, -1).Op(0x6A).Op(0x22).Unsigned(counter).Op(0x0D).Unsigned(0).Op(0x0B);
    }

    private void Store(CodeWriter code)
    {
        var opcode = _random.Next(0x36, 0x3F);
        var access = Binary.Operators.Memory((Opcode)opcode);
        Address(code);
        Value(code, (byte)access.Kind, 1);
        code.Op((byte)opcode).Unsigned(0).Unsigned((ulong)_random.Next(64));
    }

    private void Address(CodeWriter code)
    {
        // Mostly inside; a trap ends the program on both sides alike.
        Value(code, WasmBuilder.I32, 3);
        if (_random.Next(200) != 0) code.Op(0x41, 0x7FFF).Op(0x71);
    }

    private void Value(CodeWriter code, byte kind, int depth)
    {
        if (depth >= MaxDepth)
        {
            Leaf(code, kind);
            return;
        }

        switch (_random.Next(8))
        {
            case 0: Leaf(code, kind); break;
            case 1: Load(code, kind); break;
            case 2: Call(code, kind, depth); break;
            case 3:
                Value(code, kind, depth + 1);
                Value(code, kind, depth + 1);
                Value(code, WasmBuilder.I32, depth + 1);
                code.Op(0x1B);
                break;
            case 4:
                Value(code, WasmBuilder.I32, depth + 1);
                code.Op(0x04).Op(kind);
                Value(code, kind, depth + 1);
                code.Op(0x05);
                Value(code, kind, depth + 1);
                code.Op(0x0B);
                break;
            default: Operation(code, kind, depth); break;
        }
    }

    private void Operation(CodeWriter code, byte kind, int depth)
    {
        var fitting = Operators.Where(each => (byte)each.Operator.Result == kind).ToList();
        var (opcode, @operator) = fitting[_random.Next(fitting.Count)];
        // A program that traps at once shows little.
        while (MayTrap(@operator) && _random.Next(12) != 0) (opcode, @operator) = fitting[_random.Next(fitting.Count)];
        Value(code, (byte)@operator.Operand, depth + 1);
        if (@operator.IsBinary) Value(code, (byte)@operator.Operand, depth + 1);
        if (opcode >= 0xFC00) code.Op(0xFC).Unsigned((ulong)(opcode - 0xFC00));
        else code.Op((byte)opcode);
        if (@operator.IsArithmetic && !HasOpenNans) SettleNan(code, kind);
    }

    private static bool MayTrap(NumericOperator @operator) =>
        @operator.Name[4..] is var name && (name.StartsWith("trunc_f", StringComparison.Ordinal)
            || name.StartsWith("div_", StringComparison.Ordinal) || name.StartsWith("rem_", StringComparison.Ordinal));

    private void SettleNan(CodeWriter code, byte kind)
    {
        var local = (ulong)(kind == WasmBuilder.F32 ? _locals.Length - 2 : _locals.Length - 1);
        code.Op(0x22).Unsigned(local);
        if (kind == WasmBuilder.F32) code.Op(0x43).Bytes(0, 0, 0xC0, 0x7F);
        else code.Op(0x44).Bytes(0, 0, 0, 0, 0, 0, 0xF8, 0x7F);
        code.Op(0x20).Unsigned(local).Op(0x20).Unsigned(local).Op((byte)(kind == WasmBuilder.F32 ? 0x5B : 0x61)).Op(0x1B);
    }

    private void Load(CodeWriter code, byte kind)
    {
        var fitting = Enumerable.Range(0x28, 0x35 - 0x28 + 1).Where(each => (byte)Binary.Operators.Memory((Opcode)each).Kind == kind).ToList();
        Address(code);
        code.Op((byte)fitting[_random.Next(fitting.Count)]).Unsigned(0).Unsigned((ulong)_random.Next(64));
    }

    private void Call(CodeWriter code, byte kind, int depth)
    {
        var fitting = _functions.Where(each => each.Result == kind).ToList();
        if (fitting.Count == 0 || depth > 1)
        {
            Leaf(code, kind);
            return;
        }

        var (index, parameters, _) = fitting[_random.Next(fitting.Count)];
        foreach (var parameter in parameters) Value(code, parameter, depth + 2);
        if (_random.Next(2) == 0)
        {
            code.Op(0x10).Unsigned((ulong)index);
            return;
        }

        // Every function has a type of its own, the table holds all functions, and now and then the wrong one is called.
        if (_random.Next(30) == 0) Value(code, WasmBuilder.I32, depth + 2);
        else code.Op(0x41, index);
        code.Op(0x11).Unsigned((ulong)index).Unsigned(0);
    }

    private void Leaf(CodeWriter code, byte kind)
    {
        var locals = Enumerable.Range(0, _locals.Length).Where(i => _locals[i] == kind).ToList();
        if (_random.Next(3) == 0 && locals.Count > 0) code.Op(0x20).Unsigned((ulong)locals[_random.Next(locals.Count)]);
        else if (_random.Next(6) == 0) code.Op(0x23).Unsigned((ulong)Array.IndexOf(Kinds, kind));
        else Constant(code, kind);
    }

    private void Constant(CodeWriter code, byte kind)
    {
        long[] edges = [0, 1, -1, 2, 31, 32, 63, 64, 255, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue, 0x8000_0000];
        var number = _random.Next(3) == 0 ? _random.NextInt64(long.MinValue, long.MaxValue) : edges[_random.Next(edges.Length)];
        double[] floats = [0, -0.0, 1, -1, 0.5, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e300, 1e-300, 2147483648, 4294967296, -9.223372036854775808e18];
        var @float = _random.Next(3) == 0 ? number : floats[_random.Next(floats.Length)];
        if (kind == WasmBuilder.I32) code.Op(0x41, (int)number);
        else if (kind == WasmBuilder.I64) code.Op(0x42, number);
        else if (kind == WasmBuilder.F32) code.Op(0x43).Bytes(BitConverter.GetBytes((float)@float));
        else code.Op(0x44).Bytes(BitConverter.GetBytes(@float));
    }
}
