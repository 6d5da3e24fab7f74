using System.Text.Json;
using Map.V1;

namespace Map.Daemon.Tests;

/// <summary>The import of files from the command line.</summary>
public sealed class ImportTests : IAsyncLifetime, IDisposable
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
    public async Task The_sample_library_is_imported_whole()
    {
        var (holons, targets) = ImportFiles.Count(ImportFiles.Library);
        var before = await _daemon.Owner.DescribeAsync("library");
        var text = await _daemon.MustAsync(["import", "--space", "library", .. ImportFiles.Library]);
        Assert.Equal($"Imported {holons:N0} holons and {targets:N0} links as commit 2.\n", text);
        var after = await _daemon.Owner.DescribeAsync("library");
        Assert.Equal(before.Holons + (ulong)holons, after.Holons);
        Assert.Equal((2UL, 0UL), (after.LastCommit, after.OpenTransactions));
    }

    [Fact]
    public async Task A_dry_run_reports_and_changes_nothing()
    {
        var (holons, targets) = ImportFiles.Count(ImportFiles.Library);
        var before = await _daemon.Owner.DescribeAsync("library");
        var text = await _daemon.MustAsync(["import", "--dry-run", "--space", "library", .. ImportFiles.Library]);
        Assert.Equal($"The files have {holons:N0} holons and {targets:N0} links, without errors. Nothing was changed.\n", text);
        var json = JsonDocument.Parse(
            await _daemon.MustAsync(["import", "--dry-run", "--json", "--space", "library", .. ImportFiles.Library])).RootElement;
        Assert.Equal($"{holons}", json.GetProperty("holons").GetString());
        Assert.Equal($"{targets}", json.GetProperty("targets").GetString());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("commitNumber").ValueKind);
        Assert.Equal(before, await _daemon.Owner.DescribeAsync("library"));
    }

    [Fact]
    public async Task As_json_it_tells_the_commit()
    {
        var json = JsonDocument.Parse(
            await _daemon.MustAsync("import", "--json", "--space", "library", ImportFiles.LibraryTypes)).RootElement;
        Assert.Equal($"{ImportFiles.Count([ImportFiles.LibraryTypes]).Holons}", json.GetProperty("holons").GetString());
        Assert.Equal("2", json.GetProperty("commitNumber").GetString());
    }

    [Fact]
    public async Task Links_given_by_inverse_names_are_added_to_saved_holons_and_told()
    {
        await _daemon.MustAsync(["import", "--space", "library", .. ImportFiles.Library]);
        var file = _daemon.Write("more.json", """
            {"holons": [{
              "key": "Anonymous, Further", "type": "Person.HolonType", "properties": {"Name": "Further Anonymous"},
              "relationships": [{"name": "AuthorOf", "target": "Buddenbrooks"}]
            }]}
            """);
        var json = JsonDocument.Parse(
            await _daemon.MustAsync("import", "--dry-run", "--json", "--space", "library", file)).RootElement;
        Assert.Equal("1", json.GetProperty("updated").GetString());
        Assert.Equal(
            "Imported 1 holon and 1 link as commit 3. Links were added to 1 saved holon.\n",
            await _daemon.MustAsync("import", "--space", "library", file));
    }

    [Fact]
    public async Task Errors_are_all_told_with_their_places_and_nothing_is_changed()
    {
        var first = _daemon.Write("first.json", """
            {"holons": [
              {"key": "A", "type": "Nothing.HolonType", "properties": {}},
              {"key": "B", "type": "Subject.HolonType", "properties": {"Name": null}}
            ]}
            """);
        var second = _daemon.Write("second.json", """
            {"holons": [
              {"key": "C", "type": "Subject.HolonType", "properties": {"Name": "C"},
               "relationships": [{"name": "BroaderSubject", "target": "Nowhere"}]}
            ]}
            """);
        var third = _daemon.Write("third.json", "{\"holons\": [\n  {]}");
        var before = await _daemon.Owner.DescribeAsync("library");
        string[] command = ["import", "--space", "library", ImportFiles.LibraryTypes, first, second, third];
        var ending = await _daemon.CommandAsync(command);
        Assert.Equal((1, ""), (ending.ExitCode, ending.Output));
        var lines = ending.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("map-daemon: 4 errors in 4 files; nothing was changed.", lines[^1]);
        Assert.Equal(4, lines[..^1].Length);
        Assert.Contains(lines, line => line.StartsWith($"{first}:2:", StringComparison.Ordinal) && line.Contains("Nothing.HolonType"));
        Assert.Contains(lines, line => line.StartsWith($"{first}:3:", StringComparison.Ordinal) && line.Contains("Name"));
        Assert.Contains(lines, line => line.StartsWith($"{second}:3:", StringComparison.Ordinal) && line.Contains("Nowhere"));
        Assert.Contains(lines, line => line.StartsWith($"{third}:2:4: ", StringComparison.Ordinal));

        var json = (await _daemon.CommandAsync([.. command, "--json"])).Json;
        Assert.False(json.GetProperty("success").GetBoolean());
        Assert.Equal(4, json.GetProperty("errors").GetArrayLength());
        Assert.All(json.GetProperty("errors").EnumerateArray(), error =>
            Assert.True(error.GetProperty("details").GetProperty("place").GetProperty("line").GetInt32() > 0));
        Assert.Equal(before, await _daemon.Owner.DescribeAsync("library"));
    }

    [Fact]
    public async Task Of_very_many_errors_the_first_are_told_and_that_there_are_more()
    {
        await _daemon.MustAsync("import", "--space", "library", ImportFiles.LibraryTypes);
        var subjects = _daemon.Write("subjects.json", ImportFiles.Subjects(20_000));
        await _daemon.MustAsync("import", "--space", "library", subjects);
        var ending = await _daemon.CommandAsync("import", "--space", "library", subjects);
        Assert.Equal(1, ending.ExitCode);
        var lines = ending.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            ["19,000 more errors are not listed.", "map-daemon: 1,000 errors and more in 1 file; nothing was changed."], lines[^2..]);
        Assert.All(lines[..^2], (line, i) => Assert.StartsWith($"{subjects}:{i + 1}:", line));
    }

    [Fact]
    public async Task A_space_that_is_not_there_is_told()
    {
        var ending = await _daemon.CommandAsync("import", "--space", "none", ImportFiles.LibraryTypes);
        Assert.Equal(1, ending.ExitCode);
        Assert.StartsWith("map-daemon: There is no space \"none\".", ending.Error);
    }

    [Fact]
    public async Task What_a_file_says_does_not_steer_the_terminal()
    {
        var file = _daemon.Write("escape.json", "{\"holons\": [{\"key\": \"x\", \"type\": \"a\\u001b[2Jb\", \"properties\": {}}]}");
        var ending = await _daemon.CommandAsync("import", "--space", "library", file);
        Assert.Equal(1, ending.ExitCode);
        Assert.DoesNotContain('\u001b', ending.Error);
        Assert.StartsWith($"{file}:1:", ending.Error);
    }

    [Theory]
    [InlineData(MapProgram.Interrupt)]
    [InlineData(MapProgram.Terminate)]
    public async Task An_interrupted_import_leaves_no_transaction_open(int signal)
    {
        await _daemon.MustAsync("import", "--space", "library", ImportFiles.LibraryTypes);
        var before = await _daemon.Owner.DescribeAsync("library");
        var subjects = _daemon.Write("subjects.json", ImportFiles.Subjects(150_000));
        using var import = MapProgram.Start(["import", "--space", "library", subjects, "--data", _daemon.Data]);
        await Eventually.HoldsAsync(
            "the import has a transaction", async () => (await _daemon.Owner.DescribeAsync("library")).OpenTransactions == 1);
        import.Signal(signal);
        var ending = await import.EndAsync();
        Assert.Equal(
            (130, "", "The import was rolled back: nothing was changed.\nmap-daemon: interrupted.\n"),
            (ending.ExitCode, ending.Output, ending.Error));
        Assert.Equal(0, await _daemon.Owner.CountOpenAsync("library"));
        Assert.Equal(before, await _daemon.Owner.DescribeAsync("library"));
    }

    [Fact]
    public async Task An_import_that_outlives_the_daemon_says_so()
    {
        await _daemon.MustAsync("import", "--space", "library", ImportFiles.LibraryTypes);
        var subjects = _daemon.Write("subjects.json", ImportFiles.Subjects(150_000));
        using var import = MapProgram.Start(["import", "--space", "library", subjects, "--data", _daemon.Data]);
        await Eventually.HoldsAsync(
            "the import has a transaction", async () => (await _daemon.Owner.DescribeAsync("library")).OpenTransactions == 1);
        await _daemon.StopAsync(MapProgram.Kill);
        var ending = await import.EndAsync();
        Assert.Equal((3, ""), (ending.ExitCode, ending.Output));
        Assert.StartsWith($"map-daemon: the daemon on {_daemon.Data} stopped before it was done.", ending.Error);
        await _daemon.RunAsync();

        // Nothing was saved; the transaction that nobody ended came back, for whoever lists it.
        Assert.Equal((2UL, 1UL), await LastCommitAsync());
    }

    [Fact]
    public async Task Violations_in_a_lax_space_are_warnings()
    {
        await _daemon.MustAsync("space", "create", "lax", "--report");
        var file = _daemon.Write("lax.json", """
            {"holons": [{"key": "A", "type": "Schema.HolonType", "properties": {"NoSuchProperty": "x"}}]}
            """);
        var ending = await _daemon.CommandAsync("import", "--space", "lax", file);
        Assert.True(ending.ExitCode == 0, ending.Error);
        Assert.StartsWith("Imported 1 holon and 0 links", ending.Output);
    }

    [Fact]
    public async Task Values_of_properties_are_not_in_the_log()
    {
        const string Value = "value-that-nobody-else-is-to-read";
        await _daemon.MustAsync("import", "--space", "library", ImportFiles.LibraryTypes);
        var good = _daemon.Write("good.json", $$"""
            {"holons": [{"key": "{{Value}}", "type": "Subject.HolonType", "properties": { "Name": "{{Value}}" } }]}
            """);
        await _daemon.MustAsync("import", "--space", "library", good);
        var again = await _daemon.CommandAsync("import", "--space", "library", good);
        Assert.Equal(1, again.ExitCode);
        var transaction = await _daemon.Owner.BeginAsync("library");
        var content = new HolonContent { Key = "k" };
        content.Properties.Add(new Property { Name = "Name", Value = new BaseValue { StringValue = Value } });
        var made = await _daemon.Owner.MutateAsync(transaction, new MutationCommand { NewHolon = new NewHolonCommand { Content = content } });
        Assert.True(made.Success, made.ToString());
        await _daemon.StopAsync();
        var log = string.Concat(Directory.GetFiles(Path.Combine(_daemon.Data, "log")).Select(File.ReadAllText));
        Assert.Contains("INF Map.Hub.Dispatch.CommandDispatcher Commit 3 of ", log);
        Assert.DoesNotContain(Value, log, StringComparison.Ordinal);
        Assert.DoesNotContain(Value, _daemon.Process.Error, StringComparison.Ordinal);
    }

    private async Task<(ulong LastCommit, ulong Open)> LastCommitAsync()
    {
        var space = await _daemon.Owner.DescribeAsync("library");
        return (space.LastCommit, space.OpenTransactions);
    }
}
