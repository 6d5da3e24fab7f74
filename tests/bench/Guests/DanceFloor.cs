using Map.Core.Dancing;
using Map.Core.Editing;
using Map.Core.Identity;
using Map.Core.References;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Types;
using Map.Core.Values;
using Map.Guests.Abi;
using Map.Guests.Modules;
using Map.Guests.Running;
using Map.Storage;
using Map.Wasm;
using Microsoft.Extensions.Logging.Abstractions;

namespace Map.Bench.Guests;

/// <summary>A runner of guests and a saved book of two authors, in a store of their own.</summary>
internal sealed class DanceFloor : IDisposable
{
    private const string Manifest = """{"abi":"map:guest/1","name":"bench","capabilities":{"read":["*"],"write":["*"]}}""";

    private readonly SpaceCatalog _catalog;
    private readonly Engine _engine = new();
    private readonly GuestRunner _runner;
    private readonly IHolonStore _store;
    private readonly ContractCache _contracts = new();
    private readonly TransactionState _state;
    private readonly HolonReference _book;
    private readonly string _module;
    private ulong _lastId;

    /// <param name="directory">Where it keeps its files; others remove it.</param>
    public DanceFloor(string directory)
    {
        _catalog = SpaceCatalog.Open(new StorageOptions { DataDirectory = Path.Combine(directory, "data") });
        var space = new SpaceRecord(new SpaceId(NewId()), "dances", EnforceValidation: false, CreatedUnixMicros: 0, SpaceHolon: NewId());
        _store = _catalog.Create(space);
        var editor = EditorOf(NewState());
        Stage(editor);
        _store.Commit(CommitPlanner.Plan(editor.View, "bench", enforces: false, NoGuests.Instance).Plan, nowUnixMicros: 1);
        _state = NewState();
        _book = EditorOf(_state).View.FindByKey("Book", null);
        var modules = new ModuleStore(Path.Combine(directory, "modules"));
        _module = modules.Add(GuestFiles.Read("dances.wasm", Manifest));
        _runner = new GuestRunner(new CompiledModules(_engine, modules), new GuestOptions(), NullLogger<GuestRunner>.Instance);
    }

    /// <summary>Runs a dance on the book, and drops what it changed.</summary>
    public DanceResponse? Run(string entrypoint) => _runner.Dance(
        new GuestEntry(_module, entrypoint, GuestInterface.Name), new DanceCall(entrypoint, _book, null, _ => { }), EditorOf(_state), CancellationToken.None);

    public void Dispose()
    {
        _runner.Dispose();
        _engine.Dispose();
        _catalog.Dispose();
    }

    /// <summary>A type that describes itself, and a book of two authors that it describes, too.</summary>
    private static void Stage(TransactionEditor editor)
    {
        var type = editor.StageNewHolon(Named("Book.HolonType", "TypeName", "Book"));
        editor.WithPropertyValues(
            type, [new("AllowsAdditionalProperties", new BooleanValue(true)), new("AllowsAdditionalRelationships", new BooleanValue(true))]);
        editor.WithDescriptor(type, type);
        var book = editor.StageNewHolon(Named("Book", "Title", "First") with { Descriptor = type });
        foreach (var author in (string[])["Ann", "Bob"])
            editor.AddRelated(book, "Authors", [editor.StageNewHolon(Named(author, "Name", author) with { Descriptor = type })]);
    }

    private static HolonContent Named(string key, string property, string value) => HolonContent.Empty with
    {
        Properties = PropertyMap.Create([new(Names.Key, new StringValue(key)), new(property, new StringValue(value))]),
    };

    private TransactionState NewState() => new()
    {
        Transaction = new TransactionId(_store.Space, NewId()),
        Snapshot = _store.LatestCommit,
        SchemaEpoch = _store.SchemaEpoch(_store.LatestCommit),
    };

    private TransactionEditor EditorOf(TransactionState state) => new(state, _store, _contracts, new TransactionLimits(), NewId);

    private LocalId NewId() => new(((UInt128)1 << 120) | ((UInt128)7 << 76) | ((UInt128)2 << 62) | Interlocked.Increment(ref _lastId));
}
