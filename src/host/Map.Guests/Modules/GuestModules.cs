using Map.Core.Dancing;
using Map.Core.Errors;
using Map.Core.Services;
using Map.Guests.Running;
using Map.Wasm;
using Map.Wasm.Checking;

namespace Map.Guests.Modules;

/// <summary>Installs, lists and removes modules. They are checked in a process of their own, one after another.</summary>
public sealed class GuestModules : IGuestModules, IDisposable
{
    private readonly ModuleStore _store;
    private readonly CompiledModules _compiled;
    private readonly ModuleChecker _checker;
    private readonly ModuleOptions _options;
    private readonly GuestOptions _guests;
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>The modules of a store.</summary>
    /// <param name="store">Where they are kept.</param>
    /// <param name="compiled">Has those that are in use.</param>
    /// <param name="checker">Compiles a module in a process of its own.</param>
    /// <param name="options">What modules may be.</param>
    /// <param name="guests">What calls of them may use.</param>
    public GuestModules(ModuleStore store, CompiledModules compiled, ModuleChecker checker, ModuleOptions options, GuestOptions guests) =>
        (_store, _compiled, _checker, _options, _guests) = (store, compiled, checker, options, guests);

    /// <inheritdoc/>
    public (InstalledModule Module, bool IsNew) Install(ReadOnlyMemory<byte> module, CancellationToken cancellation)
    {
        RequireSize(module.Length);
        var sha256 = ModuleStore.NameOf(module.Span);
        // One at a time: each may take as much memory as a check may take.
        _turn.Wait(cancellation);
        try
        {
            if (IsWhole(sha256)) return (Get(sha256), false);
            RequireRoom();
            Check(module, cancellation);
            ModuleInspection.Of(_compiled.Engine, module.Span);
            cancellation.ThrowIfCancellationRequested();
            Keep(module);
            Compile(sha256);
            return (Get(sha256), true);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<InstalledModule> List() =>
        [.. _store.List().Select(Describe)
            .OrderBy(module => module.Name, StringComparer.OrdinalIgnoreCase)
            .ThenBy(module => module.InstalledUnixMicros)];

    /// <inheritdoc/>
    public InstalledModule Get(string sha256)
    {
        foreach (var file in _store.List())
            if (file.Sha256 == sha256) return Describe(file);
        throw CompiledModules.NotInstalled(sha256);
    }

    /// <inheritdoc/>
    public void Remove(string sha256)
    {
        _turn.Wait();
        try
        {
            if (!_store.Remove(sha256)) throw CompiledModules.NotInstalled(sha256);
            _compiled.Remove(sha256);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private InstalledModule Describe((string Sha256, long Bytes, DateTimeOffset InstalledAt) file)
    {
        var module = new InstalledModule(file.Sha256, file.Bytes, file.InstalledAt.ToUnixTimeMilliseconds() * 1_000);
        try
        {
            var bytes = _store.Find(file.Sha256) ?? throw CompiledModules.NotInstalled(file.Sha256);
            var (manifest, entrypoints, imports) = ModuleInspection.Of(_compiled.Engine, bytes);
            return module with
            {
                Name = manifest.Name,
                Version = manifest.Version,
                Description = manifest.Description,
                Abi = manifest.Abi,
                Reads = manifest.Capabilities.Read,
                Writes = manifest.Capabilities.Write,
                Deletes = manifest.Capabilities.Delete,
                Fuel = _guests.FuelOf(manifest),
                MemoryBytes = (long)_guests.MemoryPagesOf(manifest) * Memory.PageBytes,
                Entrypoints = entrypoints,
                Imports = imports,
            };
        }
        catch (Exception e) when (e is HolonException or ModuleException)
        {
            return module with { Problem = e.Message };
        }
    }

    private bool IsWhole(string sha256)
    {
        try
        {
            return _store.Find(sha256) is not null;
        }
        catch (HolonException)
        {
            // Damaged: what comes now replaces it.
            return false;
        }
    }

    private void RequireSize(int bytes)
    {
        if (bytes <= _options.MaxModuleBytes) return;
        throw TooMuch(HolonErrorCode.TooLarge, $"The module has {bytes:N0} bytes; at most {_options.MaxModuleBytes:N0} are allowed.", _options.MaxModuleBytes);
    }

    private void RequireRoom()
    {
        if (_store.List().Count < _options.MaxModules) return;
        throw TooMuch(
            HolonErrorCode.LimitReached, $"There are {_options.MaxModules:N0} guest modules, as many as allowed. Remove one.", _options.MaxModules);
    }

    /// <summary>The compiler cannot be interrupted, so another process goes first.</summary>
    private void Check(ReadOnlyMemory<byte> module, CancellationToken cancellation)
    {
        try
        {
            _checker.CheckAsync(module, _compiled.Engine.Limits, _options.Check, cancellation).GetAwaiter().GetResult();
        }
        catch (ModuleException e)
        {
            throw new HolonException(HolonErrorCode.ModuleRefused, $"{e.Message}.");
        }
        catch (CheckException e)
        {
            throw new HolonException(HolonErrorCode.ModuleTooCostly, $"{e.Message} Make it smaller, above all its largest functions.");
        }
    }

    private void Keep(ReadOnlyMemory<byte> module)
    {
        try
        {
            _store.Add(module.Span);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The guest module could not be written: {e.Message}", e);
        }
    }

    /// <summary>What the other process compiled, this one compiles, too; else the module is not installed.</summary>
    private void Compile(string sha256)
    {
        try
        {
            _compiled.Get(sha256);
        }
        catch
        {
            _store.Remove(sha256);
            throw;
        }
    }

    private static HolonException TooMuch(HolonErrorCode code, string message, long limit) =>
        new([new HolonError(code, message) { Limit = limit }]);
}
