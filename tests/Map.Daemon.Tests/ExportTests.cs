using System.Text.Json;

namespace Map.Daemon.Tests;

/// <summary>The export of a space from the command line.</summary>
public sealed class ExportTests : IAsyncLifetime, IDisposable
{
    private TestDaemon _daemon = null!;

    public async Task InitializeAsync()
    {
        _daemon = await TestDaemon.StartAsync();
        await _daemon.MustAsync("space", "create", "library");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _daemon?.Dispose();

    [Fact]
    public async Task An_exported_space_is_imported_whole_and_has_the_same_export()
    {
        await ImportAsync(ImportFiles.Library);
        var (holons, links) = ImportFiles.Count(ImportFiles.Library);
        var file = _daemon.Write("export.json", "an older one");
        var counts = $"{holons:N0} holons and {links:N0} links";
        Assert.Equal(
            $"Exported {counts} to {file}.\n", await _daemon.MustAsync("export", "--space", "library", "--output", file, "--force"));
        await _daemon.MustAsync("space", "create", "copy");
        Assert.Equal($"Imported {counts} as commit 2.\n", await _daemon.MustAsync("import", "--space", "copy", file));
        var again = await _daemon.CommandAsync("export", "--space", "copy");
        Assert.Equal((0, $"Exported {counts}.\n"), (again.ExitCode, again.Error));
        Assert.Equal(await File.ReadAllTextAsync(file), again.Output);
        Assert.Equal(0, await _daemon.Owner.CountOpenAsync("library"));
        Assert.Equal([Path.GetFileName(file)], Files(file));
    }

    [Fact]
    public async Task As_json_it_tells_the_counts_and_an_earlier_commit_is_exported_as_it_was()
    {
        await ImportAsync(ImportFiles.Library);
        var file = _daemon.Write("export.json", "an older one");
        var then = JsonDocument.Parse(
            await _daemon.MustAsync("export", "--space", "library", "--at", "1", "--json", "--output", file, "--force")).RootElement;
        Assert.Equal(
            ["0", "0", "0", "0"],
            ((string[])["holons", "links", "outsideLinks", "changedCoreHolons"]).Select(name => then.GetProperty(name).GetString()));
        Assert.Equal(0, JsonDocument.Parse(await File.ReadAllTextAsync(file)).RootElement.GetProperty("holons").GetArrayLength());
        var late = await _daemon.CommandAsync("export", "--space", "library", "--at", "3");
        Assert.Equal((1, ""), (late.ExitCode, late.Output));
        Assert.Contains("has no commit 3", late.Error);
    }

    [Fact]
    public async Task A_selection_is_exported_with_links_that_lead_out_of_it_or_without()
    {
        await ImportAsync(ImportFiles.Library);
        var query = _daemon.Write("query.json", """{"from": "Book", "steps": [{"where": {"PublicationYear": {"less": 1815}, "Form": "Novel"}}]}""");
        var open = await _daemon.CommandAsync("export", "--space", "library", "--query", query);
        var closed = await _daemon.CommandAsync("export", "--space", "library", "--query", query, "--closed");
        Assert.Equal((0, 0), (open.ExitCode, closed.ExitCode));
        var books = open.Json.GetProperty("holons").EnumerateArray().ToList();
        Assert.NotEmpty(books);
        Assert.All(books, book => Assert.Equal("Book.HolonType", book.GetProperty("type").GetString()));
        Assert.All(books, book => Assert.InRange(book.GetProperty("properties").GetProperty("PublicationYear").GetInt32(), -3_000, 1_814));
        Assert.Contains(books, book => book.TryGetProperty("relationships", out _));
        Assert.Matches(@"^Exported \d+ holons and \d+ links\. \d+ links lead to holons that have to be where it is imported\.\n$", open.Error);
        Assert.Matches(@"^Exported \d+ holons and \d+ links?\. \d+ links to others left out\.\n$", closed.Error);
        Assert.Equal(
            books.Select(book => book.GetProperty("key").GetString()),
            closed.Json.GetProperty("holons").EnumerateArray().Select(book => book.GetProperty("key").GetString()));
    }

    [Theory]
    [InlineData("""{"from": "Book", "steps": [{"follow": "Nobody"}]}""", ":1:39: ")]
    [InlineData("""{"from": "Book", "select": ["Title"]}""", ":1:18: ")]
    [InlineData("""{"from": "Book", "stops": []}""", ":1:18: ")]
    public async Task A_wrong_selection_is_told_with_its_place_and_no_file_is_written(string query, string place)
    {
        await ImportAsync(ImportFiles.Library);
        var path = _daemon.Write("query.json", query);
        var output = path.Replace("query.json", "export.json");
        var ending = await _daemon.CommandAsync("export", "--space", "library", "--query", path, "--output", output);
        Assert.Equal((1, ""), (ending.ExitCode, ending.Output));
        Assert.Contains($"{path}{place}", ending.Error);
        Assert.Equal(["query.json"], Files(path));
        Assert.Equal(0, await _daemon.Owner.CountOpenAsync("library"));
    }

    [Fact]
    public async Task A_file_that_is_there_is_kept_unless_it_may_be_replaced()
    {
        var file = _daemon.Write("export.json", "precious");
        var ending = await _daemon.CommandAsync("export", "--space", "library", "--output", file);
        Assert.Equal((2, ""), (ending.ExitCode, ending.Output));
        Assert.StartsWith($"map-daemon: There is a file '{file}' already; --force replaces it.\n", ending.Error);
        var failed = await _daemon.CommandAsync("export", "--space", "nowhere", "--output", file, "--force");
        Assert.Equal(1, failed.ExitCode);
        Assert.Equal("precious", await File.ReadAllTextAsync(file));
        Assert.Equal(["export.json"], Files(file));
    }

    [Theory]
    [InlineData(MapProgram.Interrupt)]
    [InlineData(MapProgram.Terminate)]
    public async Task An_interrupted_export_leaves_no_transaction_and_no_file(int signal)
    {
        await ImportAsync(ImportFiles.LibraryTypes);
        await ImportAsync(_daemon.Write("subjects.json", ImportFiles.Subjects(100_000)));
        var file = Path.Combine(_daemon.Data + ".files", "export.json");
        using var export = MapProgram.Start(["export", "--space", "library", "--output", file, "--data", _daemon.Data]);
        await Eventually.HoldsAsync("the export has begun its file", () => Files(file).Any(name => name.EndsWith(".partial", StringComparison.Ordinal)));
        export.Signal(signal);
        var ending = await export.EndAsync();
        Assert.Equal((130, "", "map-daemon: interrupted.\n"), (ending.ExitCode, ending.Output, ending.Error));
        Assert.Equal(["subjects.json"], Files(file));
        Assert.Equal(0, await _daemon.Owner.CountOpenAsync("library"));
    }

    [Fact]
    public async Task The_core_schema_is_taken_along_where_that_is_asked_for()
    {
        var bare = await _daemon.CommandAsync("export", "--space", "library");
        Assert.Equal((0, "Exported 0 holons and 0 links.\n"), (bare.ExitCode, bare.Error));
        var whole = await _daemon.CommandAsync("export", "--space", "library", "--core-schema");
        Assert.Equal(ImportFiles.Count(ImportFiles.Core).Holons, whole.Json.GetProperty("holons").GetArrayLength());
        await _daemon.MustAsync("space", "create", "copy", "--no-schema");
        await _daemon.MustAsync("import", "--space", "copy", _daemon.Write("core.json", whole.Output));
        Assert.Equal(whole.Output, await _daemon.MustAsync("export", "--space", "copy"));
    }

    private static IEnumerable<string> Files(string beside) =>
        Directory.GetFiles(Path.GetDirectoryName(beside)!).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    private Task<string> ImportAsync(params string[] args) => _daemon.MustAsync(["import", "--space", "library", .. args]);
}
