using Map.Core.Services;
using Map.Guests.Modules;
using Map.Wasm;
using Map.Wasm.Checking;

namespace Map.Daemon.Hosting;

/// <summary>Puts together what runs guests.</summary>
internal sealed class GuestHost : IDisposable
{
    private readonly Engine _engine;

    /// <summary>For a data directory that is locked.</summary>
    /// <exception cref="StoreException">The program that checks modules is missing.</exception>
    public GuestHost(DaemonOptions options)
    {
        var modules = options.Limits.ToModules();
        var checker = new ModuleChecker(FindChecker());
        _engine = new Engine(new ModuleLimits { MaxModuleBytes = modules.MaxModuleBytes });
        var store = new ModuleStore(options.Paths.Guests);
        Modules = new GuestModules(
            store, new CompiledModules(_engine, store, modules), checker,
            import => import.Module == "map" ? null : $"\"{import.Module}\" \"{import.Name}\" is no function of {ModuleManifest.KnownAbi}.",
            modules);
    }

    /// <summary>The installed modules.</summary>
    public GuestModules Modules { get; }

    public void Dispose()
    {
        Modules.Dispose();
        _engine.Dispose();
    }

    /// <summary>The program that compiles a module of unknown origin, which stands beside this one.</summary>
    private static string FindChecker()
    {
        var path = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "map-wasm.exe" : "map-wasm");
        return File.Exists(path) ? path : throw new StoreException($"The program {path} is missing. Install map-daemon anew.");
    }
}
