using Map.Rpc.Internal;
using Map.Rpc.Tests.Echo;
using Map.V1;
using Microsoft.Extensions.Logging;

namespace Map.Rpc.Tests;

/// <summary>Failures of handlers, as they reach the client.</summary>
public sealed class StatusTests
{
    [Fact]
    public async Task A_status_arrives_with_code_message_and_typed_detail()
    {
        const string Message = "Kein Raum namens \"Café\" – 100 % sicher\nzweite Zeile";
        var detail = new HolonError { Code = ErrorCode.TransactionNotFound, Message = "gone" };
        var failure = await FailAsync(() => throw new GrpcStatusException(StatusCode.NotFound, Message, detail));
        Assert.Equal((StatusCode.NotFound, Message), (failure.StatusCode, failure.Message));
        Assert.Equal(detail, failure.GetDetail<HolonError>());
        Assert.Null(failure.GetDetail<EchoMessage>());
    }

    [Fact]
    public async Task An_unexpected_exception_tells_the_client_only_an_incident_that_the_log_explains()
    {
        LogList? logs = null;
        var failure = await FailAsync(
            () => throw new InvalidOperationException("secret of the inside"), server => logs = server.Logs);
        Assert.Equal(StatusCode.Internal, failure.StatusCode);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
        var entry = Assert.Single(logs!.All, entry => entry.Level == LogLevel.Error);
        Assert.Equal("secret of the inside", entry.Exception!.Message);
        var incident = failure.Message.Split("Incident ")[1].Split(' ')[0];
        Assert.Contains(incident, entry.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancellation_that_nobody_asked_for_is_a_crash()
    {
        var failure = await FailAsync(() => throw new OperationCanceledException("by mistake"));
        Assert.Equal(StatusCode.Internal, failure.StatusCode);
    }

    [Fact]
    public async Task A_stream_that_fails_delivers_what_came_before()
    {
        var echo = new EchoService
        {
            OnCount = async (_, responses, call) =>
            {
                call.SetTrailer("map-note", "partial");
                await responses.WriteAsync(new EchoMessage { Text = "first" });
                throw new GrpcStatusException(StatusCode.Aborted, "enough");
            },
        };
        await using var server = await TestServer.StartAsync(echo);
        var texts = new List<string>();
        var failure = await Assert.ThrowsAsync<GrpcStatusException>(async () =>
        {
            await foreach (var response in server.OverSocket().ServerStreamingAsync<EchoMessage, EchoMessage>(
                EchoService.Count, new EchoMessage()))
                texts.Add(response.Text);
        });
        Assert.Equal((StatusCode.Aborted, "enough"), (failure.StatusCode, failure.Message));
        Assert.Equal(["first"], texts);
        var raw = await server.Raw().SendAsync(EchoService.Count, RawClient.Frame(new EchoMessage()));
        Assert.Equal("partial", raw.Trailer("map-note"));
    }

    [Fact]
    public async Task Texts_and_details_too_large_for_headers_are_cut_rather_than_lost_with_the_whole_status()
    {
        var detail = new HolonError { Message = new string('d', 50_000) };
        var failure = await FailAsync(
            () => throw new GrpcStatusException(StatusCode.NotFound, new string('m', 50_000), detail));
        Assert.Equal(StatusCode.NotFound, failure.StatusCode);
        Assert.StartsWith("mmmm", failure.Message, StringComparison.Ordinal);
        Assert.True(failure.Details.IsEmpty);
    }

    [Fact]
    public async Task A_cut_does_not_split_a_character_or_fill_the_headers()
    {
        var smileys = string.Concat(Enumerable.Repeat("x🙂", 50_000));
        var echo = new EchoService { OnSay = (_, _) => throw new GrpcStatusException(StatusCode.NotFound, smileys) };
        await using var server = await TestServer.StartAsync(echo);
        var answer = await server.Raw().SendAsync(EchoService.Say, RawClient.Frame(new EchoMessage()));
        Assert.Equal(StatusCode.NotFound, answer.Status);
        Assert.InRange(answer.Header("grpc-message")!.Length, 2900, 3010);
        Assert.DoesNotContain('\uFFFD', answer.Message);
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("100%", "100%25")]
    [InlineData("ü\n", "%C3%BC%0A")]
    [InlineData("", "")]
    public void Messages_are_percent_encoded_utf8(string text, string encoded)
    {
        Assert.Equal(encoded, MetadataRules.PercentEncode(text));
        Assert.Equal(text, MetadataRules.PercentDecode(encoded));
    }

    [Fact]
    public void Ok_is_no_failure() =>
        Assert.Throws<ArgumentException>(() => new GrpcStatusException(StatusCode.Ok, "fine"));

    private static async Task<GrpcStatusException> FailAsync(Func<EchoMessage> handler, Action<TestServer>? look = null)
    {
        var echo = new EchoService { OnSay = (_, _) => ValueTask.FromResult(handler()) };
        await using var server = await TestServer.StartAsync(echo);
        var failure = await Assert.ThrowsAsync<GrpcStatusException>(
            () => server.OverSocket().UnaryAsync<EchoMessage, EchoMessage>(EchoService.Say, new EchoMessage()));
        look?.Invoke(server);
        return failure;
    }
}
