using System.Threading.Channels;
using Google.Protobuf;
using Map.Rpc.Client;
using Map.Rpc.Tests.Echo;

namespace Map.Rpc.Tests;

/// <summary>Deadlines, clients that go away or stop reading, and the server's own stop.</summary>
public sealed class CancellationTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<CancellationToken> _cancelled = new(
        TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task The_deadline_cancels_the_handler_and_answers()
    {
        await using var server = await TestServer.StartAsync(new EchoService { OnSay = WaitForeverAsync });
        // A raw client has no deadline of its own, so that this is the server's answer.
        var answer = await server.Raw().SendAsync(
            EchoService.Say,
            RawClient.Frame(new EchoMessage()),
            request => request.Headers.Add("grpc-timeout", "100m"));
        Assert.Equal(StatusCode.DeadlineExceeded, answer.Status);
        Assert.True((await _cancelled.Task.WaitAsync(Patience)).IsCancellationRequested);
    }

    [Fact]
    public async Task A_deadline_of_nothing_has_passed_already()
    {
        await using var server = await TestServer.StartAsync(new EchoService { OnSay = WaitForeverAsync });
        var answer = await server.Raw().SendAsync(
            EchoService.Say, RawClient.Frame(new EchoMessage()), request => request.Headers.Add("grpc-timeout", "0n"));
        Assert.Equal(StatusCode.DeadlineExceeded, answer.Status);
    }

    [Fact]
    public async Task The_handler_can_see_the_deadline()
    {
        DateTimeOffset? deadline = null;
        var echo = new EchoService
        {
            OnSay = (request, call) =>
            {
                deadline = call.Deadline;
                return ValueTask.FromResult(request);
            },
        };
        await using var server = await TestServer.StartAsync(echo);
        await server.OverSocket().UnaryAsync<EchoMessage, EchoMessage>(
            EchoService.Say, new EchoMessage(), new GrpcCallOptions { Timeout = TimeSpan.FromHours(2) });
        Assert.InRange(deadline!.Value - DateTimeOffset.UtcNow, TimeSpan.FromHours(1.9), TimeSpan.FromHours(2));
    }

    [Fact]
    public async Task The_client_gives_up_at_its_deadline_though_the_server_does_not_answer()
    {
        var never = new TaskCompletionSource<EchoMessage>();
        await using var server = await TestServer.StartAsync(
            new EchoService { OnSay = async (_, _) => await never.Task },
            options => options with { AbortAfter = TimeSpan.Zero });
        var failure = await Assert.ThrowsAsync<GrpcStatusException>(
            () => server.OverSocket().UnaryAsync<EchoMessage, EchoMessage>(
            EchoService.Say, new EchoMessage(), new GrpcCallOptions { Timeout = TimeSpan.FromMilliseconds(100) }));
        Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
        never.SetResult(new EchoMessage());
    }

    [Fact]
    public async Task A_client_that_cancels_cancels_the_handler()
    {
        await using var server = await TestServer.StartAsync(new EchoService { OnSay = WaitForeverAsync });
        using var cancellation = new CancellationTokenSource();
        var call = server.OverSocket().UnaryAsync<EchoMessage, EchoMessage>(
            EchoService.Say, new EchoMessage(), cancellationToken: cancellation.Token);
        await _entered.Task.WaitAsync(Patience);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await _cancelled.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_client_that_leaves_a_stream_cancels_the_handler_that_writes()
    {
        var echo = new EchoService
        {
            OnCount = async (_, responses, _) =>
            {
                try
                {
                    while (true)
                        await responses.WriteAsync(new EchoMessage());
                }
                catch (OperationCanceledException e)
                {
                    _cancelled.SetResult(e.CancellationToken);
                    throw;
                }
            },
        };
        await using var server = await TestServer.StartAsync(echo);
        await foreach (var _ in server.OverSocket().ServerStreamingAsync<EchoMessage, EchoMessage>(
            EchoService.Count, new EchoMessage()))
            break;
        await _cancelled.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_client_that_vanishes_cancels_the_handler_that_reads()
    {
        var echo = new EchoService
        {
            OnChat = async (requests, _, _) =>
            {
                _entered.SetResult();
                var failure = await Record.ExceptionAsync(async () => await requests.ReadAsync());
                _cancelled.SetResult(CancellationToken.None);
                throw failure!;
            },
        };
        await using var server = await TestServer.StartAsync(echo);
        var channel = GrpcChannel.ForUnixSocket(server.Options.UnixSocketPath!);
        var requests = Channel.CreateUnbounded<EchoMessage>();
        var reading = ReadAllAsync(
            channel.DuplexAsync<EchoMessage, EchoMessage>(EchoService.Chat, requests.Reader.ReadAllAsync()));
        await _entered.Task.WaitAsync(Patience);
        channel.Dispose();
        await _cancelled.Task.WaitAsync(Patience);
        requests.Writer.Complete();
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<GrpcStatusException>(() => reading)).StatusCode);
        Assert.DoesNotContain(server.Logs.All, entry => entry.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
    }

    [Fact]
    public async Task A_client_that_stops_reading_is_cut_off_and_others_are_not()
    {
        var payload = ByteString.CopyFrom(new byte[100_000]);
        var echo = new EchoService
        {
            OnCount = async (_, responses, _) =>
            {
                try
                {
                    while (true)
                        await responses.WriteAsync(new EchoMessage { Payload = payload });
                }
                catch (OperationCanceledException e)
                {
                    _cancelled.SetResult(e.CancellationToken);
                    throw;
                }
            },
        };
        await using var server = await TestServer.StartAsync(
            echo, options => options with { WriteTimeout = TimeSpan.FromMilliseconds(200) });
        var channel = server.OverSocket();
        var responses = channel.ServerStreamingAsync<EchoMessage, EchoMessage>(EchoService.Count, new EchoMessage());
        await using var slow = responses.GetAsyncEnumerator();
        Assert.True(await slow.MoveNextAsync());
        await _cancelled.Task.WaitAsync(Patience);
        Assert.Contains(server.Logs.All, entry => entry.Text.Contains("did not read", StringComparison.Ordinal));
        var other = await channel.UnaryAsync<EchoMessage, EchoMessage>(
            EchoService.Say, new EchoMessage { Text = "still here" });
        Assert.Equal("still here", other.Text);
    }

    [Fact]
    public async Task A_large_unary_response_that_nobody_reads_is_cut_off_too()
    {
        var large = new EchoMessage { Payload = ByteString.CopyFrom(new byte[5_000_000]) };
        var echo = new EchoService { OnSay = (_, _) => ValueTask.FromResult(large) };
        await using var server = await TestServer.StartAsync(
            echo, options => options with { WriteTimeout = TimeSpan.FromMilliseconds(200) });
        await server.Raw().OpenWithoutReadingAsync(
            EchoService.Say, RawClient.Frame(new EchoMessage()), () => server.Logs.Contains("did not read", Patience));
    }

    internal static async Task<List<T>> ReadAllAsync<T>(IAsyncEnumerable<T> messages)
    {
        var all = new List<T>();
        await foreach (var message in messages)
            all.Add(message);
        return all;
    }

    private async ValueTask<EchoMessage> WaitForeverAsync(EchoMessage request, CallContext call)
    {
        _entered.TrySetResult();
        try
        {
            await Task.Delay(Timeout.Infinite, call.CancellationToken);
        }
        finally
        {
            _cancelled.TrySetResult(call.CancellationToken);
        }
        return request;
    }
}
