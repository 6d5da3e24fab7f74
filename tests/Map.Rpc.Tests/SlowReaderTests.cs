using Google.Protobuf;
using Map.Rpc.Tests.Echo;

namespace Map.Rpc.Tests;

/// <summary>A stream whose handler gives a slow client up by itself.</summary>
public sealed class SlowReaderTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly ByteString Payload = ByteString.CopyFrom(new byte[50_000]);

    private readonly TaskCompletionSource<int> _gaveUp = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task A_slow_client_gets_all_that_was_sent_and_then_the_handlers_status()
    {
        await using var server = await TestServer.StartAsync(Echo(TimeSpan.FromMilliseconds(100), default));
        await using var slow = server.OverSocket()
            .ServerStreamingAsync<EchoMessage, EchoMessage>(EchoService.Count, new EchoMessage()).GetAsyncEnumerator();
        Assert.True(await slow.MoveNextAsync());
        var sent = await _gaveUp.Task.WaitAsync(Patience);
        var failure = await AssertReadsUntil(slow, sent);
        Assert.Equal((StatusCode.ResourceExhausted, "too slow"), (failure.StatusCode, failure.Message));
        Assert.DoesNotContain(server.Logs.All, entry => entry.Text.Contains("did not read", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_wait_for_a_slow_client_can_be_given_up_from_outside()
    {
        using var giveUp = new CancellationTokenSource();
        await using var server = await TestServer.StartAsync(Echo(TimeSpan.FromHours(1), giveUp.Token));
        await using var slow = server.OverSocket()
            .ServerStreamingAsync<EchoMessage, EchoMessage>(EchoService.Count, new EchoMessage()).GetAsyncEnumerator();
        Assert.True(await slow.MoveNextAsync());
        await giveUp.CancelAsync();
        var sent = await _gaveUp.Task.WaitAsync(Patience);
        Assert.Equal("too slow", (await AssertReadsUntil(slow, sent)).Message);
    }

    [Fact]
    public async Task A_client_that_never_reads_on_is_cut_off_after_the_write_timeout_all_the_same()
    {
        await using var server = await TestServer.StartAsync(
            Echo(TimeSpan.FromMilliseconds(100), default), options => options with { WriteTimeout = TimeSpan.FromMilliseconds(200) });
        await server.Raw().OpenWithoutReadingAsync(EchoService.Count, RawClient.Frame(new EchoMessage()), async () =>
        {
            await _gaveUp.Task.WaitAsync(Patience);
            await server.Logs.Contains("did not read", Patience);
        });
    }

    private EchoService Echo(TimeSpan patience, CancellationToken giveUp) => new()
    {
        OnCount = async (_, responses, _) =>
        {
            var sent = 1;
            while (await responses.TryWriteAsync(new EchoMessage { Count = sent, Payload = Payload }, patience, giveUp)) sent++;
            _gaveUp.SetResult(sent);
            throw new GrpcStatusException(StatusCode.ResourceExhausted, "too slow");
        },
    };

    private static async Task<GrpcStatusException> AssertReadsUntil(IAsyncEnumerator<EchoMessage> slow, int sent)
    {
        for (var expected = 1; ; expected++)
        {
            Assert.Equal(expected, slow.Current.Count);
            if (expected < sent) Assert.True(await slow.MoveNextAsync());
            else return await Assert.ThrowsAsync<GrpcStatusException>(async () => await slow.MoveNextAsync());
        }
    }
}
