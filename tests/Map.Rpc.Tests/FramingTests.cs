using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Map.Rpc.Client;
using Map.Rpc.Tests.Echo;

namespace Map.Rpc.Tests;

/// <summary>What a client can get wrong on the wire, and what it is told then.</summary>
public sealed class FramingTests
{
    private static readonly byte[] Good = RawClient.Frame(new EchoMessage { Text = "x" });

    [Theory]
    [InlineData(EchoService.Say)]
    [InlineData(EchoService.Collect)]
    public async Task An_unknown_flag_is_refused(string method)
    {
        var answer = await SendAsync(method, RawClient.Frame(new EchoMessage(), flags: 2));
        Assert.Equal(StatusCode.InvalidArgument, answer.Status);
        Assert.Contains("flags 0x02", answer.Message, StringComparison.Ordinal);
        Assert.True(answer.IsTrailersOnly);
        Assert.Equal("application/grpc", answer.ContentType);
    }

    [Theory]
    [InlineData(EchoService.Say, 3)]
    [InlineData(EchoService.Say, 6)]
    [InlineData(EchoService.Collect, 3)]
    [InlineData(EchoService.Collect, 6)]
    public async Task A_message_that_ends_too_early_is_refused(string method, int bytes)
    {
        var answer = await SendAsync(method, Good[..bytes]);
        Assert.Equal(StatusCode.InvalidArgument, answer.Status);
        Assert.Contains("middle of a message", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_unary_call_without_a_message_is_refused()
    {
        var answer = await SendAsync(EchoService.Say, []);
        Assert.Equal(
            (StatusCode.InvalidArgument, "The request has no message."), (answer.Status!.Value, answer.Message));
    }

    [Fact]
    public async Task A_unary_call_with_two_messages_is_refused_before_its_handler_runs()
    {
        var ran = false;
        var echo = new EchoService { OnSay = (request, _) => { ran = true; return ValueTask.FromResult(request); } };
        await using var server = await TestServer.StartAsync(echo);
        var answer = await server.Raw().SendAsync(EchoService.Say, [.. Good, .. Good]);
        Assert.Equal(StatusCode.InvalidArgument, answer.Status);
        Assert.False(ran);
    }

    [Theory]
    [InlineData(EchoService.Say)]
    [InlineData(EchoService.Collect)]
    public async Task Bytes_that_are_no_message_are_refused_by_type(string method)
    {
        var answer = await SendAsync(method, RawClient.Frame([0xff, 0xff, 0xff]));
        Assert.Equal(StatusCode.InvalidArgument, answer.Status);
        Assert.Contains("test.echo.EchoMessage", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nesting_deeper_than_the_parser_goes_is_refused_and_not_a_crash()
    {
        var message = new EchoMessage();
        for (var i = 0; i < 200; i++)
            message = new EchoMessage { Inner = message };
        var answer = await SendAsync(EchoService.Say, RawClient.Frame(message));
        Assert.Equal(StatusCode.InvalidArgument, answer.Status);
    }

    [Theory]
    [InlineData(EchoService.Say)]
    [InlineData(EchoService.Collect)]
    public async Task A_message_over_the_limit_is_refused_by_its_prefix(string method)
    {
        // Only the prefix is sent: the server must not wait for what it will not take.
        var answer = await SendAsync(
            method, RawClient.Frame([], length: 1001), options => options with { MaxMessageBytes = 1000 });
        Assert.Equal(StatusCode.ResourceExhausted, answer.Status);
        Assert.Contains("1001", answer.Message, StringComparison.Ordinal);
        Assert.Contains("limit of 1000 bytes", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_of_exactly_the_limit_is_taken()
    {
        var message = new EchoMessage { Payload = ByteString.CopyFrom(new byte[997]) };
        Assert.Equal(1000, message.CalculateSize());
        var answer = await SendAsync(
            EchoService.Say, RawClient.Frame(message), options => options with { MaxMessageBytes = 1000 });
        Assert.Equal(StatusCode.Ok, answer.Status);
    }

    [Fact]
    public async Task A_response_over_the_limit_is_an_error_and_not_a_broken_stream()
    {
        var large = new EchoMessage { Payload = ByteString.CopyFrom(new byte[2000]) };
        var echo = new EchoService { OnSay = (_, _) => ValueTask.FromResult(large) };
        await using var server = await TestServer.StartAsync(echo, options => options with { MaxMessageBytes = 1000 });
        var answer = await server.Raw().SendAsync(EchoService.Say, Good);
        Assert.Equal(StatusCode.ResourceExhausted, answer.Status);
        Assert.True(answer.IsTrailersOnly);
    }

    [Fact]
    public async Task Gzip_requests_are_inflated()
    {
        await using var server = await TestServer.StartAsync();
        var request = new EchoMessage { Text = new string('a', 50_000) };
        var options = new GrpcCallOptions { CompressRequests = true };
        Assert.Equal(
            request, await server.OverSocket().UnaryAsync<EchoMessage, EchoMessage>(EchoService.Say, request, options));
        var all = await server.OverSocket().ClientStreamingAsync<EchoMessage, EchoMessage>(
            EchoService.Collect, CallTests.Texts("a", "b"), options);
        Assert.Equal("ab", all.Text);
    }

    [Fact]
    public async Task A_gzip_bomb_is_refused()
    {
        var bomb = Compress(new EchoMessage { Payload = ByteString.CopyFrom(new byte[10_000_000]) }.ToByteArray());
        Assert.True(bomb.Length < 100_000);
        var answer = await SendAsync(
            EchoService.Say,
            RawClient.Frame(bomb, flags: 1),
            options => options with { MaxMessageBytes = 100_000 },
            Gzip);
        Assert.Equal(StatusCode.ResourceExhausted, answer.Status);
        Assert.Contains("inflates", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_flagged_as_gzip_but_is_not_is_refused()
    {
        var answer = await SendAsync(
            EchoService.Say, RawClient.Frame(new EchoMessage { Text = "plain" }, flags: 1), change: Gzip);
        Assert.Equal(StatusCode.InvalidArgument, answer.Status);
        Assert.Contains("gzip", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_compressed_message_without_an_encoding_is_refused()
    {
        var answer = await SendAsync(EchoService.Say, RawClient.Frame(new EchoMessage(), flags: 1));
        Assert.Equal(StatusCode.Internal, answer.Status);
        Assert.Contains("grpc-encoding", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_encoding_is_unimplemented_and_tells_what_is_known()
    {
        var answer = await SendAsync(
            EchoService.Say, Good, change: request => request.Headers.Add("grpc-encoding", "zstd"));
        Assert.Equal(StatusCode.Unimplemented, answer.Status);
        Assert.Contains("zstd", answer.Message, StringComparison.Ordinal);
        Assert.Equal("identity,gzip", answer.Header("grpc-accept-encoding"));
    }

    [Theory]
    [InlineData(true, true, 2000, true)]
    [InlineData(true, true, 100, false)]
    [InlineData(true, false, 2000, false)]
    [InlineData(false, true, 2000, false)]
    public async Task Responses_are_compressed_only_when_enabled_accepted_and_large(
        bool enabled, bool accepted, int bytes, bool expected)
    {
        var request = new EchoMessage { Text = new string('a', bytes) };
        await using var server = await TestServer.StartAsync(
            change: options => options with { CompressResponses = enabled });
        var answer = await server.Raw().SendAsync(
            EchoService.Say,
            RawClient.Frame(request),
            raw => raw.Headers.Add("grpc-accept-encoding", accepted ? "identity,gzip" : "identity"));
        Assert.Equal(StatusCode.Ok, answer.Status);
        Assert.Equal(expected ? 1 : 0, answer.Body[0]);
        var viaClient = await server.OverSocket().UnaryAsync<EchoMessage, EchoMessage>(
            EchoService.Say, request, new GrpcCallOptions { AcceptCompressed = accepted });
        Assert.Equal(request, viaClient);
    }

    [Fact]
    public async Task A_compressed_stream_names_its_encoding_though_headers_leave_first()
    {
        await using var server = await TestServer.StartAsync(
            change: options => options with { CompressResponses = true });
        var request = new EchoMessage { Text = new string('a', 5000) };
        var responses = await CancellationTests.ReadAllAsync(server.OverSocket().DuplexAsync<EchoMessage, EchoMessage>(
            EchoService.Chat, CallTests.Texts(request.Text, "small"), new GrpcCallOptions { AcceptCompressed = true }));
        Assert.Equal([request.Text, "small"], responses.Select(response => response.Text));
    }

    [Theory]
    [InlineData("test.echo.Echo/Shout")]
    [InlineData("test.echo.Nobody/Say")]
    [InlineData("nonsense")]
    public async Task An_unknown_method_is_unimplemented_and_named(string method)
    {
        var answer = await SendAsync(method, Good);
        Assert.Equal(StatusCode.Unimplemented, answer.Status);
        Assert.Contains(method, answer.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/grpc-web")]
    [InlineData("application/grpc+json")]
    [InlineData("application/grpcx")]
    [InlineData(null)]
    public async Task Another_content_type_is_415(string? contentType)
    {
        var answer = await SendAsync(EchoService.Say, Good, change: request =>
            request.Content!.Headers.ContentType = contentType is null
                ? null
                : MediaTypeHeaderValue.Parse(contentType));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.Http);
    }

    [Theory]
    [InlineData("application/grpc+proto")]
    [InlineData("application/grpc;charset=utf-8")]
    public async Task Spellings_of_the_content_type_are_taken(string contentType)
    {
        var answer = await SendAsync(EchoService.Say, Good, change: request =>
            request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType));
        Assert.Equal(StatusCode.Ok, answer.Status);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("OPTIONS")]
    public async Task Another_http_method_is_405(string method)
    {
        var answer = await SendAsync(EchoService.Say, Good, change: request => request.Method = new HttpMethod(method));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.Http);
    }

    [Theory]
    [InlineData("?")]
    [InlineData("S")]
    [InlineData("5")]
    [InlineData("5x")]
    [InlineData("-5S")]
    [InlineData("123456789S")]
    public async Task A_malformed_timeout_is_refused(string timeout)
    {
        var answer = await SendAsync(EchoService.Say, Good, change: request =>
            request.Headers.TryAddWithoutValidation("grpc-timeout", timeout));
        Assert.Equal(StatusCode.InvalidArgument, answer.Status);
        Assert.Contains("grpc-timeout", answer.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("99999999H")]
    [InlineData("99999999M")]
    [InlineData("1H")]
    [InlineData("5000000u")]
    public async Task Long_timeouts_are_taken(string timeout)
    {
        var answer = await SendAsync(
            EchoService.Say, Good, change: request => request.Headers.Add("grpc-timeout", timeout));
        Assert.Equal(StatusCode.Ok, answer.Status);
    }

    private static void Gzip(HttpRequestMessage request) => request.Headers.Add("grpc-encoding", "gzip");

    private static byte[] Compress(byte[] bytes)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Optimal))
            gzip.Write(bytes);
        return target.ToArray();
    }

    private static async Task<RawAnswer> SendAsync(
        string method,
        byte[] body,
        Func<RpcServerOptions, RpcServerOptions>? options = null,
        Action<HttpRequestMessage>? change = null)
    {
        await using var server = await TestServer.StartAsync(change: options);
        return await server.Raw().SendAsync(method, body, change);
    }
}
