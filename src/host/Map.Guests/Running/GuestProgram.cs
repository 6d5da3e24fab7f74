using Map.Core.Dancing;
using Map.Core.Errors;
using Map.Guests.Abi;
using Map.Guests.Modules;
using Map.Wasm;

namespace Map.Guests.Running;

/// <summary>An entry point of a compiled module that fits the interface, and what a call of it may use.</summary>
/// <param name="Guest">The module.</param>
/// <param name="Entrypoint">The exported function.</param>
/// <param name="Fuel">The smaller of what the module wishes and the daemon allows.</param>
/// <param name="MemoryPages">Likewise, in pages of 64 kB.</param>
internal sealed record GuestProgram(CompiledGuest Guest, string Entrypoint, long Fuel, int MemoryPages)
{
    /// <summary>The name of the module, for a person.</summary>
    public string Module => Guest.Manifest.Name;

    /// <summary>Finds an entry point. Where the module is not compiled yet, that happens here, before any deadline.</summary>
    /// <exception cref="HolonException">There is no such module or entry point, or it is of another interface.</exception>
    public static GuestProgram Find(CompiledModules modules, GuestEntry entry, GuestOptions options)
    {
        if (entry.Abi != GuestInterface.Name)
        {
            throw new HolonException(
                HolonErrorCode.AbiUnknown,
                $"The implementation is of the interface \"{entry.Abi}\"; this daemon has {GuestInterface.Name}. Update one of both.");
        }

        var guest = modules.Get(entry.Module);
        var export = guest.Code.Exports.FirstOrDefault(export => export.Name == entry.Entrypoint);
        if (export is null || !GuestInterface.EntryPoint.Equals(export.Type as FunctionType))
        {
            throw new HolonException(
                HolonErrorCode.EntrypointNotFound,
                $"The module {guest.Manifest.Name} exports no function \"{entry.Entrypoint}\" of type {GuestInterface.EntryPoint}. "
                + "Correct the entry point of the implementation.");
        }

        var program = new GuestProgram(guest, entry.Entrypoint, options.FuelOf(guest.Manifest), options.MemoryPagesOf(guest.Manifest));
        program.RequireMemory();
        return program;
    }

    /// <summary>A module can need more memory from the start than it may have.</summary>
    private void RequireMemory()
    {
        var memory = Guest.Code.Exports.Select(export => export.Type).OfType<MemoryType>().FirstOrDefault();
        if (memory is null || memory.Minimum <= MemoryPages) return;
        throw GuestErrors.Memory(
            $"The module {Module} needs {memory.Minimum:N0} pages of memory from the start; it may have {MemoryPages:N0}. Let it have more.", MemoryPages);
    }
}
