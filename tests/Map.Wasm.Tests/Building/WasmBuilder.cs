namespace Map.Wasm.Tests.Building;

/// <summary>Builds modules in the binary format, valid or not: nothing is checked.</summary>
internal sealed class WasmBuilder
{
    private readonly List<byte[]> _types = [];
    private readonly List<byte[]> _imports = [];
    private readonly List<int> _functions = [];
    private readonly List<byte[]> _tables = [];
    private readonly List<byte[]> _memories = [];
    private readonly List<byte[]> _globals = [];
    private readonly List<byte[]> _exports = [];
    private readonly List<byte[]> _elements = [];
    private readonly List<byte[]> _bodies = [];
    private readonly List<byte[]> _data = [];
    private int _importedFunctions;
    private int? _start;

    public static byte I32 => 0x7F;

    public static byte I64 => 0x7E;

    public static byte F32 => 0x7D;

    public static byte F64 => 0x7C;

    public int Type(byte[] parameters, byte[] results)
    {
        _types.Add(new CodeWriter().Op(0x60).Sized(parameters).Sized(results).ToArray());
        return _types.Count - 1;
    }

    public int ImportFunction(string module, string name, int type)
    {
        _imports.Add(new CodeWriter().Name(module).Name(name).Op(0).Unsigned((ulong)type).ToArray());
        return _importedFunctions++;
    }

    /// <summary>A function with groups of locals, and its code without the last end.</summary>
    public int Function(int type, Action<CodeWriter> code, params (int Count, byte Kind)[] locals)
    {
        var body = new CodeWriter().Unsigned((ulong)locals.Length);
        foreach (var (count, kind) in locals) body.Unsigned((ulong)count).Op(kind);
        code(body);
        _functions.Add(type);
        _bodies.Add(body.Op(0x0B).ToArray());
        return _importedFunctions + _functions.Count - 1;
    }

    public WasmBuilder Memory(uint minimum, uint? maximum = null)
    {
        _memories.Add(Limits(minimum, maximum));
        return this;
    }

    public WasmBuilder Table(uint minimum, uint? maximum = null)
    {
        _tables.Add([0x70, .. Limits(minimum, maximum)]);
        return this;
    }

    /// <summary>A mutable global with a zero of its kind.</summary>
    public int Global(byte kind)
    {
        byte[] zero = kind switch { 0x7F => [0x41, 0], 0x7E => [0x42, 0], 0x7D => [0x43, 0, 0, 0, 0], _ => [0x44, 0, 0, 0, 0, 0, 0, 0, 0] };
        _globals.Add([kind, 1, .. zero, 0x0B]);
        return _globals.Count - 1;
    }

    public WasmBuilder Export(string name, byte kind, int index)
    {
        _exports.Add(new CodeWriter().Name(name).Op(kind).Unsigned((ulong)index).ToArray());
        return this;
    }

    public WasmBuilder Elements(int offset, params int[] functions)
    {
        var segment = new CodeWriter().Op(0).Op(0x41, offset).Op(0x0B).Unsigned((ulong)functions.Length);
        foreach (var function in functions) segment.Unsigned((ulong)function);
        _elements.Add(segment.ToArray());
        return this;
    }

    public WasmBuilder Data(int offset, byte[] bytes)
    {
        _data.Add(new CodeWriter().Op(0).Op(0x41, offset).Op(0x0B).Sized(bytes).ToArray());
        return this;
    }

    public WasmBuilder Start(int function)
    {
        _start = function;
        return this;
    }

    public byte[] Build()
    {
        var module = new CodeWriter().Bytes(0x00, 0x61, 0x73, 0x6D, 1, 0, 0, 0);
        Section(module, 1, _types);
        Section(module, 2, _imports);
        Section(module, 3, [.. _functions.Select(type => new CodeWriter().Unsigned((ulong)type).ToArray())]);
        Section(module, 4, _tables);
        Section(module, 5, _memories);
        Section(module, 6, _globals);
        Section(module, 7, _exports);
        if (_start is { } start) module.Op(8).Sized(new CodeWriter().Unsigned((ulong)start).ToArray());
        Section(module, 9, _elements);
        Section(module, 10, [.. _bodies.Select(body => new CodeWriter().Sized(body).ToArray())]);
        Section(module, 11, _data);
        return module.ToArray();
    }

    private static void Section(CodeWriter module, byte id, List<byte[]> entries)
    {
        if (entries.Count == 0) return;
        var content = new CodeWriter().Unsigned((ulong)entries.Count);
        foreach (var entry in entries) content.Bytes(entry);
        module.Op(id).Sized(content.ToArray());
    }

    private static byte[] Limits(uint minimum, uint? maximum)
    {
        var writer = new CodeWriter().Op((byte)(maximum is null ? 0 : 1)).Unsigned(minimum);
        return maximum is { } limit ? writer.Unsigned(limit).ToArray() : writer.ToArray();
    }
}
