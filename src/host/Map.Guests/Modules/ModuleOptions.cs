using Map.Wasm.Checking;

namespace Map.Guests.Modules;

/// <summary>What modules may be, and how many.</summary>
public sealed record ModuleOptions
{
    /// <summary>Bytes of a module.</summary>
    public int MaxModuleBytes { get; init; } = 8 << 20;

    /// <summary>Modules that are installed.</summary>
    public int MaxModules { get; init; } = 1_000;

    /// <summary>Modules that are kept compiled.</summary>
    public int MaxCompiled { get; init; } = 100;

    /// <summary>Bytes of the modules that are kept compiled; their native code is some times as large.</summary>
    public long MaxCompiledBytes { get; init; } = 32 << 20;

    /// <summary>What compiling a module may cost when it is installed.</summary>
    public CheckLimits Check { get; init; } = new();
}
