using System.Reflection;
using Map.Wasm.Execution;

namespace Map.Wasm.Compilation;

/// <summary>The native code of a module.</summary>
internal sealed unsafe class CompiledModule
{
    private readonly MethodInfo[] _functions;
    private readonly nint[] _addresses;
    private readonly delegate*<InstanceParts, Instance> _create;

    public CompiledModule(MethodInfo create, MethodInfo[] functions, int maxResults, IReadOnlyList<Export> exports)
    {
        _create = (delegate*<InstanceParts, Instance>)create.MethodHandle.GetFunctionPointer();
        _functions = functions;
        _addresses = [.. functions.Select(method => method.MethodHandle.GetFunctionPointer())];
        MaxResults = maxResults;
        ExportsByName = exports.ToDictionary(export => export.Name, StringComparer.Ordinal);
    }

    /// <summary>The most results that a function of the module has.</summary>
    public int MaxResults { get; }

    public IReadOnlyDictionary<string, Export> ExportsByName { get; }

    public Instance Create(InstanceParts parts) => _create(parts);

    public (MethodInfo Method, nint Address) Function(int index) => (_functions[index], _addresses[index]);
}
