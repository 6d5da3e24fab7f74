namespace Map.Wasm;

/// <summary>What an import or an export is.</summary>
public enum ExternKind : byte
{
    /// <summary>A function.</summary>
    Function = 0,

    /// <summary>A table.</summary>
    Table = 1,

    /// <summary>A memory.</summary>
    Memory = 2,

    /// <summary>A global.</summary>
    Global = 3,
}

/// <summary>The type of an import or an export.</summary>
public abstract record ExternType
{
    /// <summary>What it is the type of.</summary>
    public abstract ExternKind Kind { get; }
}

/// <summary>The type of a global.</summary>
/// <param name="Content">The kind of its value.</param>
/// <param name="IsMutable">Whether it can be set.</param>
public sealed record GlobalType(ValueKind Content, bool IsMutable) : ExternType
{
    /// <inheritdoc/>
    public override ExternKind Kind => ExternKind.Global;

    /// <inheritdoc/>
    public override string ToString() => IsMutable ? $"(mut {Content.Name()})" : Content.Name();
}

/// <summary>The type of a table.</summary>
/// <param name="Element">The kind of its elements, a reference.</param>
/// <param name="Minimum">Elements it has at least.</param>
/// <param name="Maximum">Elements it can grow to; null without such a bound.</param>
public sealed record TableType(ValueKind Element, uint Minimum, uint? Maximum) : ExternType
{
    /// <inheritdoc/>
    public override ExternKind Kind => ExternKind.Table;

    /// <inheritdoc/>
    public override string ToString() => $"table {Minimum}{(Maximum is { } maximum ? $" {maximum}" : "")} {Element.Name()}";
}

/// <summary>The type of a memory, in pages of 64 kB.</summary>
/// <param name="Minimum">Pages it has at least.</param>
/// <param name="Maximum">Pages it can grow to; null without such a bound.</param>
public sealed record MemoryType(uint Minimum, uint? Maximum) : ExternType
{
    /// <inheritdoc/>
    public override ExternKind Kind => ExternKind.Memory;

    /// <inheritdoc/>
    public override string ToString() => $"memory {Minimum}{(Maximum is { } maximum ? $" {maximum}" : "")}";
}

/// <summary>Something that a module needs from outside.</summary>
/// <param name="Module">The first part of its name.</param>
/// <param name="Name">The second part.</param>
/// <param name="Type">Its type.</param>
public sealed record Import(string Module, string Name, ExternType Type);

/// <summary>Something that a module offers.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
public sealed record Export(string Name, ExternType Type)
{
    /// <summary>Its place in the module's index space of its kind.</summary>
    internal int Index { get; init; }
}

/// <summary>A custom section of a module.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Content">Its bytes.</param>
public sealed record CustomSection(string Name, ReadOnlyMemory<byte> Content);
