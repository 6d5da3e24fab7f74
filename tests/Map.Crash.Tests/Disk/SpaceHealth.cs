using Map.Daemon.Tests;
using Map.Rpc.Client;
using Map.Rpc.Internal.Wire;
using Map.V1;
using Health = Map.Rpc.Internal.Wire.HealthCheckResponse.Types.ServingStatus;

namespace Map.Crash.Tests.Disk;

/// <summary>How a daemon says that its one space is: in its status, and to who asks for its health.</summary>
internal static class SpaceHealth
{
    /// <summary>The space takes no writes; the daemon as a whole serves.</summary>
    /// <param name="daemon">The daemon.</param>
    /// <param name="problem">What the status says of the reason.</param>
    public static async Task RequireDoubtAsync(this TestDaemon daemon, string problem)
    {
        var space = Assert.Single((await daemon.Owner.StatusAsync()).SpaceStatuses);
        Assert.Equal(SpaceState.InDoubt, space.State);
        Assert.Contains(problem, space.Problem);
        Assert.Equal(Health.NotServing, await AskHealthAsync(daemon));
    }

    /// <summary>The space takes writes again.</summary>
    public static async Task RequireRecoveredAsync(this TestDaemon daemon)
    {
        var space = Assert.Single((await daemon.Owner.StatusAsync()).SpaceStatuses);
        Assert.Equal((SpaceState.Open, ""), (space.State, space.Problem));

        // Told once the transactions in doubt are settled, while others may write already.
        await Eventually.HoldsAsync("health says that it serves", async () => await AskHealthAsync(daemon) == Health.Serving);
    }

    /// <summary>The health of the space. The daemon as a whole serves.</summary>
    private static async Task<Health> AskHealthAsync(TestDaemon daemon)
    {
        using var channel = GrpcChannel.ForUnixSocket(daemon.SocketPath);
        Assert.Equal(Health.Serving, await AskAsync(""));
        return await AskAsync($"map.space/{Saver.Space}");

        async Task<Health> AskAsync(string service) => (await channel.UnaryAsync<HealthCheckRequest, HealthCheckResponse>(
            "grpc.health.v1.Health/Check",
            new HealthCheckRequest { Service = service },
            new GrpcCallOptions { Timeout = Eventually.Patience })).Status;
    }
}
