using Map.Core.Dancing;
using Map.Core.Errors;
using Map.Wasm;

namespace Map.Guests.Modules;

/// <summary>Reads what a valid module is as a guest, and refuses one that is none.</summary>
/// <param name="engine">The engine.</param>
/// <param name="importProblem">Says what is wrong with an import of a guest; null when all is well.</param>
internal sealed class ModuleInspection(Engine engine, Func<Import, string?> importProblem)
{
    /// <summary>Describes a module.</summary>
    /// <exception cref="ModuleException">It is not valid.</exception>
    /// <exception cref="HolonException">It is no guest of an interface that this daemon has.</exception>
    internal (ModuleManifest Manifest, string[] Entrypoints, string[] Imports) Describe(ReadOnlySpan<byte> bytes)
    {
        var module = Module.Inspect(engine, bytes);
        var manifest = ModuleManifest.Of(module);
        foreach (var import in module.Imports)
            if (importProblem(import) is { } problem) throw Refused(problem);
        if (!module.Exports.Any(export => export is { Name: "memory", Type: MemoryType }))
            throw Refused("The module does not export its memory as \"memory\".");
        string[] entrypoints = [.. module.Exports.Where(IsEntrypoint).Select(export => export.Name)];
        if (entrypoints.Length == 0)
            throw Refused("The module has no entry point: it exports no function from i32 to i32.");
        return (manifest, entrypoints, [.. module.Imports.Select(import => import.Name)]);
    }

    internal static HolonException Refused(string message) => new(HolonErrorCode.ModuleRefused, message);

    private static bool IsEntrypoint(Export export) =>
        export.Type is FunctionType { Parameters: [ValueKind.I32], Results: [ValueKind.I32] };
}
