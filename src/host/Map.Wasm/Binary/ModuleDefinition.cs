namespace Map.Wasm.Binary;

/// <summary>A module as it was decoded.</summary>
internal sealed class ModuleDefinition
{
    public required byte[] Bytes { get; init; }

    public List<FunctionType> Types { get; } = [];

    public List<Import> Imports { get; } = [];

    /// <summary>The types of all functions, the imported ones first.</summary>
    public List<FunctionType> Functions { get; } = [];

    public List<TableType> Tables { get; } = [];

    public List<MemoryType> Memories { get; } = [];

    public List<GlobalType> Globals { get; } = [];

    public int ImportedFunctions { get; set; }

    public int ImportedTables { get; set; }

    public int ImportedMemories { get; set; }

    public int ImportedGlobals { get; set; }

    /// <summary>What the module's own globals start with.</summary>
    public List<ConstantExpression> GlobalValues { get; } = [];

    public List<Export> Exports { get; } = [];

    public int? Start { get; set; }

    public List<ElementSegment> Elements { get; } = [];

    public List<DataSegment> Data { get; } = [];

    /// <summary>What the data count section says; null without one.</summary>
    public int? DataCount { get; set; }

    /// <summary>The bodies of the module's own functions.</summary>
    public List<FunctionBody> Bodies { get; } = [];

    public List<CustomSection> CustomSections { get; } = [];

    /// <summary>Functions that a <c>ref.func</c> may name.</summary>
    public HashSet<int> DeclaredFunctions { get; } = [];

    /// <summary>Names for people, from the name section; what is not named there is absent.</summary>
    public FunctionNames Names { get; set; } = FunctionNames.None;
}

/// <summary>An expression whose value is known at instantiation.</summary>
/// <param name="Opcode">A constant, <c>global.get</c>, <c>ref.func</c> or <c>ref.null</c>.</param>
/// <param name="Bits">The bits of a constant.</param>
/// <param name="Index">The global or the function.</param>
internal readonly record struct ConstantExpression(Opcode Opcode, long Bits, int Index);

/// <summary>When a segment is copied.</summary>
internal enum SegmentMode
{
    /// <summary>At instantiation.</summary>
    Active,

    /// <summary>By instructions.</summary>
    Passive,

    /// <summary>Never: it only declares functions for <c>ref.func</c>.</summary>
    Declarative,
}

/// <summary>References for tables.</summary>
internal sealed record ElementSegment(SegmentMode Mode, int Table, ConstantExpression Offset, ValueKind Kind, ConstantExpression[] Items);

/// <summary>Bytes for the memory: a range of the module's.</summary>
internal sealed record DataSegment(SegmentMode Mode, ConstantExpression Offset, int Start, int Length);

/// <summary>The code of a function.</summary>
/// <param name="Locals">The kinds of its locals, without parameters.</param>
/// <param name="Start">Where its instructions start in the module.</param>
/// <param name="End">Where they end.</param>
internal sealed record FunctionBody(ValueKind[] Locals, int Start, int End)
{
    /// <summary>What validation found out; null before.</summary>
    public CodeFacts? Facts { get; set; }
}

/// <summary>What validation finds out about a function for its compilation.</summary>
/// <param name="BlockCosts">
/// Fuel of each extended basic block, in the order of the code: one begins at the entry and after every <c>loop</c>,
/// <c>if</c>, <c>else</c> and <c>end</c>, and nothing jumps into its middle.
/// </param>
/// <param name="HasLoop">Whether it has a loop.</param>
/// <param name="HasCall">Whether it calls another function.</param>
/// <param name="UsesMemory">Whether it reads or writes the memory.</param>
internal sealed record CodeFacts(int[] BlockCosts, bool HasLoop, bool HasCall, bool UsesMemory);
