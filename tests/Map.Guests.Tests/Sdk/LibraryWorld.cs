using Map.Core.Dancing;
using Map.Core.Editing;
using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.Loading;
using Map.Core.References;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Types;
using Map.Core.Values;
using Map.Fixtures;
using Map.Guests.Modules;
using Map.Guests.Running;
using Map.Storage;
using Map.Wasm;
using Microsoft.Extensions.Logging.Abstractions;

namespace Map.Guests.Tests.Sdk;

/// <summary>The sample library in a real store, and a runner of guests.</summary>
public sealed class LibraryWorld : IDisposable
{
    private const long Fuel = 50_000_000;

    private readonly string _directory = RepositoryFiles.NewDirectory();
    private readonly SpaceCatalog _catalog;
    private readonly ContractCache _contracts = new();
    private readonly Engine _engine = new();
    private readonly ModuleStore _modules;
    private readonly IHolonStore _store;
    private ulong _lastId;

    public LibraryWorld()
    {
        _catalog = SpaceCatalog.Open(new StorageOptions { DataDirectory = Path.Combine(_directory, "data") });
        var space = new SpaceRecord(new SpaceId(NewId()), "library", EnforceValidation: true, CreatedUnixMicros: 0, SpaceHolon: NewId());
        _store = _catalog.Create(space);
        _catalog.Publish(space.Id);
        var editor = EditorOf(Begin());
        editor.Load([.. Files(RepositoryFiles.CoreSchema), .. Files(RepositoryFiles.Library)], null, default);
        Assert.Empty(_store.Commit(CommitPlanner.Plan(editor.View, "library", enforces: true, NoGuests.Instance).Plan, nowUnixMicros: 1).Conflicts);
        _modules = new ModuleStore(Path.Combine(_directory, "modules"));
        Runner = new GuestRunner(new CompiledModules(_engine, _modules), new GuestOptions { Fuel = Fuel }, NullLogger<GuestRunner>.Instance);
    }

    /// <summary>Runs guests.</summary>
    public IGuestRunner Runner { get; }

    /// <summary>The state of a new transaction.</summary>
    public TransactionState Begin() => new()
    {
        Transaction = new TransactionId(_store.Space, NewId()),
        Snapshot = _store.LatestCommit,
        SchemaEpoch = _store.SchemaEpoch(_store.LatestCommit),
    };

    /// <summary>Changes a state.</summary>
    public TransactionEditor EditorOf(TransactionState state) => new(state, _store, _contracts, new TransactionLimits(), NewId);

    /// <summary>An entry point of a built module, which is installed.</summary>
    /// <param name="module">The name of one of the sample dances, or the path of a module.</param>
    /// <param name="entrypoint">The exported function.</param>
    public GuestEntry Entry(string module, string entrypoint) =>
        new(_modules.Add(File.ReadAllBytes(Path.IsPathRooted(module) ? module : GuestSdk.Built(module))), entrypoint, "map:guest/1");

    public void Dispose()
    {
        ((GuestRunner)Runner).Dispose();
        _engine.Dispose();
        _catalog.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static IEnumerable<ImportSource> Files(string folder) =>
        Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(file => new ImportSource(Path.GetFileName(file), File.ReadAllBytes(file)));

    private LocalId NewId() => new(((UInt128)1 << 120) | ((UInt128)7 << 76) | ((UInt128)2 << 62) | Interlocked.Increment(ref _lastId));
}

/// <summary>A transaction over the sample library.</summary>
/// <param name="world">The library.</param>
internal sealed class LibraryTransaction(LibraryWorld world)
{
    /// <summary>What the transaction stages; what a dance that went well did is in it.</summary>
    public TransactionEditor Editor { get; private set; } = world.EditorOf(world.Begin());

    /// <summary>The saved or staged holon of a key.</summary>
    public HolonReference Find(string key) => Editor.View.FindByKey(key, null);

    /// <summary>A request.</summary>
    public HolonReference Request(params (string Name, BaseValue Value)[] properties)
    {
        var request = Editor.NewHolon(HolonContent.Empty);
        Editor.WithPropertyValues(request, [.. properties.Select(each => KeyValuePair.Create(each.Name, each.Value))]);
        return request;
    }

    /// <summary>Runs a dance of a module as the hub does: what it changed is kept when it went well.</summary>
    public DanceResponse? Dance(string module, string entrypoint, string dance, string affording, HolonReference? request = null)
    {
        var branch = world.EditorOf(Editor.State);
        var response = world.Runner.Dance(world.Entry(module, entrypoint), new DanceCall(dance, Find(affording), request, _ => { }), branch, default);
        Editor = branch;
        return response;
    }

    /// <summary>Runs a dance that fails; returns why.</summary>
    public HolonError Refused(string module, string entrypoint, string dance, string affording, HolonReference? request = null)
    {
        var before = Editor.State;
        var error = Assert.Throws<HolonException>(() => Dance(module, entrypoint, dance, affording, request)).Errors[0];
        Assert.Same(before, Editor.State);
        return error;
    }

    /// <summary>What a validator says of a holon.</summary>
    public IReadOnlyList<GuestFinding> Validate(string module, string entrypoint, HolonReference holon) =>
        world.Runner.Validate(world.Entry(module, entrypoint), new ValidatorCall(entrypoint, holon.Id), Editor.View);
}
