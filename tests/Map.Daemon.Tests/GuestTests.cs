using System.Text.Json;
using Google.Protobuf;
using Map.Fixtures;
using Map.Rpc;
using Map.V1;

namespace Map.Daemon.Tests;

/// <summary>Guest modules: installed, listed, inspected and removed, by command line and by admin calls.</summary>
public sealed class GuestTests : IAsyncLifetime, IDisposable
{
    private static readonly string[] Parts = ["may read", "may write", "may delete", "entry points"];

    private TestDaemon _daemon = null!;

    private string Folder => Path.Combine(_daemon.Data, "daemon", "guests");

    public async Task InitializeAsync() => _daemon = await TestDaemon.StartAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _daemon?.Dispose();

    [Fact]
    public async Task Installing_tells_what_the_module_may_do_and_a_restart_keeps_it()
    {
        Assert.Equal(
            "There are no guest modules. Install one with: map-daemon guest install FILE\n", await _daemon.MustAsync("guest", "list"));
        var file = Write(new TinyGuest("lending")
        {
            Manifest = """
                {"abi":"map:guest/1","name":"lending","version":"2.0","description":"Lends books.",
                 "capabilities":{"read":["*"],"write":["Loan.HolonType"]},"fuel":5000,"memoryPages":2}
                """,
            Entrypoints = ["lend", "give_back"],
        });
        var told = Facts(await _daemon.MustAsync("guest", "install", file));
        Assert.Equal(["holons of all types", "Loan.HolonType", "nothing", "lend, give_back"], Parts.Select(part => told[part]));
        Assert.Equal(("Lends books.", "5,000 fuel, 128 kB of memory"), (told["description"], told["each call"]));
        Assert.Contains("was installed already", await _daemon.MustAsync("guest", "install", file));

        var list = await _daemon.MustAsync("guest", "list");
        Assert.Matches(@"^NAME +VERSION +HASH +SIZE +INSTALLED +ENTRY POINTS\nlending +2\.0 +[0-9a-f]{12} +1 kB +\S+ \S+ +lend, give_back\n$", list);
        await _daemon.StopAsync(MapProgram.Kill);
        await _daemon.RunAsync();
        Assert.Equal(list, await _daemon.MustAsync("guest", "list"));
        var inspected = await _daemon.MustAsync("guest", "inspect", told["hash"][..8]);
        Assert.Equal(told["hash"], Facts(inspected)["hash"]);
        Assert.EndsWith("No saved holon depends on it.\n", inspected);
    }

    [Fact]
    public async Task A_module_in_use_is_removed_by_force_alone()
    {
        var guest = await InstallAsync("lending");
        await _daemon.MustAsync("space", "create", "library");
        await _daemon.MustAsync("import", "--space", "library", _daemon.Write("dances.json", Dance(guest.Sha256)));
        var inspected = await _daemon.MustAsync("guest", "inspect", "LENDING");
        Assert.Matches(@"These depend on it:\nSPACE +TYPE +KEY\nlibrary +DanceImplementation +lend code\n$", inspected);

        var refused = await _daemon.CommandAsync("guest", "remove", "lending");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("The module \"lending\" is the code of \"lend code\" in \"library\". Delete those first", refused.Error);
        Assert.Equal(ErrorCode.ModuleInUse, (await RefusalAsync(RemoveAsync(_daemon.Owner, guest.Sha256))).Code);

        var removed = await _daemon.MustAsync("guest", "remove", "lending", "--force");
        Assert.Contains("\"lending\" is removed.\nThese cannot run any more:\n", removed);
        Assert.Empty((await ListAsync(_daemon.Owner)).Guests);
        Assert.Empty(Directory.GetFiles(Folder));
        Assert.Equal(ErrorCode.ModuleNotFound, (await RefusalAsync(RemoveAsync(_daemon.Owner, guest.Sha256))).Code);
    }

    [Fact]
    public async Task A_dance_runs_also_after_a_restart_until_its_module_is_removed()
    {
        var guest = await InstallAsync("lending");
        await _daemon.MustAsync("space", "create", "library");
        await _daemon.MustAsync("import", "--space", "library", _daemon.Write("dances.json", Dance(guest.Sha256)));
        Assert.True((await LendAsync()).Success);
        await _daemon.StopAsync(MapProgram.Kill);
        await _daemon.RunAsync();
        Assert.True((await LendAsync()).Success);
        await _daemon.MustAsync("guest", "remove", "lending", "--force");
        Assert.Equal(ErrorCode.ModuleNotFound, (await LendAsync()).Errors.Single().Code);
        await InstallAsync("lending");
        Assert.True((await LendAsync()).Success);
        await File.WriteAllTextAsync(Path.Combine(Folder, $"{guest.Sha256}.wasm"), "something else");
        await _daemon.StopAsync();
        await _daemon.RunAsync();
        Assert.Equal(ErrorCode.ModuleDamaged, (await LendAsync()).Errors.Single().Code);
    }

    [Fact]
    public async Task What_was_deleted_does_not_depend_on_a_module()
    {
        var guest = await InstallAsync("lending");
        await _daemon.MustAsync("space", "create", "library");
        await _daemon.MustAsync("import", "--space", "library", _daemon.Write("dances.json", Dance(guest.Sha256)));
        var transaction = await _daemon.Owner.BeginAsync("library");
        var found = await _daemon.Owner.QueryAsync(transaction, new QueryCommand { GetByKey = new GetByKeyQuery { Key = "lend code" } });
        await SucceedsAsync(transaction, new MutationCommand { DeleteHolon = new DeleteHolonCommand { Holon = found.Body.Reference } });
        // What is staged alone does not count.
        Assert.Single((await InspectAsync(_daemon.Owner, guest.Sha256)).Dependents);
        await SucceedsAsync(transaction, new MutationCommand { Commit = new CommitCommand() });
        Assert.Empty((await InspectAsync(_daemon.Owner, guest.Sha256)).Dependents);
        await _daemon.MustAsync("guest", "remove", "lending");
    }

    [Fact]
    public async Task What_is_no_guest_is_refused_with_its_file_and_reason_and_the_daemon_goes_on()
    {
        var good = Write(new TinyGuest("good"));
        var bad = _daemon.Write("bad.wasm", "(module)");
        var ending = await _daemon.CommandAsync("guest", "install", good, bad);
        Assert.Equal(1, ending.ExitCode);
        Assert.StartsWith("\"good\" is installed.", ending.Output);
        Assert.Contains($"{bad}: Malformed module at offset 0x0", ending.Error);

        await RefusedAsync(ErrorCode.ModuleRefused, new TinyGuest("huge") { Body = [0, .. Enumerable.Repeat((byte)1, 2_000_000), 0x41, 0, 0x0B] });
        await RefusedAsync(ErrorCode.ModuleRefused, new TinyGuest("abort") { Imports = [("env", "abort")] });
        await RefusedAsync(ErrorCode.ManifestInvalid, new TinyGuest("bare") { Manifest = null });
        var large = await RefusalAsync(InstallAsync(_daemon.Owner, new byte[(8 << 20) + 1]));
        Assert.Equal((ErrorCode.TooLarge, 8UL << 20), (large.Code, large.Details.Limit));
        Assert.Equal("good", Assert.Single((await ListAsync(_daemon.Owner)).Guests).Name);
        Assert.Equal(5, _daemon.Process.Error.Split('\n').Count(line => line.Contains("was refused for owner", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Modules_are_the_owners_and_of_admin_tokens_for_all_spaces()
    {
        await _daemon.MustAsync("space", "create", "mine", "--no-schema");
        var guest = await InstallAsync("lending");
        foreach (var scope in (string[])["read", "write"])
        {
            var client = await TokenAsync(scope);
            await DeniedAsync(InstallAsync(client, new TinyGuest("more").Build()));
            await DeniedAsync(ListAsync(client));
            await DeniedAsync(InspectAsync(client, guest.Sha256));
            await DeniedAsync(RemoveAsync(client, guest.Sha256));
        }

        var narrow = await TokenAsync("admin", "--space", "mine");
        Assert.Equal("lending", Assert.Single((await ListAsync(narrow)).Guests).Name);
        await DeniedAsync(InstallAsync(narrow, new TinyGuest("more").Build()));
        await DeniedAsync(RemoveAsync(narrow, guest.Sha256));
        Assert.Single((await ListAsync(_daemon.Owner)).Guests);
        Assert.Equal(10, _daemon.Process.Error.Split('\n').Count(line => line.Contains("WRN", StringComparison.Ordinal)));

        await _daemon.MustAsync("token", "revoke", "admin");
        await RemoveAsync(await TokenAsync("admin"), guest.Sha256);
        Assert.Empty((await ListAsync(_daemon.Owner)).Guests);
    }

    [Fact]
    public async Task A_damaged_module_is_told_by_name_and_mended_by_installing_it_again()
    {
        var guest = await InstallAsync("lending");
        var path = Path.Combine(Folder, $"{guest.Sha256}.wasm");
        await File.WriteAllTextAsync(path, "something else");
        var list = await _daemon.MustAsync("guest", "list");
        Assert.Matches(@"\n- +- +[0-9a-f]{12} .* damaged\n", list);
        Assert.Contains($"The file {path} of a guest module has another content than what was installed.", list);
        Assert.False((await InstallAsync(_daemon.Owner, new TinyGuest("lending").Build())).WasInstalled);
        Assert.Equal("", Assert.Single((await ListAsync(_daemon.Owner)).Guests).Problem);
    }

    [Fact]
    public async Task Installs_at_the_same_time_all_succeed_and_one_of_the_same_is_new()
    {
        var clients = Enumerable.Range(0, 4).Select(_ => _daemon.OverSocket()).ToArray();
        var same = await Task.WhenAll(clients.Select(client => InstallAsync(client, new TinyGuest("same").Build())));
        Assert.Single(same, response => !response.WasInstalled);
        await Task.WhenAll(clients.Select((client, i) => InstallAsync(client, new TinyGuest($"other {i}").Build())));
        Assert.Equal(["other 0", "other 1", "other 2", "other 3", "same"], (await ListAsync(_daemon.Owner)).Guests.Select(guest => guest.Name));
    }

    [Fact]
    public async Task A_module_is_meant_by_its_name_or_the_beginning_of_its_hash()
    {
        var first = await InstallAsync("twice");
        var other = Write(new TinyGuest("twice") { Entrypoints = ["other"] });
        await _daemon.MustAsync("guest", "install", other);
        var several = await _daemon.CommandAsync("guest", "inspect", "twice");
        Assert.Equal(1, several.ExitCode);
        Assert.Contains($"several guest modules are meant by 'twice': ", several.Error);
        Assert.Contains($"{first.Sha256[..12]} (twice ", several.Error);
        foreach (var text in (string[])["unknown", first.Sha256[..3], first.Sha256 + "0"])
            Assert.Contains($"there is no guest module '{text}'", (await _daemon.CommandAsync("guest", "remove", text)).Error);
        await _daemon.MustAsync("guest", "remove", first.Sha256[..12].ToUpperInvariant());
        Assert.NotEqual(first.Sha256, Assert.Single((await ListAsync(_daemon.Owner)).Guests).Sha256);
    }

    [Fact]
    public async Task Each_command_answers_in_json_too()
    {
        var file = Write(new TinyGuest("lending"));
        var installed = JsonOf(await _daemon.MustAsync("guest", "install", file, "--json")).GetProperty("installed")[0];
        Assert.False(installed.GetProperty("wasInstalled").GetBoolean());
        var sha256 = installed.GetProperty("guest").GetProperty("sha256").GetString()!;
        var listed = JsonOf(await _daemon.MustAsync("guest", "list", "--json")).GetProperty("guests")[0];
        Assert.Equal((sha256, "run"), (listed.GetProperty("sha256").GetString(), listed.GetProperty("entrypoints")[0].GetString()));
        var inspected = JsonOf(await _daemon.MustAsync("guest", "inspect", "lending", "--json"));
        Assert.Equal(0, inspected.GetProperty("dependents").GetArrayLength());
        var removed = JsonOf(await _daemon.MustAsync("guest", "remove", "lending", "--json"));
        Assert.Equal(0, removed.GetProperty("dependents").GetArrayLength());
    }

    [Fact]
    public async Task A_backup_has_the_modules_and_a_restore_brings_them_back()
    {
        var guest = await InstallAsync("lending");
        await _daemon.MustAsync("space", "create", "library", "--no-schema");
        var backups = _daemon.Data + ".files/backups";
        var damaged = await InstallAsync("damaged");
        await File.WriteAllTextAsync(Path.Combine(Folder, $"{damaged.Sha256}.wasm"), "something else");
        var partial = await _daemon.CommandAsync("backup", backups);
        Assert.Equal(5, partial.ExitCode);
        Assert.Contains($"guest module {damaged.Sha256}.wasm", partial.Output + partial.Error);

        await RemoveAsync(_daemon.Owner, damaged.Sha256);
        await _daemon.MustAsync("backup", backups, "--keep", "1");
        await _daemon.StopAsync();
        var restored = _daemon.Data + ".files/restored";
        Assert.Equal(0, (await MapProgram.RunAsync("restore", backups, "--data", restored)).ExitCode);
        using var again = await TestDaemon.StartOnAsync(restored);
        var back = Assert.Single((await ListAsync(again.Owner)).Guests);
        Assert.Equal((guest.Sha256, "lending", ""), (back.Sha256, back.Name, back.Problem));
    }

    private static string Dance(string sha256) => $$"""
        {"holons": [
          {"key": "Lend.DanceType", "type": "MetaDanceType.MetaHolonType",
           "properties": {"TypeName": "Lend", "TypeNamePlural": "Lends", "DisplayName": "Lend", "DisplayNamePlural": "Lends", "Description": "Lends."},
           "relationships": [
             {"name": "Extends", "target": "DanceType.HolonType"}, {"name": "DanceAffordedBy", "target": "Schema.HolonType"},
             {"name": "ComponentOf", "target": "MAP Core Schema"}]},
          {"key": "lend code", "type": "DanceImplementation.HolonType",
           "properties": {"ImplementationName": "lend code", "Engine": "Guest", "ModuleRef": "{{sha256}}", "Entrypoint": "run", "AbiId": "map:guest/1"},
           "relationships": [{"name": "ForDance", "target": "Lend.DanceType"}]}]}
        """;

    private static JsonElement JsonOf(string text) => JsonDocument.Parse(text).RootElement;

    /// <summary>The lines of a name and a value.</summary>
    private static Dictionary<string, string> Facts(string text) =>
        text.Split('\n').Where(line => line.StartsWith("  ", StringComparison.Ordinal))
            .Select(line => line[2..].Split("  ", 2)).ToDictionary(parts => parts[0], parts => parts[1].Trim());

    private static Task<InstallGuestResponse> InstallAsync(MapClient client, byte[] module) =>
        client.CallAsync<InstallGuestRequest, InstallGuestResponse>(
            "MapAdmin/InstallGuest", new InstallGuestRequest { Module = ByteString.CopyFrom(module) });

    private static Task<ListGuestsResponse> ListAsync(MapClient client) =>
        client.CallAsync<ListGuestsRequest, ListGuestsResponse>("MapAdmin/ListGuests", new ListGuestsRequest());

    private static Task<InspectGuestResponse> InspectAsync(MapClient client, string sha256) =>
        client.CallAsync<InspectGuestRequest, InspectGuestResponse>("MapAdmin/InspectGuest", new InspectGuestRequest { Sha256 = sha256 });

    private static Task<RemoveGuestResponse> RemoveAsync(MapClient client, string sha256) =>
        client.CallAsync<RemoveGuestRequest, RemoveGuestResponse>("MapAdmin/RemoveGuest", new RemoveGuestRequest { Sha256 = sha256 });

    private static async Task DeniedAsync(Task call) =>
        Assert.Equal(StatusCode.PermissionDenied, (await Assert.ThrowsAsync<GrpcStatusException>(() => call)).StatusCode);

    private static async Task<HolonError> RefusalAsync(Task call) =>
        (await Assert.ThrowsAsync<GrpcStatusException>(() => call)).GetDetail<HolonError>()!;

    private async Task RefusedAsync(ErrorCode code, TinyGuest guest) =>
        Assert.Equal(code, (await RefusalAsync(InstallAsync(_daemon.Owner, guest.Build()))).Code);

    private async Task<MapResponse> LendAsync()
    {
        var transaction = await _daemon.Owner.BeginAsync("library");
        var schema = await _daemon.Owner.QueryAsync(transaction, new QueryCommand { GetByKey = new GetByKeyQuery { Key = "MAP Core Schema" } });
        return await _daemon.Owner.MutateAsync(
            transaction, new MutationCommand { ExecuteDance = new ExecuteDanceCommand { Dance = "Lend", Holon = schema.Body.Reference } });
    }

    private async Task SucceedsAsync(TransactionId transaction, MutationCommand mutation)
    {
        var response = await _daemon.Owner.MutateAsync(transaction, mutation);
        Assert.True(response.Success, response.ToString());
    }

    private async Task<GuestModule> InstallAsync(string name) => (await InstallAsync(_daemon.Owner, new TinyGuest(name).Build())).Guest;

    private async Task<MapClient> TokenAsync(string scope, params string[] options) =>
        _daemon.OverTcp((await _daemon.MustAsync(["token", "create", scope, "--scope", scope, .. options])).Trim());

    private string Write(TinyGuest guest)
    {
        var path = _daemon.Write($"{guest.Name}-{guest.Entrypoints[0]}.wasm", "");
        File.WriteAllBytes(path, guest.Build());
        return path;
    }
}
