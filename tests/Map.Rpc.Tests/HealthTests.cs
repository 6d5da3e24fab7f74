using Map.Rpc.Internal.Wire;
using Wire = Map.Rpc.Internal.Wire.HealthCheckResponse.Types.ServingStatus;

namespace Map.Rpc.Tests;

/// <summary>The health service.</summary>
public sealed class HealthTests
{
    private const string Check = "grpc.health.v1.Health/Check";
    private const string Watch = "grpc.health.v1.Health/Watch";

    [Fact]
    public async Task Check_tells_what_was_set()
    {
        await using var server = await TestServer.StartAsync();
        var channel = server.OverSocket();
        async Task<Wire> CheckAsync(string service) =>
            (await channel.UnaryAsync<HealthCheckRequest, HealthCheckResponse>(
                Check, new HealthCheckRequest { Service = service })).Status;
        Assert.Equal(Wire.Serving, await CheckAsync(""));
        server.Server.Health.Set("map.space.garden", ServingStatus.NotServing);
        Assert.Equal(Wire.NotServing, await CheckAsync("map.space.garden"));
        server.Server.Health.Remove("map.space.garden");
        var failure = await Assert.ThrowsAsync<GrpcStatusException>(() => CheckAsync("map.space.garden"));
        Assert.Equal(StatusCode.NotFound, failure.StatusCode);
    }

    [Fact]
    public async Task Watch_tells_each_change_and_only_changes()
    {
        await using var server = await TestServer.StartAsync();
        var health = server.Server.Health;
        await using var watch = server.OverSocket()
            .ServerStreamingAsync<HealthCheckRequest, HealthCheckResponse>(
                Watch, new HealthCheckRequest { Service = "x" }).GetAsyncEnumerator();
        Assert.Equal(Wire.ServiceUnknown, await NextAsync());
        health.Set("x", ServingStatus.Serving);
        Assert.Equal(Wire.Serving, await NextAsync());
        health.Set("x", ServingStatus.Serving);
        health.Set("y", ServingStatus.NotServing);
        health.Set("x", ServingStatus.NotServing);
        Assert.Equal(Wire.NotServing, await NextAsync());

        async Task<Wire> NextAsync()
        {
            Assert.True(await watch.MoveNextAsync());
            return watch.Current.Status;
        }
    }

    [Fact]
    public async Task Nothing_serves_again_once_the_server_stops()
    {
        await using var server = await TestServer.StartAsync();
        await server.Server.StopAsync(TimeSpan.Zero);
        server.Server.Health.Set("", ServingStatus.Serving);
        Assert.Equal(ServingStatus.NotServing, server.Server.Health.Get(""));
    }
}
