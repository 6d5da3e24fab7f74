using System.Collections.Concurrent;
using Map.Core.Errors;
using Map.Wasm;

namespace Map.Guests.Modules;

/// <summary>An installed module, ready to be instantiated.</summary>
/// <param name="Sha256">Its hash, 64 lower-case hexadecimal digits.</param>
/// <param name="Manifest">What it says of itself.</param>
/// <param name="Code">The compiled module.</param>
public sealed record CompiledGuest(string Sha256, ModuleManifest Manifest, Module Code);

/// <summary>The installed modules, compiled when they are first asked for. Safe for many threads at once.</summary>
/// <param name="engine">The engine.</param>
/// <param name="store">Where they are kept.</param>
public sealed class CompiledModules(Engine engine, ModuleStore store)
{
    private readonly ConcurrentDictionary<string, Lazy<CompiledGuest>> _compiled = [];

    /// <summary>The engine.</summary>
    public Engine Engine { get; } = engine;

    /// <summary>A module, compiled.</summary>
    /// <param name="sha256">Its hash.</param>
    /// <exception cref="HolonException">It is not installed.</exception>
    public CompiledGuest Get(string sha256) => _compiled.GetOrAdd(sha256, Add).Value;

    private Lazy<CompiledGuest> Add(string sha256)
    {
        var bytes = store.Find(sha256)
            ?? throw new HolonException(HolonErrorCode.ModuleNotFound, $"The module {sha256} is not installed. Install it (map-daemon guest install).");
        return new Lazy<CompiledGuest>(() =>
        {
            var module = Module.Compile(Engine, bytes);
            return new CompiledGuest(sha256, ModuleManifest.Of(module), module);
        });
    }
}
