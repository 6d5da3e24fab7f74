namespace Map.Wasm;

/// <summary>Why a module is refused.</summary>
public enum ModuleError
{
    /// <summary>It is not in the binary format.</summary>
    Malformed,

    /// <summary>It breaks a rule of validation.</summary>
    Invalid,

    /// <summary>It uses a feature beyond WebAssembly 2.0 without vectors.</summary>
    Unsupported,

    /// <summary>It exceeds one of <see cref="ModuleLimits"/>.</summary>
    LimitExceeded,

    /// <summary>The runtime could not compile it.</summary>
    NotCompiled,
}

/// <summary>A module is refused.</summary>
public sealed class ModuleException : Exception
{
    internal ModuleException(ModuleError error, long offset, string reason, Exception? inner = null)
        : base($"{Title(error)} at offset 0x{offset:x}: {reason}", inner)
    {
        Error = error;
        Offset = offset;
        Reason = reason;
    }

    /// <summary>Why.</summary>
    public ModuleError Error { get; }

    /// <summary>Bytes into the module.</summary>
    public long Offset { get; }

    /// <summary>What is wrong there.</summary>
    public string Reason { get; }

    internal static ModuleException Malformed(long offset, string reason) => new(ModuleError.Malformed, offset, reason);

    internal static ModuleException Invalid(long offset, string reason) => new(ModuleError.Invalid, offset, reason);

    internal static ModuleException Unsupported(long offset, string feature) =>
        new(ModuleError.Unsupported, offset, $"{feature} is not supported; the engine runs WebAssembly 2.0 without vectors");

    internal static ModuleException TooMany(long offset, string what, long count, long limit) =>
        new(ModuleError.LimitExceeded, offset, $"{count} {what}, at most {limit} are allowed");

    private static string Title(ModuleError error) => error switch
    {
        ModuleError.Malformed => "Malformed module",
        ModuleError.Invalid => "Invalid module",
        ModuleError.Unsupported => "Unsupported module",
        ModuleError.LimitExceeded => "Module over a limit",
        _ => "Module not compiled",
    };
}
