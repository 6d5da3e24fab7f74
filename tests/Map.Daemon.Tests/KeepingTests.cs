using Map.Fixtures;
using Map.Rpc;
using Map.V1;

namespace Map.Daemon.Tests;

/// <summary>verify, backup and restore, through a daemon and without one.</summary>
public sealed class KeepingTests : IAsyncLifetime, IDisposable
{
    private readonly string _elsewhere = RepositoryFiles.NewDirectory();
    private TestDaemon _daemon = null!;

    private string Backups => Path.Combine(_elsewhere, "backups");

    private string Restored => Path.Combine(_elsewhere, "restored");

    public async Task InitializeAsync()
    {
        _daemon = await TestDaemon.StartAsync();
        await _daemon.MustAsync("space", "create", "notes");
        await _daemon.MustAsync("space", "create", "bare", "--no-schema");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _daemon?.Dispose();
        Directory.Delete(_elsewhere, recursive: true);
    }

    [Fact]
    public async Task Verify_warns_of_holons_that_do_not_follow_their_types_and_of_no_others()
    {
        await _daemon.MustAsync("space", "create", "sketch", "--no-schema", "--report");
        var file = Path.Combine(_elsewhere, "sketch.json");
        await File.WriteAllTextAsync(file, """
            {"holons": [
              {"key": "Kind", "type": "Kind", "properties": {"TypeName": "Kind", "AllowsAdditionalProperties": true}},
              {"key": "Note", "type": "Kind", "properties": {"TypeName": "Note"}},
              {"key": "one", "type": "Note", "properties": {"Colour": "red"}},
              {"key": "two", "type": "Note", "properties": {"Colour": "blue"}},
              {"key": "three", "type": "Note", "properties": {}}]}
            """);
        await _daemon.MustAsync("import", "--space", "sketch", file);
        var lines = (await _daemon.MustAsync("verify", "--space", "sketch")).Split('\n');
        Assert.StartsWith("sketch: nothing found", lines[0]);
        Assert.Equal("  Warning: 2 holons do not follow their types, which were changed since or are only reported on.", lines[1]);
        Assert.StartsWith("    \"one\" has a value for \"Colour\", which Note does not know.", lines[2]);
        Assert.StartsWith("    \"two\" has a value for \"Colour\"", lines[3]);
        Assert.Equal(["", ""], [string.Concat(lines[4..]), (await _daemon.CommandAsync("verify", "--space", "bare")).Error]);
    }

    [Fact]
    public async Task Verify_says_that_nothing_is_wrong_through_the_daemon_and_without_one()
    {
        var text = await _daemon.MustAsync("verify");
        Assert.Matches(@"^bare: nothing found \(commit 0, \d+ rows read\)\nnotes: nothing found \(commit 1, [\d,]+ rows read\)\n$", text);
        Assert.StartsWith("bare: nothing found", await _daemon.MustAsync("verify", "--space", "BARE"));
        var unknown = await _daemon.CommandAsync("verify", "--space", "none");
        Assert.Equal((1, ""), (unknown.ExitCode, unknown.Output));
        Assert.Contains("There is no space \"none\"", unknown.Error);

        await _daemon.StopAsync();
        Assert.Equal(text, await _daemon.MustAsync("verify"));
        var json = (await _daemon.CommandAsync("verify", "--json", "--space", "notes")).Json.GetProperty("spaces")[0];
        Assert.Equal("0", json.GetProperty("findingCount").GetString());
        Assert.Equal("1", json.GetProperty("lastCommit").GetString());
        Assert.Contains("There is no space \"none\"", (await _daemon.CommandAsync("verify", "--space", "none")).Error);
    }

    [Fact]
    public async Task Findings_have_their_exit_code_and_the_other_spaces_go_on()
    {
        await _daemon.StopAsync();
        var notes = (await ListedAsync())["notes"];
        File.Delete(Path.Combine(_daemon.Data, "spaces", notes, "CURRENT"));
        var alone = await _daemon.CommandAsync("verify");
        Assert.Equal(5, alone.ExitCode);
        Assert.Contains("bare: nothing found", alone.Output);
        Assert.Contains("notes: 1 finding (could not be opened)\n  store: The store ", alone.Output);
        Assert.Contains("Restore it from a backup.", alone.Output);

        await _daemon.RunAsync();
        var through = await _daemon.CommandAsync("verify", "--json");
        Assert.Equal(5, through.ExitCode);
        var finding = through.Json.GetProperty("spaces")[1].GetProperty("findings")[0];
        Assert.Equal("store", finding.GetProperty("part").GetString());
        Assert.Contains("Restore it from a backup.", finding.GetProperty("message").GetString());
        var status = await _daemon.Owner.StatusAsync();
        Assert.Equal([SpaceState.Open, SpaceState.Damaged], status.SpaceStatuses.Select(space => space.State));
        Assert.Contains("is missing", status.SpaceStatuses[1].Problem);
        Assert.Contains("notes: The store", await _daemon.MustAsync("status"));

        var backup = await _daemon.CommandAsync("backup", Backups);
        Assert.Equal(5, backup.ExitCode);
        Assert.Contains("bare as of commit 0", backup.Output);
        Assert.Contains("notes is not in it: The store ", backup.Error);
    }

    [Fact]
    public async Task A_backup_of_a_running_daemon_restores_to_a_directory_that_a_daemon_serves()
    {
        Assert.Matches(
            @"^Backup \S+ is in \S+: 2 spaces, \d+ (k|M)B added.\n  bare as of commit 0\n  notes as of commit 1\n$",
            await _daemon.MustAsync("backup", Backups));
        var second = (await _daemon.CommandAsync("backup", Backups, "--keep", "1", "--json")).Json.GetProperty("backupId").GetString()!;
        var rows = (await _daemon.MustAsync("backup", "list", Backups)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, rows.Length);
        Assert.StartsWith(second, rows[1]);
        Assert.EndsWith("bare (commit 0), notes (commit 1)", rows[1]);
        Assert.Contains("Examples:\n  map-daemon backup list", await _daemon.MustAsync("backup", "list", "--help"));
        Assert.Equal(second, (await _daemon.Owner.StatusAsync()).SpaceStatuses[0].LastBackup.BackupId);

        var ending = await MapProgram.RunAsync("restore", Backups, "--id", second, "--data", Restored);
        Assert.Equal((0, ""), (ending.ExitCode, ending.Error));
        Assert.Equal($"Restored backup {second} to {Restored}:\n  bare as of commit 0\n  notes as of commit 1\n", ending.Output);
        var again = await MapProgram.RunAsync("restore", Backups, "--data", Restored);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("is not empty, and a restore overwrites nothing", again.Error);
        var expected = await _daemon.Owner.DescribeAsync("notes");

        using var restored = await TestDaemon.StartOnAsync(Restored);
        Assert.Equal(expected, await restored.Owner.DescribeAsync("notes"));
        Assert.Equal(0, (await restored.CommandAsync("verify")).ExitCode);
        Assert.Contains("There are no tokens", await restored.MustAsync("token", "list"));
    }

    [Fact]
    public async Task A_backup_needs_no_daemon()
    {
        await _daemon.StopAsync();
        Assert.Contains("2 spaces", await _daemon.MustAsync("backup", Backups));
        var ending = await MapProgram.RunAsync("restore", Backups, "--data", Restored, "--json");
        Assert.Equal(2, ending.Json.GetProperty("spaces").GetArrayLength());
        Assert.Equal(0, (await MapProgram.RunAsync("verify", "--data", Restored)).ExitCode);
        var none = await MapProgram.RunAsync("backup", Backups, "--data", Path.Combine(_elsewhere, "none"));
        Assert.Equal(1, none.ExitCode);
        Assert.Contains("is not a data directory", none.Error);
        Assert.False(Directory.Exists(Path.Combine(_elsewhere, "none")));
    }

    [Theory]
    [InlineData("inside", "is inside the data directory")]
    [InlineData("relative", "is absolute")]
    public async Task A_place_that_cannot_have_backups_is_refused(string place, string message)
    {
        var destination = place == "inside" ? Path.Combine(_daemon.Data, "backups") : "backups";
        var refused = await Assert.ThrowsAsync<GrpcStatusException>(() => BackupAsync(_daemon.Owner, destination));
        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Contains(message, refused.Message);
        Assert.Equal(ErrorCode.InvalidRequest, refused.GetDetail<HolonError>()!.Code);
    }

    [Fact]
    public async Task Only_who_may_use_all_spaces_makes_backups_and_each_leaves_a_line_in_the_log()
    {
        var secret = (await _daemon.CommandAsync("token", "create", "narrow", "--scope", "admin", "--space", "bare", "--json"))
            .Json.GetProperty("secret").GetString();
        var narrow = _daemon.OverTcp(secret);
        var refused = await Assert.ThrowsAsync<GrpcStatusException>(() => BackupAsync(narrow, Backups));
        Assert.Equal(StatusCode.PermissionDenied, refused.StatusCode);
        Assert.Equal(["bare"], (await narrow.StatusAsync()).SpaceStatuses.Select(space => space.Name));
        Assert.Equal(["bare"], await VerifyAsync(narrow, ""));
        Assert.Equal(
            StatusCode.PermissionDenied, (await Assert.ThrowsAsync<GrpcStatusException>(() => VerifyAsync(narrow, "notes"))).StatusCode);

        var backup = await BackupAsync(_daemon.Owner, Backups);
        Assert.Equal(["bare", "notes"], backup.Spaces.Select(space => space.Name));
        await _daemon.StopAsync();
        var log = string.Concat(Directory.GetFiles(Path.Combine(_daemon.Data, "log")).Select(File.ReadAllText));
        Assert.Contains($"Backup {backup.BackupId} to {Backups} was made for owner: 2 spaces, 0 left out", log);
        Assert.Contains("Space bare was verified for narrow: 0 findings", log);
    }

    [Fact]
    public async Task Status_tells_how_each_space_is()
    {
        await _daemon.Owner.BeginAsync("notes");
        var text = await _daemon.MustAsync("status");
        Assert.Matches(@"\nSPACE +STATE +COMMIT +HOLONS +DISK +OPEN +LAST BACKUP\n", text);
        Assert.Matches(@"\nnotes +open +1 +[\d,]+ +\d+ (k|M)B +1 +-\n", text);
        await _daemon.StopAsync();
        await _daemon.RunAsync();
        var notes = (await _daemon.Owner.StatusAsync()).SpaceStatuses[1];
        Assert.Equal((SpaceState.Closed, true, 1UL, false), (notes.State, notes.HasLastCommit, notes.LastCommit, notes.HasHolons));
    }

    private static async Task<BackupInfo> BackupAsync(MapClient client, string destination)
    {
        BackupInfo? made = null;
        await foreach (var response in client.FollowAsync<BackupRequest, BackupResponse>(
            "MapAdmin/Backup", new BackupRequest { Destination = destination }))
            made = response.Backup ?? made;
        return made!;
    }

    private static async Task<List<string>> VerifyAsync(MapClient client, string space)
    {
        var names = new List<string>();
        await foreach (var response in client.FollowAsync<VerifyRequest, VerifyResponse>(
            "MapAdmin/Verify", new VerifyRequest { Space = space }))
            if (response.Space is { } verified) names.Add(verified.Name);
        return names;
    }

    /// <summary>Where each space is, by its name.</summary>
    private async Task<Dictionary<string, string>> ListedAsync()
    {
        var list = await File.ReadAllTextAsync(Path.Combine(_daemon.Data, "daemon", "spaces.json"));
        using var json = System.Text.Json.JsonDocument.Parse(list);
        return json.RootElement.GetProperty("spaces").EnumerateArray()
            .ToDictionary(space => space.GetProperty("name").GetString()!, space => space.GetProperty("id").GetString()!);
    }
}
