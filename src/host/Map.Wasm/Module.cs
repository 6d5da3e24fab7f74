using Map.Wasm.Binary;
using Map.Wasm.Compilation;
using Map.Wasm.Validation;

namespace Map.Wasm;

/// <summary>
/// A validated module, compiled whole to native code. It can be instantiated any number of times, on any thread. Its code is
/// freed when neither the module nor an instance of it is referenced any more.
/// </summary>
public sealed class Module
{
    private Module(ModuleDefinition definition, CompiledModule? code)
    {
        Definition = definition;
        Code = code;
    }

    /// <summary>What it needs from outside, in its own order.</summary>
    public IReadOnlyList<Import> Imports => Definition.Imports;

    /// <summary>What it offers.</summary>
    public IReadOnlyList<Export> Exports => Definition.Exports;

    /// <summary>Its custom sections.</summary>
    public IReadOnlyList<CustomSection> CustomSections => Definition.CustomSections;

    /// <summary>Its name in its name section, or null.</summary>
    public string? Name => Definition.Names.Module;

    /// <summary>Whether it can be instantiated; one that was only <see cref="Inspect"/>ed cannot.</summary>
    public bool IsCompiled => Code is not null;

    internal ModuleDefinition Definition { get; }

    internal CompiledModule? Code { get; }

    /// <summary>Validates a module and compiles it.</summary>
    /// <remarks>
    /// Compiling cannot be interrupted. For a module of unknown origin, let a <see cref="Checking.ModuleChecker"/> compile it
    /// first in a process that can be killed.
    /// </remarks>
    /// <exception cref="ModuleException">The module is refused.</exception>
    public static Module Compile(Engine engine, ReadOnlySpan<byte> bytes)
    {
        var definition = Validate(engine, bytes);
        return new Module(definition, ModuleCompiler.Compile(definition, engine.Limits));
    }

    /// <summary>Validates a module and does not compile it: its imports, exports and custom sections can be read.</summary>
    /// <exception cref="ModuleException">The module is refused.</exception>
    public static Module Inspect(Engine engine, ReadOnlySpan<byte> bytes) => new(Validate(engine, bytes), null);

    private static ModuleDefinition Validate(Engine engine, ReadOnlySpan<byte> bytes)
    {
        var definition = ModuleDecoder.Decode(bytes.ToArray(), engine.Limits);
        ModuleValidator.Validate(definition, engine.Limits);
        return definition;
    }
}
