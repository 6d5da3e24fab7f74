namespace Map.Wasm;

/// <summary>
/// What a module may have. Every one of them is checked before memory in proportion to it is used. Together they bound what
/// validating and compiling a module costs, and how large the frame of a function can become.
/// </summary>
public sealed record ModuleLimits
{
    /// <summary>Bytes of the whole module.</summary>
    public int MaxModuleBytes { get; init; } = 16 << 20;

    /// <summary>Function types.</summary>
    public int MaxTypes { get; init; } = 10_000;

    /// <summary>Functions, imported ones included.</summary>
    public int MaxFunctions { get; init; } = 20_000;

    /// <summary>Imports of all kinds.</summary>
    public int MaxImports { get; init; } = 1_000;

    /// <summary>Exports of all kinds.</summary>
    public int MaxExports { get; init; } = 10_000;

    /// <summary>Globals, imported ones included.</summary>
    public int MaxGlobals { get; init; } = 10_000;

    /// <summary>Tables, imported ones included.</summary>
    public int MaxTables { get; init; } = 100;

    /// <summary>Element segments.</summary>
    public int MaxElementSegments { get; init; } = 10_000;

    /// <summary>Elements of all element segments.</summary>
    public int MaxElements { get; init; } = 1_000_000;

    /// <summary>Data segments.</summary>
    public int MaxDataSegments { get; init; } = 10_000;

    /// <summary>Custom sections.</summary>
    public int MaxCustomSections { get; init; } = 1_000;

    /// <summary>Bytes of a name.</summary>
    public int MaxNameBytes { get; init; } = 10_000;

    /// <summary>Parameters of a function type.</summary>
    public int MaxParameters { get; init; } = 250;

    /// <summary>Results of a function type.</summary>
    public int MaxResults { get; init; } = 250;

    /// <summary>Bytes of the body of a function.</summary>
    public int MaxFunctionBytes { get; init; } = 1 << 20;

    /// <summary>Parameters and locals of a function.</summary>
    public int MaxLocals { get; init; } = 6_000;

    /// <summary>Values that a function has on the operand stack at a time.</summary>
    public int MaxOperands { get; init; } = 2_000;

    /// <summary>Blocks of a function that are open at a time.</summary>
    public int MaxNesting { get; init; } = 500;

    /// <summary>Targets of a <c>br_table</c>.</summary>
    public int MaxBranchTargets { get; init; } = 20_000;
}
