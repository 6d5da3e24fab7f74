using System.Net;
using Map.Rpc.Client;
using Map.Rpc.Internal.Wire;
using Map.Rpc.Tests.Echo;

namespace Map.Rpc.Tests;

/// <summary>Who may call what.</summary>
public sealed class AccessTests
{
    private const string HealthCheck = "grpc.health.v1.Health/Check";
    private const string Reflection = "grpc.reflection.v1.ServerReflection/ServerReflectionInfo";

    private static readonly byte[] Request = RawClient.Frame(new EchoMessage { Text = "x" });

    [Theory]
    [InlineData(AccessScope.Read, EchoService.Say, true)]
    [InlineData(AccessScope.Read, EchoService.Change, false)]
    [InlineData(AccessScope.Read, EchoService.Rule, false)]
    [InlineData(AccessScope.Write, EchoService.Say, true)]
    [InlineData(AccessScope.Write, EchoService.Change, true)]
    [InlineData(AccessScope.Write, EchoService.Rule, false)]
    [InlineData(AccessScope.Admin, EchoService.Say, true)]
    [InlineData(AccessScope.Admin, EchoService.Change, true)]
    [InlineData(AccessScope.Admin, EchoService.Rule, true)]
    public async Task A_token_reaches_as_far_as_its_scope(AccessScope scope, string method, bool allowed)
    {
        using var directory = new TestDirectory();
        var store = TokenStore.Open(directory.File("tokens"));
        store.Create("tool", scope, [], out var secret);
        await using var server = await TestServer.StartAsync(change: options => options with { Authenticator = store });
        var call = () => server.OverTcp(secret).UnaryAsync<EchoMessage, EchoMessage>(method, new EchoMessage());
        if (allowed)
        {
            await call();
            Assert.Empty(server.Denials.All);
            return;
        }
        var failure = await Assert.ThrowsAsync<GrpcStatusException>(call);
        Assert.Equal(StatusCode.PermissionDenied, failure.StatusCode);
        Assert.Contains(method == EchoService.Rule ? "'admin'" : "'write'", failure.Message, StringComparison.Ordinal);
        var denial = Assert.Single(server.Denials.All);
        Assert.Equal((DenialReason.ScopeTooLow, method, "tool"), (denial.Reason, denial.Method, denial.Caller));
    }

    [Fact]
    public async Task The_owner_on_the_socket_and_the_session_token_may_do_everything()
    {
        await using var server = await TestServer.StartAsync();
        await server.OverSocket().UnaryAsync<EchoMessage, EchoMessage>(EchoService.Rule, new EchoMessage());
        var overTcp = server.OverTcp(server.Server.SessionToken);
        await overTcp.UnaryAsync<EchoMessage, EchoMessage>(EchoService.Rule, new EchoMessage());
    }

    [Theory]
    [InlineData(null, DenialReason.TokenMissing)]
    [InlineData("map_wrong", DenialReason.TokenUnknown)]
    [InlineData("x", DenialReason.TokenUnknown)]
    public async Task Without_a_known_token_there_is_nothing_on_tcp(string? token, DenialReason reason)
    {
        await using var server = await TestServer.StartAsync();
        foreach (var method in new[] { EchoService.Say, "unknown.Service/Method" })
        {
            var failure = await Assert.ThrowsAsync<GrpcStatusException>(
                () => server.OverTcp(token).UnaryAsync<EchoMessage, EchoMessage>(method, new EchoMessage()));
            Assert.Equal(StatusCode.Unauthenticated, failure.StatusCode);
            Assert.Contains("token create", failure.Message, StringComparison.Ordinal);
        }
        Assert.All(server.Denials.All, denial => Assert.Equal(reason, denial.Reason));
        Assert.DoesNotContain(server.Logs.All, entry => entry.Text.Contains("map_wrong", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Basic abc")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer  x y")]
    public async Task Malformed_authorization_is_no_authorization(string header)
    {
        await using var server = await TestServer.StartAsync();
        var answer = await server.Raw().SendAsync(EchoService.Say, Request, raw => SetAuthorization(raw, header));
        Assert.Equal(StatusCode.Unauthenticated, answer.Status);
    }

    [Fact]
    public async Task A_token_of_enormous_length_is_only_wrong()
    {
        await using var server = await TestServer.StartAsync();
        var answer = await server.Raw().SendAsync(
            EchoService.Say, Request, raw => SetAuthorization(raw, "Bearer " + new string('a', 20_000)));
        Assert.Equal(StatusCode.Unauthenticated, answer.Status);
    }

    [Fact]
    public async Task A_revoked_token_is_refused_on_the_connection_that_used_it()
    {
        using var directory = new TestDirectory();
        var store = TokenStore.Open(directory.File("tokens"));
        store.Create("tool", AccessScope.Read, [], out var secret);
        await using var server = await TestServer.StartAsync(change: options => options with { Authenticator = store });
        var channel = server.OverTcp(secret);
        await channel.UnaryAsync<EchoMessage, EchoMessage>(EchoService.Say, new EchoMessage());
        store.Revoke("tool");
        var failure = await Assert.ThrowsAsync<GrpcStatusException>(
            () => channel.UnaryAsync<EchoMessage, EchoMessage>(EchoService.Say, new EchoMessage()));
        Assert.Equal(StatusCode.Unauthenticated, failure.StatusCode);
    }

    [Fact]
    public async Task The_session_token_of_another_start_is_refused()
    {
        await using var earlier = await TestServer.StartAsync();
        await using var server = await TestServer.StartAsync();
        Assert.NotEqual(earlier.Server.SessionToken, server.Server.SessionToken);
        var failure = await Assert.ThrowsAsync<GrpcStatusException>(
            () => server.OverTcp(earlier.Server.SessionToken)
                .UnaryAsync<EchoMessage, EchoMessage>(EchoService.Say, new EchoMessage()));
        Assert.Equal(StatusCode.Unauthenticated, failure.StatusCode);
    }

    [Fact]
    public async Task Health_needs_no_token_and_reflection_does()
    {
        await using var server = await TestServer.StartAsync();
        var health = await server.OverTcp(null)
            .UnaryAsync<HealthCheckRequest, HealthCheckResponse>(HealthCheck, new HealthCheckRequest());
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, health.Status);
        var answer = await server.Raw().SendAsync(
            Reflection,
            RawClient.Frame(new ServerReflectionRequest { ListServices = "" }),
            raw => raw.Headers.Remove("authorization"));
        Assert.Equal(StatusCode.Unauthenticated, answer.Status);
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:PORT")]
    [InlineData("localhost")]
    [InlineData("localhost:1")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1.evil.example:PORT")]
    [InlineData("localhost.:PORT")]
    [InlineData("0.0.0.0:PORT")]
    [InlineData("[::1]:PORT")]
    public async Task A_foreign_host_is_refused_also_with_a_token_and_for_health(string host)
    {
        await using var server = await TestServer.StartAsync();
        var port = server.Server.TcpEndpoints[0].Port.ToString();
        var health = RawClient.Frame(new HealthCheckRequest());
        foreach (var (method, body) in new[] { (EchoService.Say, Request), (HealthCheck, health) })
        {
            var answer = await server.Raw().SendAsync(
                method, body, raw => raw.Headers.Host = host.Replace("PORT", port, StringComparison.Ordinal));
            Assert.Equal(HttpStatusCode.MisdirectedRequest, answer.Http);
            Assert.Null(answer.Status);
        }
        Assert.All(server.Denials.All, denial => Assert.Equal(DenialReason.HostNotAllowed, denial.Reason));
        Assert.Equal(2, server.Denials.All.Count);
    }

    [Theory]
    [InlineData("127.0.0.1:PORT")]
    [InlineData("localhost:PORT")]
    [InlineData("LOCALHOST:PORT")]
    public async Task The_endpoints_own_names_are_taken(string host)
    {
        await using var server = await TestServer.StartAsync();
        var port = server.Server.TcpEndpoints[0].Port.ToString();
        var answer = await server.Raw().SendAsync(
            EchoService.Say, Request, raw => raw.Headers.Host = host.Replace("PORT", port, StringComparison.Ordinal));
        Assert.Equal(StatusCode.Ok, answer.Status);
    }

    [Theory]
    [InlineData("http://evil.example", false)]
    [InlineData("null", false)]
    [InlineData("http://127.0.0.1:4000/", false)]
    [InlineData("https://127.0.0.1:4000", false)]
    [InlineData("http://127.0.0.1:40000", false)]
    [InlineData("http://127.0.0.1:4000", true)]
    public async Task An_origin_is_taken_only_if_it_is_listed_exactly(string origin, bool allowed)
    {
        await using var server = await TestServer.StartAsync(
            change: options => options with { AllowedOrigins = ["http://127.0.0.1:4000"] });
        var answer = await server.Raw().SendAsync(EchoService.Say, Request, raw => raw.Headers.Add("Origin", origin));
        Assert.Equal(allowed ? HttpStatusCode.OK : HttpStatusCode.Forbidden, answer.Http);
        if (!allowed)
            Assert.Equal(DenialReason.OriginNotAllowed, Assert.Single(server.Denials.All).Reason);
    }

    [Fact]
    public async Task Without_a_list_no_origin_is_allowed()
    {
        await using var server = await TestServer.StartAsync();
        var own = $"http://{server.TcpEndpoint}";
        var answer = await server.Raw().SendAsync(EchoService.Say, Request, raw => raw.Headers.Add("Origin", own));
        Assert.Equal(HttpStatusCode.Forbidden, answer.Http);
    }

    [Theory]
    [InlineData("cross-site", false)]
    [InlineData("same-site", false)]
    [InlineData("anything", false)]
    [InlineData("same-origin", true)]
    [InlineData("none", true)]
    public async Task Another_site_is_refused(string site, bool allowed)
    {
        await using var server = await TestServer.StartAsync();
        var answer = await server.Raw().SendAsync(
            EchoService.Say, Request, raw => raw.Headers.Add("Sec-Fetch-Site", site));
        Assert.Equal(allowed ? HttpStatusCode.OK : HttpStatusCode.Forbidden, answer.Http);
        if (!allowed)
            Assert.Equal(DenialReason.CrossSite, Assert.Single(server.Denials.All).Reason);
    }

    [Fact]
    public async Task After_too_many_failures_tokens_are_not_even_looked_at()
    {
        using var directory = new TestDirectory();
        var store = TokenStore.Open(directory.File("tokens"));
        store.Create("tool", AccessScope.Read, [], out var secret);
        var time = new ManualTime();
        await using var server = await TestServer.StartAsync(change: options => options with
        {
            Authenticator = store,
            MaxFailedAuthentications = 3,
            FailedAuthenticationWindow = TimeSpan.FromSeconds(10),
            Time = time,
        });
        var proven = server.OverTcp(secret);
        await proven.UnaryAsync<EchoMessage, EchoMessage>(EchoService.Say, new EchoMessage());
        for (var i = 0; i < 3; i++)
            Assert.Equal(StatusCode.Unauthenticated, await SayAsync(server, "map_guess"));

        // Also the right token, on a new connection: it is not looked at.
        Assert.Equal(StatusCode.ResourceExhausted, await SayAsync(server, secret));
        Assert.Equal(StatusCode.ResourceExhausted, await SayAsync(server, secret));
        Assert.Single(server.Denials.All, denial => denial.Reason == DenialReason.TooManyFailures);
        // A connection that has proved itself, the socket, and health go on.
        await proven.UnaryAsync<EchoMessage, EchoMessage>(EchoService.Say, new EchoMessage());
        await server.OverSocket().UnaryAsync<EchoMessage, EchoMessage>(EchoService.Say, new EchoMessage());
        await server.OverTcp(null)
            .UnaryAsync<HealthCheckRequest, HealthCheckResponse>(HealthCheck, new HealthCheckRequest());

        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(await SayAsync(server, secret));
    }

    [Fact]
    public async Task A_process_of_another_user_is_refused_at_the_socket()
    {
        await using var server = await TestServer.StartAsync(
            change: options => options with { PeerCredentials = new FixedPeer(Own: 1000, Peer: 1001) });
        var failure = await Assert.ThrowsAsync<GrpcStatusException>(
            () => server.OverSocket().UnaryAsync<EchoMessage, EchoMessage>(EchoService.Say, new EchoMessage()));
        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
        var denial = server.Denials.All.First();
        Assert.Equal((DenialReason.ForeignUser, "uid 1001"), (denial.Reason, denial.Caller));
    }

    [Fact]
    public async Task Root_is_another_user_too()
    {
        await using var server = await TestServer.StartAsync(
            change: options => options with { PeerCredentials = new FixedPeer(Own: 1000, Peer: 0) });
        await Assert.ThrowsAsync<GrpcStatusException>(
            () => server.OverSocket().UnaryAsync<EchoMessage, EchoMessage>(EchoService.Say, new EchoMessage()));
        Assert.Equal(DenialReason.ForeignUser, server.Denials.All.First().Reason);
    }

    [Fact]
    public async Task A_peer_that_the_system_does_not_name_is_refused()
    {
        await using var server = await TestServer.StartAsync(
            change: options => options with { PeerCredentials = new FixedPeer(Own: 1000, Peer: null) });
        await Assert.ThrowsAsync<GrpcStatusException>(
            () => server.OverSocket().UnaryAsync<EchoMessage, EchoMessage>(EchoService.Say, new EchoMessage()));
        Assert.Equal("unknown", server.Denials.All.First().Caller);
    }

    [Fact]
    public void A_caller_of_named_spaces_may_use_those()
    {
        var caller = new Caller(CallerKind.Token, "tool", AccessScope.Read) { Spaces = ["Garden"] };
        Assert.True(caller.MayUse("garden"));
        Assert.False(caller.MayUse("kitchen"));
        Assert.True(Caller.Owner.MayUse("kitchen"));
    }

    private static void SetAuthorization(HttpRequestMessage raw, string header)
    {
        raw.Headers.Remove("authorization");
        raw.Headers.TryAddWithoutValidation("authorization", header);
    }

    // Each on a connection of its own.
    private static async Task<StatusCode?> SayAsync(TestServer server, string token)
    {
        using var channel = GrpcChannel.ForTcp(server.TcpEndpoint, token);
        try
        {
            await channel.UnaryAsync<EchoMessage, EchoMessage>(EchoService.Say, new EchoMessage());
            return null;
        }
        catch (GrpcStatusException e)
        {
            return e.StatusCode;
        }
    }
}
