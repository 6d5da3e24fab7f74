using Map.Core.Errors;
using Map.Wasm;

namespace Map.Guests.Modules;

/// <summary>An installed module, ready to be instantiated.</summary>
/// <param name="Sha256">Its hash, 64 lower-case hexadecimal digits.</param>
/// <param name="Manifest">What it says of itself.</param>
/// <param name="Code">The compiled module.</param>
public sealed record CompiledGuest(string Sha256, ModuleManifest Manifest, Module Code);

/// <summary>
/// The installed modules, compiled when they are first asked for. Those that were not used for longest make room for others;
/// their code is freed once no call runs it any more. Safe for many threads at once.
/// </summary>
/// <param name="engine">The engine.</param>
/// <param name="store">Where they are kept.</param>
/// <param name="options">How many stay compiled; null for as usual.</param>
public sealed class CompiledModules(Engine engine, ModuleStore store, ModuleOptions? options = null)
{
    private const int MaxToldLength = 64;

    private readonly ModuleOptions _options = options ?? new ModuleOptions();
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = [];
    private long _uses;

    /// <summary>The engine.</summary>
    public Engine Engine { get; } = engine;

    /// <summary>How many modules are compiled, or being compiled.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _entries.Count;
        }
    }

    /// <summary>A module, compiled. Of several who ask for it first, one compiles it and the others wait.</summary>
    /// <param name="sha256">Its hash.</param>
    /// <exception cref="HolonException">It is not installed, damaged, or not to be compiled; a later call tries again.</exception>
    public CompiledGuest Get(string sha256)
    {
        var entry = Use(sha256);
        if (entry.Guest.IsValueCreated) return entry.Guest.Value;
        try
        {
            var guest = entry.Guest.Value;
            lock (_lock) MakeRoom(entry);
            return guest;
        }
        catch
        {
            lock (_lock) Forget(sha256, entry);
            throw;
        }
    }

    /// <summary>Forgets the code of a module that was removed from the store.</summary>
    public void Remove(string sha256)
    {
        lock (_lock) _entries.Remove(sha256);
    }

    /// <summary>
    /// The entry is there before the store is read: so one that is removed from the store meanwhile either is not found there,
    /// or its entry is removed, too.
    /// </summary>
    private Entry Use(string sha256)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(sha256, out var entry)) _entries[sha256] = entry = new Entry(each => Compile(sha256, each));
            entry.LastUse = ++_uses;
            return entry;
        }
    }

    private CompiledGuest Compile(string sha256, Entry entry)
    {
        var bytes = store.Find(sha256) ?? throw NotInstalled(sha256);
        entry.Bytes = bytes.Length;
        try
        {
            var module = Module.Compile(Engine, bytes);
            return new CompiledGuest(sha256, ModuleManifest.Of(module), module);
        }
        catch (ModuleException e)
        {
            // It was accepted when it was installed: by another version, or under other limits.
            throw new HolonException(HolonErrorCode.ModuleRefused, $"The module {sha256} cannot be compiled: {e.Message}.");
        }
    }

    private void MakeRoom(Entry kept)
    {
        foreach (var (sha256, _) in _entries.Where(each => each.Value != kept).OrderBy(each => each.Value.LastUse).ToArray())
        {
            if (_entries.Count <= _options.MaxCompiled && _entries.Values.Sum(each => each.Bytes) <= _options.MaxCompiledBytes) return;
            _entries.Remove(sha256);
        }
    }

    private void Forget(string sha256, Entry failed)
    {
        if (_entries.TryGetValue(sha256, out var entry) && entry == failed) _entries.Remove(sha256);
    }

    /// <summary>What a client says is a hash may be anything, and of any length.</summary>
    internal static HolonException NotInstalled(string sha256) => new(
        HolonErrorCode.ModuleNotFound,
        $"The module {(sha256.Length > MaxToldLength ? $"{sha256[..MaxToldLength]}…" : sha256)} is not installed. "
        + "Install it (map-daemon guest install FILE).");

    private sealed class Entry
    {
        public Entry(Func<Entry, CompiledGuest> compile) => Guest = new Lazy<CompiledGuest>(() => compile(this));

        public Lazy<CompiledGuest> Guest { get; }

        public long LastUse { get; set; }

        /// <summary>The size of the module, once it is read.</summary>
        public long Bytes { get; set; }
    }
}
