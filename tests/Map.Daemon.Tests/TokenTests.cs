using Map.Rpc;
using Map.V1;

namespace Map.Daemon.Tests;

/// <summary>What tokens allow over the loopback port, and what they do not.</summary>
public sealed class TokenTests : IAsyncLifetime, IDisposable
{
    private static readonly MutationCommand NewNote =
        new() { NewHolon = new NewHolonCommand { Content = new HolonContent { Key = "note" } } };

    private static readonly QueryCommand CountStaged = new() { StagedCount = new StagedCountQuery() };

    private TestDaemon _daemon = null!;

    public async Task InitializeAsync()
    {
        _daemon = await TestDaemon.StartAsync();
        await _daemon.MustAsync("space", "create", "mine", "--no-schema");
        await _daemon.MustAsync("space", "create", "other", "--no-schema");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _daemon?.Dispose();

    [Fact]
    public async Task A_read_token_queries_and_neither_changes_nor_administers()
    {
        var reader = _daemon.OverTcp(await TokenAsync("read"));
        var transaction = await reader.BeginAsync("mine");
        var answer = await reader.QueryAsync(transaction, CountStaged);
        Assert.True(answer.Success, answer.ToString());

        var refused = await reader.MutateAsync(transaction, NewNote);
        Assert.False(refused.Success);
        Assert.Equal(ErrorCode.Denied, refused.Errors.Single().Code);
        await RefusedAsync(StatusCode.PermissionDenied, reader.StatusAsync());
        await RefusedAsync(StatusCode.PermissionDenied, CreateSpaceAsync(reader));
        Assert.Equal(2, (await _daemon.Owner.ListSpacesAsync()).Spaces.Count);
    }

    [Fact]
    public async Task A_write_token_changes_and_does_not_administer()
    {
        var writer = _daemon.OverTcp(await TokenAsync("write"));
        var changed = await writer.MutateAsync(await writer.BeginAsync("mine"), NewNote);
        Assert.True(changed.Success, changed.ToString());
        await CreateSpaceAsync(writer);
        await RefusedAsync(StatusCode.PermissionDenied, writer.StatusAsync());
        await RefusedAsync(StatusCode.PermissionDenied, writer.CallAsync<CreateTokenRequest, CreateTokenResponse>(
            "MapAdmin/CreateToken", new CreateTokenRequest { Name = "more", Scope = Scope.Admin }));
    }

    [Fact]
    public async Task An_admin_token_administers()
    {
        var admin = _daemon.OverTcp(await TokenAsync("admin"));
        Assert.Equal((uint)_daemon.Process.Id, (await admin.StatusAsync()).ProcessId);
    }

    [Fact]
    public async Task A_token_for_a_space_does_not_see_another()
    {
        var client = _daemon.OverTcp(await TokenAsync("write", "--space", "mine"));
        Assert.Equal(["mine"], (await client.ListSpacesAsync()).Spaces.Select(space => space.Name));
        Assert.Equal("mine", (await client.DescribeAsync("MINE")).Space.Name);
        await RefusedAsync(StatusCode.PermissionDenied, client.DescribeAsync("other"));
        await RefusedAsync(StatusCode.PermissionDenied, client.BeginAsync("other"));
        await RefusedAsync(StatusCode.PermissionDenied, client.CountOpenAsync("other"));
        await RefusedAsync(StatusCode.PermissionDenied, CreateSpaceAsync(client));

        var foreign = await _daemon.Owner.BeginAsync("other");
        Assert.Equal(ErrorCode.Denied, (await client.QueryAsync(foreign, CountStaged)).Errors.Single().Code);
        Assert.Equal(ErrorCode.Denied, (await client.MutateAsync(foreign, NewNote)).Errors.Single().Code);
    }

    [Fact]
    public async Task A_revoked_token_is_refused_at_once()
    {
        var client = _daemon.OverTcp(await TokenAsync("read"));
        await client.ListSpacesAsync();
        await _daemon.MustAsync("token", "revoke", "read");
        await RefusedAsync(StatusCode.Unauthenticated, client.ListSpacesAsync());
    }

    [Fact]
    public async Task Without_a_token_that_is_known_nobody_gets_in_over_tcp()
    {
        await RefusedAsync(StatusCode.Unauthenticated, _daemon.OverTcp(null).ListSpacesAsync());
        await RefusedAsync(StatusCode.Unauthenticated, _daemon.OverTcp("map_" + new string('A', 43)).ListSpacesAsync());
        Assert.Equal(2, (await _daemon.OverTcp(_daemon.Discovery.SessionToken).ListSpacesAsync()).Spaces.Count);
    }

    [Fact]
    public async Task Tokens_survive_a_restart_and_the_session_token_does_not()
    {
        var secret = await TokenAsync("admin");
        var session = _daemon.Discovery.SessionToken;
        await _daemon.OverTcp(session).StatusAsync();
        await _daemon.StopAsync();
        await _daemon.RunAsync();
        Assert.Equal((uint)_daemon.Process.Id, (await _daemon.OverTcp(secret).StatusAsync()).ProcessId);
        await RefusedAsync(StatusCode.Unauthenticated, _daemon.OverTcp(session).StatusAsync());
    }

    [Fact]
    public async Task A_secret_is_in_no_file_and_no_log()
    {
        var secret = await TokenAsync("admin");
        await _daemon.OverTcp(secret).StatusAsync();
        await RefusedAsync(StatusCode.Unauthenticated, _daemon.OverTcp(secret + "x").StatusAsync());
        await _daemon.StopAsync();
        var bare = secret["map_".Length..];
        foreach (var file in Directory.GetFiles(_daemon.Data, "*", SearchOption.AllDirectories))
            Assert.DoesNotContain(bare, await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        Assert.DoesNotContain(bare, _daemon.Process.Error, StringComparison.Ordinal);
        // A refusal is told once, by who refused.
        Assert.Single(_daemon.Process.Error.Split('\n'), line => line.Contains("WRN", StringComparison.Ordinal));
    }

    /// <summary>A token named after its scope.</summary>
    private async Task<string> TokenAsync(string scope, params string[] options) =>
        (await _daemon.MustAsync(["token", "create", scope, "--scope", scope, .. options])).Trim();

    private static Task<CreateSpaceResponse> CreateSpaceAsync(MapClient client) =>
        client.CallAsync<CreateSpaceRequest, CreateSpaceResponse>(
            "MapSpaces/CreateSpace", new CreateSpaceRequest { Name = "new", None = new NoSchema() });

    private static async Task RefusedAsync(StatusCode status, Task call) =>
        Assert.Equal(status, (await Assert.ThrowsAsync<GrpcStatusException>(() => call)).StatusCode);
}
