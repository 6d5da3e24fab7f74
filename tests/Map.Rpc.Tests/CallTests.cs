using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Google.Protobuf;
using Map.Rpc.Tests.Echo;

namespace Map.Rpc.Tests;

/// <summary>Calls of each shape, as a client sees them.</summary>
public sealed class CallTests
{
    [Fact]
    public async Task A_unary_call_is_answered_over_the_socket_and_over_tcp()
    {
        await using var server = await TestServer.StartAsync();
        foreach (var channel in new[] { server.OverSocket(), server.OverTcp(server.Server.SessionToken) })
        {
            var answer = await channel.UnaryAsync<EchoMessage, EchoMessage>(
                EchoService.Say, new EchoMessage { Text = "grüß" });
            Assert.Equal("grüß", answer.Text);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2040)]
    [InlineData(2048)]
    [InlineData(5000)]
    [InlineData(100_000)]
    [InlineData(3_000_000)]
    public async Task Messages_of_any_size_come_back_whole(int bytes)
    {
        await using var server = await TestServer.StartAsync();
        var payload = new byte[bytes];
        new Random(bytes).NextBytes(payload);
        var request = new EchoMessage { Payload = ByteString.CopyFrom(payload) };
        var answer = await server.OverSocket().UnaryAsync<EchoMessage, EchoMessage>(EchoService.Say, request);
        Assert.Equal(request, answer);
    }

    [Fact]
    public async Task A_client_stream_is_read_to_its_end()
    {
        await using var server = await TestServer.StartAsync();
        var answer = await server.OverSocket().ClientStreamingAsync<EchoMessage, EchoMessage>(
            EchoService.Collect, Texts("a", "b", "c"));
        Assert.Equal(("abc", 3), (answer.Text, answer.Count));
    }

    [Fact]
    public async Task A_server_stream_is_delivered_in_order()
    {
        await using var server = await TestServer.StartAsync();
        var counts = new List<int>();
        var responses = server.OverSocket().ServerStreamingAsync<EchoMessage, EchoMessage>(
            EchoService.Count, new EchoMessage { Count = 1000 });
        await foreach (var response in responses)
            counts.Add(response.Count);
        Assert.Equal(Enumerable.Range(0, 1000), counts);
    }

    [Fact]
    public async Task A_duplex_stream_answers_each_request_before_the_next_is_sent()
    {
        await using var server = await TestServer.StartAsync();
        var requests = Channel.CreateUnbounded<EchoMessage>();
        requests.Writer.TryWrite(new EchoMessage { Count = 0 });
        var responses = server.OverSocket().DuplexAsync<EchoMessage, EchoMessage>(
            EchoService.Chat, requests.Reader.ReadAllAsync());
        var answered = 0;
        await foreach (var response in responses)
        {
            Assert.Equal(answered++, response.Count);
            if (answered < 20)
                requests.Writer.TryWrite(new EchoMessage { Count = answered });
            else
                requests.Writer.TryComplete();
        }
        Assert.Equal(20, answered);
    }

    [Fact]
    public async Task A_pipelined_duplex_stream_loses_nothing()
    {
        await using var server = await TestServer.StartAsync();
        const int Messages = 20_000;
        var next = 0;
        var responses = server.OverSocket().DuplexAsync<EchoMessage, EchoMessage>(EchoService.Chat, Numbers(Messages));
        await foreach (var response in responses)
            Assert.Equal(next++, response.Count);
        Assert.Equal(Messages, next);
    }

    [Fact]
    public async Task A_response_leaves_though_the_handler_works_on_the_next_request()
    {
        var received = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var echo = new EchoService
        {
            OnChat = async (requests, responses, _) =>
            {
                await foreach (var request in requests)
                {
                    // The second request is at hand while the first one is answered; it ends only when the
                    // client has seen that answer.
                    if (request.Count == 1)
                        await received.Task;
                    await responses.WriteAsync(request);
                }
            },
        };
        await using var server = await TestServer.StartAsync(echo);
        byte[] body =
        [
            .. RawClient.Frame(new EchoMessage { Count = 0, Text = "x" }),
            .. RawClient.Frame(new EchoMessage { Count = 1 }),
        ];
        var answer = server.Raw().ReadFirstAsync(EchoService.Chat, body, received.SetResult);
        Assert.Equal(2, (await answer).Count);
    }

    [Fact]
    public async Task Headers_leave_before_the_first_response()
    {
        var mayEnd = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var echo = new EchoService { OnCount = async (_, _, _) => await mayEnd.Task };
        await using var server = await TestServer.StartAsync(echo);
        var answer = await server.Raw().ReadFirstAsync(
            EchoService.Count, RawClient.Frame(new EchoMessage()), mayEnd.SetResult, onHeaders: true);
        Assert.Empty(answer);
    }

    [Fact]
    public async Task Several_tasks_may_write_to_one_stream()
    {
        var echo = new EchoService
        {
            OnCount = async (request, responses, _) =>
                await Task.WhenAll(Enumerable.Range(0, request.Count).Select(
                    i => Task.Run(async () => await responses.WriteAsync(new EchoMessage { Count = i })))),
        };
        await using var server = await TestServer.StartAsync(echo);
        var counts = new List<int>();
        var responses = server.OverSocket().ServerStreamingAsync<EchoMessage, EchoMessage>(
            EchoService.Count, new EchoMessage { Count = 500 });
        await foreach (var response in responses)
            counts.Add(response.Count);
        Assert.Equal(Enumerable.Range(0, 500), counts.Order());
    }

    [Fact]
    public async Task The_context_tells_of_caller_method_metadata_and_sets_trailers()
    {
        CallContext? seen = null;
        string? requestId = null;
        var echo = new EchoService
        {
            OnSay = (request, call) =>
            {
                seen = call;
                requestId = call.RequestId;
                call.SetTrailer("map-note", "seen");
                call.SetTrailer("map-bytes-bin", [1, 2, 255]);
                Assert.Throws<ArgumentException>(() => call.SetTrailer("grpc-status", "0"));
                Assert.Throws<ArgumentException>(() => call.SetTrailer("Upper", "x"));
                Assert.Throws<ArgumentException>(() => call.SetTrailer("note", "x\r\ny: z"));
                return ValueTask.FromResult(request);
            },
        };
        await using var server = await TestServer.StartAsync(echo);
        var answer = await server.Raw().SendAsync(
            EchoService.Say,
            RawClient.Frame(new EchoMessage()),
            request => request.Headers.Add("map-request-id", "r-17"));
        Assert.Equal(StatusCode.Ok, answer.Status);
        Assert.Equal(("seen", "AQL/"), (answer.Trailer("map-note"), answer.Trailer("map-bytes-bin")));
        Assert.Equal("r-17", requestId);
        Assert.Equal(
            (EchoService.Say, "session", CallerKind.Token), (seen!.Method, seen.Caller.Name, seen.Caller.Kind));
    }

    internal static async IAsyncEnumerable<EchoMessage> Texts(params string[] texts)
    {
        foreach (var text in texts)
        {
            await Task.Yield();
            yield return new EchoMessage { Text = text };
        }
    }

    internal static async IAsyncEnumerable<EchoMessage> Numbers(
        int count, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new EchoMessage { Count = i };
        }
        await Task.CompletedTask;
    }
}
