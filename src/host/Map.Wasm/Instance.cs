using System.Reflection;
using Map.Wasm.Binary;
using Map.Wasm.Compilation;
using Map.Wasm.Execution;

namespace Map.Wasm;

/// <summary>
/// An instance of a module. The compiler derives one class from this for each module, with a field for each global, table
/// and imported function, and with the module's functions as static methods that take the instance last.
/// </summary>
public abstract class Instance
{
    /// <summary>Compiled code reads it.</summary>
    internal readonly Store Store;

    /// <summary>Its memory; without one, an empty dummy is never touched because validation refuses such code.</summary>
    internal readonly Memory? MemoryOrNull;

    private readonly InstanceParts _parts;
    private readonly Function?[] _functions;
    private readonly bool[] _droppedData;
    private readonly object?[]?[] _elements;

    private protected Instance(InstanceParts parts)
    {
        _parts = parts;
        Store = parts.Store;
        MemoryOrNull = parts.Memory;
        _functions = new Function?[parts.Module.Definition.Functions.Count];
        parts.Functions.CopyTo(_functions, 0);
        _droppedData = new bool[parts.Module.Definition.Data.Count];
        _elements = new object?[]?[parts.Module.Definition.Elements.Count];
    }

    /// <summary>The module.</summary>
    public Module Module => _parts.Module;

    /// <summary>An exported function, or null.</summary>
    public Function? GetFunction(string name) => Find(name, ExternKind.Function) is { } export ? FunctionAt(export.Index) : null;

    /// <summary>A delegate that calls an exported function, or null.</summary>
    /// <typeparam name="TDelegate">A delegate type of the same signature.</typeparam>
    /// <exception cref="LinkException">The signatures differ.</exception>
    public TDelegate? GetFunction<TDelegate>(string name)
        where TDelegate : Delegate => GetFunction(name)?.ToDelegate<TDelegate>();

    /// <summary>The exported memory, or null.</summary>
    public Memory? GetMemory(string name) => Find(name, ExternKind.Memory) is null ? null : MemoryOrNull;

    /// <summary>An exported table, or null.</summary>
    public Table? GetTable(string name) => Find(name, ExternKind.Table) is { } export ? _parts.Tables[export.Index] : null;

    /// <summary>An exported global, or null.</summary>
    public Global? GetGlobal(string name) => Find(name, ExternKind.Global) is { } export ? _parts.Globals[export.Index] : null;

    /// <summary>What is exported under a name, or null.</summary>
    internal object? GetExport(Export export) => export.Type.Kind switch
    {
        ExternKind.Function => FunctionAt(export.Index),
        ExternKind.Table => _parts.Tables[export.Index],
        ExternKind.Memory => MemoryOrNull,
        _ => _parts.Globals[export.Index],
    };

    /// <summary>A function of the module; always the same object for the same index.</summary>
    internal Function FunctionAt(int index)
    {
        if (_functions[index] is { } known) return known;
        var (method, code) = Module.Code!.Function(index);
        return _functions[index] = new Function(Module.Definition.Functions[index], Store, method, code, this);
    }

    /// <summary>
    /// A function as an element of a table. An imported one is bound to this instance there, so that the host can tell who
    /// calls.
    /// </summary>
    internal Function ElementFunction(int index)
    {
        if (index >= Module.Definition.ImportedFunctions) return FunctionAt(index);
        var (method, code) = Module.Code!.Function(index);
        return new Function(Module.Definition.Functions[index], Store, method, code, this);
    }

    internal Table TableAt(int index) => _parts.Tables[index];

    /// <summary>The bytes of a data segment; none when it was dropped.</summary>
    internal ReadOnlySpan<byte> DataAt(int index)
    {
        var segment = Module.Definition.Data[index];
        return _droppedData[index] ? default : Module.Definition.Bytes.AsSpan(segment.Start, segment.Length);
    }

    internal void DropData(int index) => _droppedData[index] = true;

    /// <summary>The references of an element segment; none when it was dropped.</summary>
    internal ReadOnlySpan<object?> ElementsAt(int index)
    {
        var segment = Module.Definition.Elements[index];
        return _elements[index] ??= [.. segment.Items.Select(item => _parts.Evaluate(item, this).Reference)];
    }

    internal void DropElements(int index) => _elements[index] = [];

    internal int Offset(ConstantExpression expression) => _parts.Evaluate(expression, this).I32;

    /// <summary>The globals that refer to functions of the instance can be set only now that it exists.</summary>
    internal void SetFunctionGlobals()
    {
        var definition = Module.Definition;
        for (var i = 0; i < definition.GlobalValues.Count; i++)
        {
            if (definition.GlobalValues[i].Opcode != Opcode.RefFunc) continue;
            _parts.Globals[definition.ImportedGlobals + i].Cell.Reference = ElementFunction(definition.GlobalValues[i].Index);
        }
    }

    private Export? Find(string name, ExternKind kind) =>
        Module.Code!.ExportsByName.TryGetValue(name, out var export) && export.Type.Kind == kind ? export : null;
}
