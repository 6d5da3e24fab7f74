namespace Map.Daemon.Tests;

/// <summary>Help, wrong usage, and commands without a daemon.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData("")]
    [InlineData("run")]
    [InlineData("status")]
    [InlineData("space")]
    [InlineData("space create")]
    [InlineData("space list")]
    [InlineData("space describe")]
    [InlineData("import")]
    [InlineData("export")]
    [InlineData("query")]
    [InlineData("transactions")]
    [InlineData("transactions list")]
    [InlineData("transactions rollback")]
    [InlineData("token")]
    [InlineData("token create")]
    [InlineData("token list")]
    [InlineData("token revoke")]
    [InlineData("guest")]
    [InlineData("guest install")]
    [InlineData("guest list")]
    [InlineData("guest inspect")]
    [InlineData("guest remove")]
    [InlineData("verify")]
    [InlineData("backup")]
    [InlineData("restore")]
    public async Task Each_command_has_help_with_examples(string command)
    {
        var ending = await MapProgram.RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
        Assert.Equal((0, ""), (ending.ExitCode, ending.Error));
        Assert.Contains($"Usage:\n  map-daemon {command}".TrimEnd(), ending.Output);
        Assert.Contains($"Examples:\n  map-daemon {command}".TrimEnd(), ending.Output.Replace("secret=$(", ""));
    }

    [Fact]
    public async Task The_version_is_told()
    {
        var ending = await MapProgram.RunAsync("--version");
        Assert.Equal((0, ""), (ending.ExitCode, ending.Error));
        Assert.Matches(@"^map-daemon \d+\.\d+\.\d+( \([0-9a-f]{12}\))?\n$", ending.Output);
    }

    [Theory]
    [InlineData("staus", "unknown command 'staus'. Did you mean 'status'?", "map-daemon --help")]
    [InlineData("frobnicate", "unknown command 'frobnicate'. There are: run, status, space, import, query, export, transactions, token, guest, verify, backup, restore.", "map-daemon --help")]
    [InlineData("space crate x", "unknown command 'crate'. Did you mean 'create'?", "map-daemon space --help")]
    [InlineData("space create --no-shema x", "unknown option '--no-shema'. Did you mean '--no-schema'?", "map-daemon space create --help")]
    [InlineData("space create --frobnicate", "unknown option '--frobnicate'. There are: ", "map-daemon space create --help")]
    [InlineData("space create", "Required argument 'name' missing for command: 'create'.", "map-daemon space create --help")]
    [InlineData("space create a b", "unexpected argument 'b'.", "map-daemon space create --help")]
    [InlineData("run --port abc", "--port is a number between 0 and 65535; not 'abc'.", "map-daemon run --help")]
    [InlineData("run --port 65536", "--port is a number between 0 and 65535; not '65536'.", "map-daemon run --help")]
    [InlineData("run --port -1", "--port is a number between 0 and 65535; not '-1'.", "map-daemon run --help")]
    [InlineData("run --port 1 --no-tcp", "--no-tcp and --port exclude each other.", "map-daemon run --help")]
    [InlineData("run --log-level loud", "--log-level is one of verbose, debug, information, warning, error, fatal; not 'loud'.", "map-daemon run --help")]
    [InlineData("token create x --scope root", "--scope is one of read, write, admin; not 'root'.", "map-daemon token create --help")]
    [InlineData("import a.json", "Option '--space' is required.", "map-daemon import --help")]
    [InlineData("import --space x", "Required argument 'files' missing for command: 'import'.", "map-daemon import --help")]
    [InlineData("import --space x no-such-file", "There is no file 'no-such-file'.", "map-daemon import --help")]
    [InlineData("import --space x /", "'/' is a directory. Name the files in it, as in /*.json", "map-daemon import --help")]
    [InlineData("query --from Book", "Option '--space' is required.", "map-daemon query --help")]
    [InlineData("query --space x", "a query, or where to begin (--from, --key, --id), is missing.", "map-daemon query --help")]
    [InlineData("query --space x --fom Book", "unknown option '--fom'. Did you mean '--from'?", "map-daemon query --help")]
    [InlineData("query --space x no-such-file", "There is no file 'no-such-file'.", "map-daemon query --help")]
    [InlineData("query --space x /", "'/' is a directory. Name the files in it, as in /*.json", "map-daemon query --help")]
    [InlineData("query --space x {} --from Book --limit 3", "A query that is given whole and --from, --limit exclude each other.", "map-daemon query --help")]
    [InlineData("query --space x --from Book --limit 1 --limit 2", "Option '--limit' expects a single argument but 2 were provided.", "map-daemon query --help")]
    [InlineData("query --space x --from Book --limit ten", "--limit ten: \"limit\" is a whole number, not negative.", "map-daemon query --help")]
    [InlineData("query --space x --from Book --at first", "--at is the number of a commit; not 'first'.", "map-daemon query --help")]
    [InlineData("query --space x --from Book --depth 2", "--depth 2: it stands behind the --follow that it belongs to.", "map-daemon query --help")]
    [InlineData("query --space x --from Book --follow A --depth 2 --depth 3", "--depth 3: its --follow has a depth already.", "map-daemon query --help")]
    [InlineData("query --space x --from Book --follow A --depth 2..", "--depth 2..: it is a number of links, as 2, or the least and the most, as 1..3.", "map-daemon query --help")]
    [InlineData("query --space x --from Book --follow ,", "--follow ,: \"follow\" is empty. Name one at least.", "map-daemon query --help")]
    [InlineData("query --space x --id 12", "--id 12: \"id\" is two UUIDs with '/' in between: of the space, and of the holon.", "map-daemon query --help")]
    [InlineData("query --space x --from Book --where =1", "--where '=1': the name of a property is missing", "map-daemon query --help")]
    [InlineData("query --space x --from Book --where A==1", "--where 'A==1': '=' begins no value; put text in quotes. Comparisons are ", "map-daemon query --help")]
    [InlineData("query --space x --from Book --where A^1", "--where 'A^1': '^' compares nothing. Comparisons are != <= >= ^= = < > ~ and in (…).", "map-daemon query --help")]
    [InlineData("query --space x --from Book --where !A=1", "'!' stands before a name alone; what differs from a value is NAME != VALUE.", "map-daemon query --help")]
    [InlineData("query --space x --from Book --where A=", "--where 'A=': a value is missing. Empty text is ''.", "map-daemon query --help")]
    [InlineData("query --space x --from Book --where A='b", "the text 'b has no closing '.", "map-daemon query --help")]
    [InlineData("query --space x --from Book --where A='b'c", "after the value stands more: c", "map-daemon query --help")]
    [InlineData("export", "Option '--space' is required.", "map-daemon export --help")]
    [InlineData("export --space x --output /", "'/' is a directory.", "map-daemon export --help")]
    [InlineData("export --space x --json", "--json needs --output: the export itself goes to standard output.", "map-daemon export --help")]
    [InlineData("export --space x --at y", "--at is the number of a commit; not 'y'.", "map-daemon export --help")]
    [InlineData("export --space x --query no-such-file", "There is no file 'no-such-file'.", "map-daemon export --help")]
    [InlineData("transactions list", "Required argument 'space' missing for command: 'list'.", "map-daemon transactions list --help")]
    [InlineData("transactions rollback", "Required argument 'id' missing for command: 'rollback'.", "map-daemon transactions rollback --help")]
    [InlineData("transactions rollback abc", "'abc' is not the id of a transaction, which is two UUIDs with '/' in between.", "map-daemon transactions rollback --help")]
    [InlineData("guest install", "Required argument 'files' missing for command: 'install'.", "map-daemon guest install --help")]
    [InlineData("guest install no-such-file", "There is no file 'no-such-file'.", "map-daemon guest install --help")]
    [InlineData("guest install /", "'/' is a directory. Name the files in it, as in /*.wasm", "map-daemon guest install --help")]
    [InlineData("guest remove", "Required argument 'module' missing for command: 'remove'.", "map-daemon guest remove --help")]
    [InlineData("backup a b", "unexpected argument 'b'.", "map-daemon backup --help")]
    [InlineData("backup x --keep 0", "--keep is at least 1.", "map-daemon backup --help")]
    [InlineData("backup", "Required argument 'directory' missing for command: 'backup'.", "map-daemon backup --help")]
    [InlineData("restore", "Required argument 'directory' missing for command: 'restore'.", "map-daemon restore --help")]
    [InlineData("status --data ", "--data needs a path.", "map-daemon status --help")]
    public async Task Wrong_usage_is_told_in_a_line_with_the_way_to_help(string command, string message, string help)
    {
        var ending = await MapProgram.RunAsync(command.Split(' '));
        Assert.Equal((2, ""), (ending.ExitCode, ending.Output));
        Assert.StartsWith("map-daemon: ", ending.Error);
        Assert.Contains(message, ending.Error);
        Assert.EndsWith($"See: {help}\n", ending.Error);
        Assert.DoesNotContain("Usage:", ending.Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("space")]
    [InlineData("transactions")]
    [InlineData("token")]
    public async Task A_command_that_wants_another_one_shows_which_there_are(string command)
    {
        var ending = await MapProgram.RunAsync(command.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal((2, ""), (ending.ExitCode, ending.Output));
        Assert.Contains("Commands:", ending.Error);
    }

    [Fact]
    public async Task Without_a_daemon_each_command_says_how_to_start_one()
    {
        using var folder = new Folder();
        var data = Path.Combine(folder.Path, "it's");
        var start = $"no daemon is running on {data}. Start one with: map-daemon run --data '{data.Replace("'", "'\\''")}'";
        string[][] commands =
        [
            ["status"], ["space", "list"], ["space", "create", "x"], ["token", "list"],
            ["import", "--space", "x", ImportFiles.LibraryTypes], ["query", "--space", "x", "--from", "Book"],
        ];
        foreach (var command in commands)
        {
            var ending = await MapProgram.RunAsync([.. command, "--data", data]);
            Assert.Equal((3, "", $"map-daemon: {start}\n"), (ending.ExitCode, ending.Output, ending.Error));
        }

        var json = await MapProgram.RunAsync("status", "--json", "--data", data);
        Assert.Equal(3, json.ExitCode);
        Assert.False(json.Json.GetProperty("success").GetBoolean());
        Assert.Equal(start, json.Json.GetProperty("errors")[0].GetProperty("message").GetString());
        Assert.False(Directory.Exists(data), "asking made the directory");
    }

    [Fact]
    public async Task The_default_directory_is_in_the_home_of_the_user()
    {
        using var home = new Folder();
        using var program = MapProgram.Start(["status"], home: home.Path);
        var ending = await program.EndAsync();
        Assert.Equal(3, ending.ExitCode);
        Assert.Equal(
            $"map-daemon: no daemon is running on {home.Path}/.local/share/map-daemon. Start one with: map-daemon run\n", ending.Error);
    }

    [Fact]
    public async Task A_discovery_file_open_to_others_is_not_believed()
    {
        using var folder = new Folder();
        var path = Path.Combine(folder.Path, "discovery.json");
        await File.WriteAllTextAsync(path, "{}");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var ending = await MapProgram.RunAsync("status", "--data", folder.Path);
        Assert.Equal(1, ending.ExitCode);
        Assert.Contains($"chmod 600 '{path}'", ending.Error);
    }
}
