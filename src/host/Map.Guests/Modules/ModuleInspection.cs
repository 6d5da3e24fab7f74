using Map.Core.Errors;
using Map.Guests.Abi;
using Map.Wasm;

namespace Map.Guests.Modules;

/// <summary>What a module is as a guest.</summary>
/// <param name="Manifest">What it says of itself.</param>
/// <param name="Entrypoints">The exported functions that a dance or a validator can name.</param>
/// <param name="Imports">The functions of the interface that it calls.</param>
internal sealed record ModuleInspection(ModuleManifest Manifest, string[] Entrypoints, string[] Imports)
{
    /// <summary>Reads it from a module's bytes, without compiling it.</summary>
    /// <exception cref="ModuleException">It is not valid.</exception>
    /// <exception cref="HolonException">It is no guest of an interface that this daemon has.</exception>
    internal static ModuleInspection Of(Engine engine, ReadOnlySpan<byte> bytes)
    {
        var module = Module.Inspect(engine, bytes);
        var manifest = ModuleManifest.Of(module);
        foreach (var import in module.Imports)
            if (GuestInterface.FindProblem(import) is { } problem) throw Refused(problem);
        if (!module.Exports.Any(export => export is { Name: "memory", Type: MemoryType }))
            throw Refused("The module does not export its memory as \"memory\".");
        string[] entrypoints = [.. module.Exports.Where(IsEntrypoint).Select(export => export.Name)];
        if (entrypoints.Length == 0)
            throw Refused($"The module has no entry point: it exports no function of type {GuestInterface.EntryPoint}.");
        return new ModuleInspection(manifest, entrypoints, [.. module.Imports.Select(import => import.Name)]);
    }

    private static HolonException Refused(string message) => new(HolonErrorCode.ModuleRefused, message);

    private static bool IsEntrypoint(Export export) => GuestInterface.EntryPoint.Equals(export.Type as FunctionType);
}
