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
using Map.Core.Views;
using Map.Fixtures;
using Map.Guests.Abi;
using Map.Guests.Modules;
using Map.Guests.Running;
using Map.Guests.Tests.Building;
using Map.Hub.Tests;
using Map.Storage;
using Map.Wasm;
using static Map.Hub.Tests.TestSchema;

namespace Map.Guests.Tests;

/// <summary>A runner of guests, and a transaction over a real store that has types, two books and their author.</summary>
internal sealed class GuestWorld : IDisposable
{
    private readonly string _directory = RepositoryFiles.NewDirectory();
    private readonly SpaceCatalog _catalog;
    private readonly ContractCache _contracts = new();
    private readonly Engine _engine = new();
    private readonly ModuleStore _modules;
    private ulong _lastId;

    public GuestWorld(GuestOptions? options = null)
    {
        _catalog = SpaceCatalog.Open(new StorageOptions { DataDirectory = Path.Combine(_directory, "data") });
        var space = new SpaceRecord(new SpaceId(NewId()), "tests", EnforceValidation: true, CreatedUnixMicros: 0, SpaceHolon: NewId());
        Store = _catalog.Create(space);
        _catalog.Publish(space.Id);
        Commit(editor => editor.Load([Alone, Books], null, default));
        _modules = new ModuleStore(Path.Combine(_directory, "modules"));
        Runner = new GuestRunner(new CompiledModules(_engine, _modules), options ?? new GuestOptions(), Log);
        Editor = Begin();
        Saved = Find("One");
    }

    public IHolonStore Store { get; }

    public LogLines Log { get; } = new();

    public GuestRunner Runner { get; }

    /// <summary>The transaction's state before the dance, and after one that went well.</summary>
    public TransactionEditor Editor { get; set; }

    /// <summary>The state that the last dance began with.</summary>
    public TransactionState? Before { get; private set; }

    /// <summary>The saved book "One", of Ann and Bob.</summary>
    public HolonReference Saved { get; }

    private static ImportSource Books => TestSchema.File(
        "books.json",
        Holon("Ann", Person, new { Name = "Ann" }),
        Holon("Bob", Person, new { Name = "Bob" }),
        Holon("One", Book, new { Title = "First", Pages = 100 }, (Authors, new[] { "Ann", "Bob" })),
        Holon("Two", Novel, new { Title = "Second" }, (Authors, "Ann")));

    /// <summary>How many memories finished guests left for the next.</summary>
    public int Regions => _engine.KeptMemories;

    /// <summary>The saved book in another transaction.</summary>
    public HolonReference SavedIn(TransactionEditor editor) => new SmartReference(editor.State.Transaction, Saved.Id);

    /// <summary>A transaction over what is saved.</summary>
    public TransactionEditor Begin() => EditorOf(new TransactionState
    {
        Transaction = new TransactionId(Store.Space, NewId()),
        Snapshot = Store.LatestCommit,
        SchemaEpoch = Store.SchemaEpoch(Store.LatestCommit),
    });

    /// <summary>The saved or staged holon of a key.</summary>
    public HolonReference Find(string key) => Editor.View.FindByKey(key, null);

    /// <summary>Stages a holon of a type.</summary>
    public HolonReference Stage(string key, string type) => Editor.StageNewHolon(
        new HolonContent(Find(type), PropertyMap.Empty.With(Names.Key, new StringValue(key)), []));

    /// <summary>Installs a module and answers its entry point.</summary>
    public GuestEntry Install(byte[] module, string entrypoint = ScriptGuest.Entrypoint) =>
        new(_modules.Add(module), entrypoint, GuestInterface.Name);

    /// <summary>Installs the module that runs scripts.</summary>
    public GuestEntry InstallScripts(string manifest = Manifests.Everything) => Install(ScriptGuest.Build(manifest));

    /// <summary>What dances had to say beside their answers.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Runs a script as a dance on the saved book, and keeps what it did.</summary>
    public ScriptResults Run(Script script, GuestEntry? entry = null, HolonReference? affording = null) =>
        script.Read(Dance(entry ?? InstallScripts(), script, affording));

    /// <summary>Runs a script as a dance on the saved book, and keeps what it did.</summary>
    public DanceResponse? Dance(GuestEntry entry, Script script, HolonReference? affording = null, CancellationToken cancellation = default)
    {
        var request = Editor.NewHolon(HolonContent.Empty);
        Editor.WithPropertyValues(request, [new(ScriptGuest.Property, script.ToValue())]);
        return Dance(entry, request, affording, cancellation);
    }

    /// <summary>Runs a dance on the saved book as the hub does: what it did is kept when it went well, and dropped when not.</summary>
    public DanceResponse? Dance(
        GuestEntry entry, HolonReference? request = null, HolonReference? affording = null, CancellationToken cancellation = default)
    {
        Before = Editor.State;
        var branch = EditorOf(Before);
        var response = Runner.Dance(entry, new DanceCall("Test", affording ?? Saved, request, Warnings.Add), branch, cancellation);
        Editor = branch;
        return response;
    }

    /// <summary>Runs a dance that is refused or stopped, without a trace.</summary>
    public static HolonError Refused(HolonErrorCode code, Func<DanceResponse?> dance)
    {
        var error = Assert.Throws<HolonException>(() => dance()).Errors[0];
        Assert.True(code == error.Code, $"{code} expected, but: {error.Code}, {error.Message}");
        return error;
    }

    public void Dispose()
    {
        Runner.Dispose();
        _engine.Dispose();
        _catalog.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private TransactionEditor EditorOf(TransactionState state) => new(state, Store, _contracts, new TransactionLimits(), NewId);

    private void Commit(Action<TransactionEditor> stage)
    {
        var editor = Begin();
        stage(editor);
        var plan = CommitPlanner.Plan(editor.View, "tests", enforces: false, NoGuests.Instance).Plan;
        Assert.Empty(Store.Commit(plan, nowUnixMicros: 1_000_000).Conflicts);
    }

    /// <summary>An id like those of holons, rising.</summary>
    private LocalId NewId() => new(((UInt128)1 << 120) | ((UInt128)7 << 76) | ((UInt128)2 << 62) | Interlocked.Increment(ref _lastId));
}
