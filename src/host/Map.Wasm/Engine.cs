using Map.Wasm.Execution;

namespace Map.Wasm;

/// <summary>What modules and stores share: limits of modules, and memory that finished guests left for the next.</summary>
public sealed class Engine : IDisposable
{
    /// <summary>An engine.</summary>
    public Engine(ModuleLimits? limits = null) => Limits = limits ?? new ModuleLimits();

    /// <summary>What a module may have.</summary>
    public ModuleLimits Limits { get; }

    /// <summary>How many memories of finished guests it keeps for the next.</summary>
    public int KeptMemories => Regions.Kept;

    internal RegionPool Regions { get; } = new();

    /// <summary>Gives the pooled memory back to the operating system.</summary>
    public void Dispose() => Regions.Dispose();
}
