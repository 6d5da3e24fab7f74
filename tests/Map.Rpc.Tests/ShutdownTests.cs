using System.Threading.Channels;
using Map.Rpc.Internal.Wire;
using Map.Rpc.Tests.Echo;

namespace Map.Rpc.Tests;

/// <summary>How a server stops.</summary>
public sealed class ShutdownTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task A_running_unary_call_ends_well_while_the_server_stops()
    {
        var echo = new EchoService
        {
            OnSay = async (request, call) =>
            {
                var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                await using var registration = call.ServerStopping.Register(stopping.SetResult);
                _entered.SetResult();
                await stopping.Task;
                return request;
            },
        };
        await using var server = await TestServer.StartAsync(echo);
        var call = server.OverSocket().UnaryAsync<EchoMessage, EchoMessage>(
            EchoService.Say, new EchoMessage { Text = "in time" });
        await _entered.Task.WaitAsync(Patience);
        await server.Server.StopAsync(Patience).WaitAsync(Patience);
        Assert.Equal("in time", (await call).Text);
    }

    [Fact]
    public async Task A_stream_that_outlasts_the_drain_ends_with_unavailable()
    {
        var echo = new EchoService
        {
            OnCount = async (_, responses, call) =>
            {
                await responses.WriteAsync(new EchoMessage());
                await Task.Delay(Timeout.Infinite, call.CancellationToken);
            },
        };
        await using var server = await TestServer.StartAsync(echo);
        await using var stream = server.OverSocket()
            .ServerStreamingAsync<EchoMessage, EchoMessage>(EchoService.Count, new EchoMessage()).GetAsyncEnumerator();
        Assert.True(await stream.MoveNextAsync());
        await server.Server.StopAsync(TimeSpan.Zero).WaitAsync(Patience);
        var failure = await Assert.ThrowsAsync<GrpcStatusException>(async () => await stream.MoveNextAsync());
        Assert.Equal((StatusCode.Unavailable, "The server is shutting down."), (failure.StatusCode, failure.Message));
    }

    [Fact]
    public async Task An_idle_duplex_stream_ends_with_unavailable_too()
    {
        await using var server = await TestServer.StartAsync();
        var requests = Channel.CreateUnbounded<EchoMessage>();
        requests.Writer.TryWrite(new EchoMessage());
        await using var stream = server.OverSocket()
            .DuplexAsync<EchoMessage, EchoMessage>(
                EchoService.Chat, requests.Reader.ReadAllAsync()).GetAsyncEnumerator();
        Assert.True(await stream.MoveNextAsync());
        var stop = server.Server.StopAsync(TimeSpan.Zero);
        var failure = await Assert.ThrowsAsync<GrpcStatusException>(async () => await stream.MoveNextAsync());
        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
        await stop.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_handler_that_does_not_listen_is_aborted()
    {
        var never = new TaskCompletionSource<EchoMessage>();
        var echo = new EchoService { OnSay = async (_, _) => { _entered.SetResult(); return await never.Task; } };
        await using var server = await TestServer.StartAsync(
            echo, options => options with { AbortAfter = TimeSpan.Zero });
        var call = server.OverSocket().UnaryAsync<EchoMessage, EchoMessage>(EchoService.Say, new EchoMessage());
        await _entered.Task.WaitAsync(Patience);
        await server.Server.StopAsync(TimeSpan.Zero).WaitAsync(Patience);
        await Assert.ThrowsAsync<GrpcStatusException>(() => call);
        never.SetResult(new EchoMessage());
    }

    [Fact]
    public async Task Watchers_of_health_learn_of_the_stop_and_do_not_hold_it_up()
    {
        await using var server = await TestServer.StartAsync();
        await using var watch = server.OverSocket()
            .ServerStreamingAsync<HealthCheckRequest, HealthCheckResponse>(
                "grpc.health.v1.Health/Watch", new HealthCheckRequest())
            .GetAsyncEnumerator();
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, watch.Current.Status);
        var stop = server.Server.StopAsync(TimeSpan.FromMinutes(5));
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, watch.Current.Status);
        await Assert.ThrowsAsync<GrpcStatusException>(async () => await watch.MoveNextAsync());
        await stop.WaitAsync(Patience);
    }

    [Fact]
    public async Task After_the_stop_nobody_answers_and_the_socket_is_gone()
    {
        await using var server = await TestServer.StartAsync();
        await server.Server.StopAsync(TimeSpan.Zero);
        await server.Server.StopAsync(TimeSpan.Zero);
        var failure = await Assert.ThrowsAsync<GrpcStatusException>(
            () => server.OverSocket().UnaryAsync<EchoMessage, EchoMessage>(EchoService.Say, new EchoMessage()));
        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
        Assert.False(File.Exists(server.Options.UnixSocketPath));
        await Assert.ThrowsAsync<InvalidOperationException>(() => server.Server.StartAsync());
    }
}
