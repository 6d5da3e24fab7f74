using Map.Guests.Modules;

namespace Map.Guests.Running;

/// <summary>What guests may use. Where a module wishes for less, that counts.</summary>
public sealed record GuestOptions
{
    /// <summary>Fuel of one call: about a unit for each instruction.</summary>
    public long Fuel { get; init; } = 1_000_000_000;

    /// <summary>Memory of one call, in pages of 64 kB.</summary>
    public int MemoryPages { get; init; } = 1_024;

    /// <summary>How long a dance may run. What it waits before does not count.</summary>
    public TimeSpan DanceDeadline { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a validator may take for one holon.</summary>
    public TimeSpan ValidatorDeadline { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Threads that run dances, and as many that run validators.</summary>
    public int Threads { get; init; } = Math.Max(2, Environment.ProcessorCount);

    /// <summary>Dances that may wait for a thread, and as many validators.</summary>
    public int MaxWaiting { get; init; } = 256;

    /// <summary>Handles that one call may have open at a time; at most 65,536.</summary>
    public int MaxHandles { get; init; } = 65_536;

    /// <summary>Fuel of a call of a module: the smaller of what it wishes and what is allowed.</summary>
    internal long FuelOf(ModuleManifest manifest) => Math.Clamp(manifest.Fuel ?? Fuel, 0, Fuel);

    /// <summary>Memory of a call of a module, likewise, in pages of 64 kB.</summary>
    internal int MemoryPagesOf(ModuleManifest manifest) => Math.Clamp(manifest.MemoryPages ?? MemoryPages, 0, MemoryPages);
}
