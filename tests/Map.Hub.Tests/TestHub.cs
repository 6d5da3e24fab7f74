using Map.Core.Identity;
using Map.Core.Loading;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Fixtures;
using Map.Hub.Commands;
using Map.Hub.Content;
using Map.Hub.Dispatch;
using Map.Hub.Spaces;
using Map.Storage;
using Map.V1;
using Microsoft.Extensions.Logging.Abstractions;

namespace Map.Hub.Tests;

/// <summary>A hub on a real store in a directory of its own.</summary>
internal sealed class TestHub : IDisposable
{
    private readonly string _directory = RepositoryFiles.NewDirectory();
    private readonly HubOptions _options;
    private readonly TimeProvider _time;
    private readonly Func<ISpaceCatalog, ISpaceCatalog> _wrap;
    private readonly TimeProvider _storeTime;
    private SpaceCatalog _files;
    private ISpaceCatalog _catalog;

    /// <param name="options">Limits; the usual ones when absent.</param>
    /// <param name="wrap">Puts something before the store.</param>
    /// <param name="time">The clock; the system's when absent.</param>
    /// <param name="storeTime">The clock of the store; the system's when absent.</param>
    public TestHub(
        HubOptions? options = null, Func<ISpaceCatalog, ISpaceCatalog>? wrap = null, TimeProvider? time = null,
        TimeProvider? storeTime = null)
    {
        _storeTime = storeTime ?? TimeProvider.System;
        _options = options ?? Options();
        _wrap = wrap ?? (catalog => catalog);
        _time = time ?? TimeProvider.System;
        (_files, _catalog) = (null!, null!);
        Start();
    }

    public static HubOptions Options(TransactionLimits? limits = null) =>
        new() { CoreSchema = Files(RepositoryFiles.CoreSchema), Limits = limits ?? new TransactionLimits() };

    /// <summary>Where the store is made to fail; null while it is not.</summary>
    public Action<FaultPoint>? Faults { get; set; }

    public string DataDirectory => _directory;

    public HolonSpaces Spaces { get; private set; } = null!;

    public CommandDispatcher Dispatcher { get; private set; } = null!;

    public ContentStore Content { get; private set; } = null!;

    public static IReadOnlyList<ImportSource> Files(string folder) =>
        [.. Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(File)];

    public static ImportSource File(string path) => new(Path.GetFileName(path), System.IO.File.ReadAllBytes(path));

    /// <param name="name">Its name.</param>
    /// <param name="schema">Import files to load; null for the core schema, empty for none.</param>
    /// <param name="enforces">Whether violations of types fail a commit; else they are warnings.</param>
    public HolonSpaceManager NewSpace(string name, IReadOnlyList<ImportSource>? schema = null, bool enforces = true) =>
        Spaces.Create(name, enforces, schema, default).Manager;

    /// <summary>A space with the types of <see cref="TestSchema"/> over the core schema.</summary>
    /// <param name="enforces">Whether violations of types fail a commit; else they are warnings.</param>
    public HolonSpaceManager NewLibrary(bool enforces = true) =>
        NewSpace("library", [.. _options.CoreSchema, TestSchema.OverCore], enforces);

    public TestTransaction Begin(HolonSpaceManager space, Caller? caller = null) =>
        new(Dispatcher, space.Begin("test", "tests", caller ?? Caller.Owner).Id, caller ?? Caller.Owner);

    /// <summary>Checks the store of a space against itself.</summary>
    public StoreReport Verify(SpaceId space) =>
        new SpaceKeeper(_files, "tests", _storeTime).Verify(space, progress: null, CancellationToken.None);

    /// <summary>Closes the store and opens it again, as a new process would.</summary>
    public void Restart()
    {
        Spaces.Dispose();
        _catalog.Dispose();
        Start();
    }

    public void Dispose()
    {
        Spaces.Dispose();
        _catalog.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private void Start()
    {
        _files = SpaceCatalog.Open(new StorageOptions
        {
            DataDirectory = _directory,
            Time = _storeTime,
            Faults = point => Faults?.Invoke(point),
        });
        _catalog = _wrap(_files);
        Content = new ContentStore(_options, _time);
        Spaces = new HolonSpaces(_catalog, _options, new IdGenerator(_time), _time, NullLogger<HolonSpaces>.Instance);
        Dispatcher = new CommandDispatcher(
            Spaces, new CommandRegistry(), Content, _options, _time, NullLogger<CommandDispatcher>.Instance);
    }
}
