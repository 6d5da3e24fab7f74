using Map.Core.Loading;
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
    public static readonly Caller Owner = new("owner", AccessScope.Admin, []);

    private readonly string _directory = RepositoryFiles.NewDirectory();
    private readonly HubOptions _options;
    private SpaceCatalog _catalog;

    public TestHub(HubOptions? options = null)
    {
        _options = options ?? new HubOptions { CoreSchema = Files(RepositoryFiles.CoreSchema) };
        _catalog = null!;
        Start();
    }

    public HolonSpaces Spaces { get; private set; } = null!;

    public CommandDispatcher Dispatcher { get; private set; } = null!;

    public ContentStore Content { get; private set; } = null!;

    public static IReadOnlyList<ImportSource> Files(string folder) =>
        [.. Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(File)];

    public static ImportSource File(string path) => new(Path.GetFileName(path), System.IO.File.ReadAllBytes(path));

    public HolonSpaceManager NewSpace(string name, IReadOnlyList<ImportSource>? schema = null) =>
        Spaces.Create(name, enforceValidation: true, schema, default).Manager;

    public TestTransaction Begin(HolonSpaceManager space, Caller? caller = null) =>
        new(Dispatcher, space.Begin("test", "tests").Id, caller ?? Owner);

    /// <summary>Closes the store and opens it again, as a new process would.</summary>
    public void Restart()
    {
        _catalog.Dispose();
        Start();
    }

    public void Dispose()
    {
        _catalog.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private void Start()
    {
        _catalog = SpaceCatalog.Open(new StorageOptions { DataDirectory = _directory });
        Content = new ContentStore(_options, TimeProvider.System);
        Spaces = new HolonSpaces(_catalog, _options, new IdGenerator(TimeProvider.System), TimeProvider.System);
        Dispatcher = new CommandDispatcher(
            Spaces, new CommandRegistry(), Content, _options, TimeProvider.System, NullLogger<CommandDispatcher>.Instance);
    }
}
