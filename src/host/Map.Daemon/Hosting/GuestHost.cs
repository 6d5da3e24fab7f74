using Map.Core.Dancing;
using Map.Core.Services;
using Map.Guests.Modules;
using Map.Guests.Running;
using Map.Wasm;
using Map.Wasm.Checking;
using Microsoft.Extensions.Logging;

namespace Map.Daemon.Hosting;

/// <summary>Puts together what runs guests.</summary>
internal sealed class GuestHost : IDisposable
{
    private readonly Engine _engine;
    private readonly GuestRunner _runner;

    /// <summary>For a data directory that is locked.</summary>
    /// <exception cref="StoreException">The program that checks modules is missing.</exception>
    public GuestHost(DaemonOptions options, ILoggerFactory loggers)
    {
        var modules = options.Limits.ToModules();
        var checker = new ModuleChecker(FindChecker());
        _engine = new Engine(new ModuleLimits { MaxModuleBytes = modules.MaxModuleBytes });
        var store = new ModuleStore(options.Paths.Guests);
        var compiled = new CompiledModules(_engine, store, modules);
        var guests = options.Limits.ToGuests();
        Modules = new GuestModules(store, compiled, checker, modules, guests);
        _runner = new GuestRunner(compiled, guests, loggers.CreateLogger<GuestRunner>());
    }

    /// <summary>The installed modules.</summary>
    public GuestModules Modules { get; }

    /// <summary>Runs them.</summary>
    public IGuestRunner Runner => _runner;

    public void Dispose()
    {
        _runner.Dispose();
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
