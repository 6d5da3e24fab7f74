using System.Text.Json;
using Map.V1;

namespace Map.Daemon.Tests;

/// <summary>What status, space and token print, as text and as JSON.</summary>
public sealed class CommandTests : IAsyncLifetime, IDisposable
{
    private TestDaemon _daemon = null!;

    public async Task InitializeAsync() => _daemon = await TestDaemon.StartAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _daemon?.Dispose();

    [Fact]
    public async Task Status_tells_where_the_daemon_is_and_how()
    {
        await _daemon.MustAsync("space", "create", "a", "--no-schema");
        await _daemon.Owner.BeginAsync("a");
        var text = await _daemon.MustAsync("status");
        Assert.Contains($"\nprocess            {_daemon.Process.Id}\n", text);
        Assert.Contains($"\ndata               {_daemon.Data}\n", text);
        Assert.Contains($"\nendpoint           unix:{_daemon.SocketPath}\n", text);
        Assert.Contains($"\nendpoint           {_daemon.Discovery.TcpAddress}\n", text);
        Assert.Contains("\nspaces             1\n", text);
        Assert.Contains("\nopen transactions  1\n", text);

        var json = await JsonAsync("status");
        Assert.Equal(_daemon.Process.Id, json.GetProperty("processId").GetInt32());
        Assert.Equal(_daemon.Data, json.GetProperty("dataDirectory").GetString());
        Assert.Equal(_daemon.Discovery.ProductVersion, json.GetProperty("productVersion").GetString());
        Assert.Equal(2, json.GetProperty("endpoints").GetArrayLength());
        Assert.Equal("1", json.GetProperty("spaces").GetString());
    }

    [Fact]
    public async Task Spaces_are_created_listed_and_described()
    {
        Assert.Equal("There are no spaces. Create one with: map-daemon space create NAME\n", await _daemon.MustAsync("space", "list"));
        Assert.Equal(0, (await JsonAsync("space", "list")).GetProperty("spaces").GetArrayLength());

        var core = ImportFiles.Count(ImportFiles.Core).Holons;
        Assert.Equal(
            $"Created the space \"notes\" with {core:N0} holons of its schema.\n", await _daemon.MustAsync("space", "create", "notes"));
        Assert.Equal("Created the space \"bare\" without a schema.\n", await _daemon.MustAsync("space", "create", "bare", "--no-schema"));
        var created = await JsonAsync("space", "create", "lax", "--no-schema", "--report");
        Assert.Equal("lax", created.GetProperty("space").GetProperty("name").GetString());
        Assert.Equal("VALIDATION_MODE_REPORT", created.GetProperty("space").GetProperty("validation").GetString());

        var rows = (await _daemon.MustAsync("space", "list")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            [["NAME", "VALIDATION"], ["bare", "enforce"], ["lax", "report"], ["notes", "enforce"]],
            rows.Select(row => row.Split(' ', StringSplitOptions.RemoveEmptyEntries)[..2]));
        var names = (await JsonAsync("space", "list")).GetProperty("spaces").EnumerateArray();
        Assert.Equal(["bare", "lax", "notes"], names.Select(space => space.GetProperty("name").GetString()));

        var text = await _daemon.MustAsync("space", "describe", "NOTES");
        Assert.StartsWith("name               notes\n", text);
        Assert.Contains($"\nholons             {core:N0}\n", text);
        var described = await JsonAsync("space", "describe", "notes");
        Assert.Equal($"{core}", described.GetProperty("holons").GetString());
        Assert.Equal("1", described.GetProperty("lastCommit").GetString());
    }

    [Fact]
    public async Task A_space_from_files_has_their_holons()
    {
        var created = await JsonAsync(["space", "create", "own", "--schema", .. ImportFiles.Core]);
        Assert.Equal($"{ImportFiles.Count(ImportFiles.Core).Holons}", created.GetProperty("holons").GetString());
        var bad = _daemon.Write("bad.json", "{\"holons\": [\n  {\"key\": 1}]}");
        var refused = await _daemon.CommandAsync("space", "create", "broken", "--schema", bad);
        Assert.Equal(1, refused.ExitCode);
        Assert.StartsWith($"map-daemon: {bad}:2:", refused.Error);
        Assert.DoesNotContain("broken", await _daemon.MustAsync("space", "list"));
    }

    [Theory]
    [InlineData("INVALID_NAME", "The name of a space has 1 to 100 characters", "space", "create", "a/b")]
    [InlineData("INVALID_NAME", "The name of a space has 1 to 100 characters", "space", "create", " ")]
    [InlineData("SPACE_NOT_FOUND", "There is no space \"none\".", "space", "describe", "none")]
    [InlineData("SPACE_NOT_FOUND", "There is no space \"none\".", "transactions", "list", "none")]
    [InlineData("SPACE_NOT_FOUND", "There is no space \"none\".", "token", "create", "x", "--space", "none")]
    [InlineData("TOKEN_NOT_FOUND", "There is no token \"none\".", "token", "revoke", "none")]
    [InlineData("INVALID_NAME", "A token's name has 1 to 100 printable characters.", "token", "create", "")]
    public async Task A_refusal_says_why_in_text_and_json(string code, string message, params string[] command)
    {
        var text = await _daemon.CommandAsync(command);
        Assert.Equal((1, ""), (text.ExitCode, text.Output));
        Assert.StartsWith($"map-daemon: {message}", text.Error);
        Assert.DoesNotContain("Parameter", text.Error, StringComparison.Ordinal);
        var json = await _daemon.CommandAsync([.. command, "--json"]);
        Assert.Equal(1, json.ExitCode);
        Assert.False(json.Json.GetProperty("success").GetBoolean());
        var error = json.Json.GetProperty("errors")[0];
        Assert.Equal($"ERROR_CODE_{code}", error.GetProperty("code").GetString());
        Assert.StartsWith(message, error.GetProperty("message").GetString());
    }

    [Fact]
    public async Task Transactions_that_were_left_open_are_listed_and_rolled_back()
    {
        await _daemon.MustAsync("space", "create", "notes", "--no-schema");
        Assert.Equal("The space \"notes\" has no open transactions.\n", await _daemon.MustAsync("transactions", "list", "notes"));
        Assert.Equal(0, (await JsonAsync("transactions", "list", "notes")).GetProperty("transactions").GetArrayLength());
        var request = new BeginTransactionRequest { Space = new SpaceSelector { Name = "notes" }, Label = "left behind", Client = "a client" };
        var begun = await _daemon.Owner.CallAsync<BeginTransactionRequest, BeginTransactionResponse>("MapSpaces/BeginTransaction", request);
        await _daemon.Owner.MutateAsync(begun.TransactionId, new MutationCommand { StageNewHolon = new StageNewHolonCommand() });
        var other = await _daemon.Owner.BeginAsync("notes");

        var rows = (await _daemon.MustAsync("transactions", "list", "NOTES")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, rows.Length);
        Assert.Matches("^ID +BEGUN +STAGED +CLIENT +LABEL$", rows[0]);
        Assert.Matches("^[0-9a-f-]{36}/[0-9a-f-]{36}  [0-9-]{10} [0-9:]{8}  1 +a client  left behind$", rows[1]);
        var json = (await JsonAsync("transactions", "list", "notes")).GetProperty("transactions")[0];
        Assert.Equal(("left behind", "1"), (json.GetProperty("label").GetString(), json.GetProperty("staged").GetString()));

        var id = rows[1][..73];
        Assert.Equal($"The transaction {id} is rolled back.\n", await _daemon.MustAsync("transactions", "rollback", id));
        Assert.Equal(1, await _daemon.Owner.CountOpenAsync("notes"));
        Assert.True((await _daemon.Owner.QueryAsync(other, new QueryCommand { StagedCount = new StagedCountQuery() })).Success);
        var again = await _daemon.CommandAsync("transactions", "rollback", id);
        Assert.Equal((1, ""), (again.ExitCode, again.Output));
        Assert.StartsWith("map-daemon: The transaction has been rolled back", again.Error);
        var refused = await _daemon.CommandAsync("transactions", "rollback", id, "--json");
        Assert.Equal("ERROR_CODE_TRANSACTION_ROLLED_BACK", refused.Json.GetProperty("errors")[0].GetProperty("code").GetString());
        Assert.True((await JsonAsync("transactions", "rollback", rows[2][..73])).GetProperty("success").GetBoolean());
        Assert.Equal(0, await _daemon.Owner.CountOpenAsync("notes"));
    }

    [Fact]
    public async Task A_name_that_is_taken_is_refused()
    {
        await _daemon.MustAsync("space", "create", "notes", "--no-schema");
        var space = await _daemon.CommandAsync("space", "create", "Notes", "--no-schema");
        Assert.Equal((1, "map-daemon: There is a space \"Notes\" already. Choose another name.\n"), (space.ExitCode, space.Error));
        await _daemon.MustAsync("token", "create", "script");
        var token = await _daemon.CommandAsync("token", "create", "SCRIPT");
        Assert.Equal(1, token.ExitCode);
        Assert.StartsWith("map-daemon: There is a token \"SCRIPT\" already.", token.Error);
    }

    [Fact]
    public async Task Tokens_are_made_listed_and_revoked()
    {
        Assert.Equal("There are no tokens. Make one with: map-daemon token create NAME\n", await _daemon.MustAsync("token", "list"));
        await _daemon.MustAsync("space", "create", "notes", "--no-schema");
        var made = await _daemon.CommandAsync("token", "create", "reader", "--scope", "READ", "--space", "notes");
        Assert.Equal(0, made.ExitCode);
        Assert.Matches("^map_[A-Za-z0-9_-]{43}\n$", made.Output);
        Assert.Equal("The token \"reader\" (read, notes). Its secret is not shown again:\n", made.Error);
        var json = await JsonAsync("token", "create", "chief", "--scope", "admin");
        Assert.Equal("SCOPE_ADMIN", json.GetProperty("token").GetProperty("scope").GetString());
        Assert.StartsWith("map_", json.GetProperty("secret").GetString());

        var list = await _daemon.MustAsync("token", "list");
        Assert.Matches("\nchief +admin +[-0-9]+ [:0-9]+ +all spaces\nreader +read +[-0-9]+ [:0-9]+ +notes\n$", list);
        Assert.DoesNotContain(made.Output.Trim(), list, StringComparison.Ordinal);
        var names = (await JsonAsync("token", "list")).GetProperty("tokens").EnumerateArray();
        Assert.Equal(["chief", "reader"], names.Select(token => token.GetProperty("name").GetString()));

        Assert.Equal("The token \"chief\" is revoked.\n", await _daemon.MustAsync("token", "revoke", "chief"));
        Assert.Equal(JsonValueKind.Object, (await JsonAsync("token", "revoke", "reader")).ValueKind);
        Assert.Equal(0, (await JsonAsync("token", "list")).GetProperty("tokens").GetArrayLength());
    }

    private async Task<JsonElement> JsonAsync(params string[] args) =>
        JsonDocument.Parse(await _daemon.MustAsync([.. args, "--json"])).RootElement;
}
