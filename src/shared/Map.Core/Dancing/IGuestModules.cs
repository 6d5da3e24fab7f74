using Map.Core.Errors;

namespace Map.Core.Dancing;

/// <summary>The modules of guests that are installed. Safe for many threads at once.</summary>
public interface IGuestModules
{
    /// <summary>Checks a module and keeps it. One that is installed already stays as it is.</summary>
    /// <param name="module">Its bytes.</param>
    /// <param name="cancellation">Ends the checks; nothing is installed then.</param>
    /// <returns>The module, and whether it was not there before.</returns>
    /// <exception cref="HolonException">It is refused, or there are as many as allowed.</exception>
    (InstalledModule Module, bool IsNew) Install(ReadOnlyMemory<byte> module, CancellationToken cancellation);

    /// <summary>All of them by name, damaged ones first.</summary>
    IReadOnlyList<InstalledModule> List();

    /// <summary>One of them.</summary>
    /// <param name="sha256">Its hash.</param>
    /// <exception cref="HolonException"><see cref="HolonErrorCode.ModuleNotFound"/>.</exception>
    InstalledModule Get(string sha256);

    /// <summary>Removes a module. Calls that run go on to their end; later ones do not find it.</summary>
    /// <param name="sha256">Its hash.</param>
    /// <exception cref="HolonException"><see cref="HolonErrorCode.ModuleNotFound"/>.</exception>
    void Remove(string sha256);
}

/// <summary>An installed module, as its manifest and its exports describe it.</summary>
/// <param name="Sha256">The hash of its bytes, 64 lower-case hexadecimal digits.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="InstalledUnixMicros">When it was installed.</param>
public sealed record InstalledModule(string Sha256, long Bytes, long InstalledUnixMicros)
{
    /// <summary>Its name, for a person; empty when it cannot be read.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its version, for a person.</summary>
    public string Version { get; init; } = "";

    /// <summary>What it does, for a person.</summary>
    public string Description { get; init; } = "";

    /// <summary>The interface that it was built for, as <c>map:guest/1</c>.</summary>
    public string Abi { get; init; } = "";

    /// <summary>Keys of the types of which it may read holons; <c>*</c> for all.</summary>
    public IReadOnlyList<string> Reads { get; init; } = [];

    /// <summary>Keys of the types of which it may make and change holons; <c>*</c> for all.</summary>
    public IReadOnlyList<string> Writes { get; init; } = [];

    /// <summary>Keys of the types of which it may delete holons; <c>*</c> for all.</summary>
    public IReadOnlyList<string> Deletes { get; init; } = [];

    /// <summary>Fuel that a call gets.</summary>
    public long Fuel { get; init; }

    /// <summary>Bytes of memory that a call gets at most.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>The functions that a dance or a validator can name.</summary>
    public IReadOnlyList<string> Entrypoints { get; init; } = [];

    /// <summary>The functions of the interface that it calls.</summary>
    public IReadOnlyList<string> Imports { get; init; } = [];

    /// <summary>Why it cannot run, and what to do; empty when it can.</summary>
    public string Problem { get; init; } = "";
}
