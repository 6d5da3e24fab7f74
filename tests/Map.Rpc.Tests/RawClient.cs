using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Map.Rpc.Tests.Echo;

namespace Map.Rpc.Tests;

/// <summary>What a server answered, byte by byte.</summary>
internal sealed record RawAnswer(
    HttpStatusCode Http, HttpResponseHeaders Headers, HttpResponseHeaders Trailers, string? ContentType, byte[] Body)
{
    public StatusCode? Status => Number(Trailers) ?? Number(Headers);

    public string Message =>
        Uri.UnescapeDataString(Text(Trailers, "grpc-message") ?? Text(Headers, "grpc-message") ?? "");

    public bool IsTrailersOnly => Number(Headers) is not null && Body.Length == 0;

    public string? Header(string name) => Text(Headers, name);

    public string? Trailer(string name) => Text(Trailers, name);

    private static StatusCode? Number(HttpResponseHeaders headers) =>
        Text(headers, "grpc-status") is { } text ? (StatusCode)int.Parse(text) : null;

    private static string? Text(HttpResponseHeaders headers, string name) =>
        headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;
}

/// <summary>Sends whatever a test makes up, over HTTP/2 on the TCP endpoint.</summary>
internal sealed class RawClient(string endpoint, string token) : IDisposable
{
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false });

    public static byte[] Frame(IMessage message, byte flags = 0) => Frame(message.ToByteArray(), flags);

    public static byte[] Frame(byte[] payload, byte flags = 0, uint? length = null)
    {
        var frame = new byte[payload.Length + 5];
        frame[0] = flags;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), length ?? (uint)payload.Length);
        payload.CopyTo(frame, 5);
        return frame;
    }

    public async Task<RawAnswer> SendAsync(string path, byte[] body, Action<HttpRequestMessage>? change = null)
    {
        using var request = Request(path, body);
        change?.Invoke(request);
        using var response = await _http.SendAsync(request, CancellationToken.None);
        var content = await response.Content.ReadAsByteArrayAsync();
        return new RawAnswer(
            response.StatusCode,
            response.Headers,
            response.TrailingHeaders,
            response.Content.Headers.ContentType?.ToString(),
            content);
    }

    /// <summary>
    /// Reads the small messages of a stream, and says when headers, or else the first one, are there.
    /// </summary>
    public async Task<IReadOnlyList<EchoMessage>> ReadFirstAsync(
        string path, byte[] body, Action arrived, bool onHeaders = false)
    {
        using var request = Request(path, body);
        using var response = await _http.SendAsync(request, CancellationToken.None);
        if (onHeaders)
            arrived();
        await using var stream = await response.Content.ReadAsStreamAsync();
        var messages = new List<EchoMessage>();
        var prefix = new byte[5];
        while (await stream.ReadAtLeastAsync(prefix, prefix.Length, throwOnEndOfStream: false) == prefix.Length)
        {
            var payload = new byte[BinaryPrimitives.ReadUInt32BigEndian(prefix.AsSpan(1))];
            await stream.ReadExactlyAsync(payload);
            messages.Add(EchoMessage.Parser.ParseFrom(payload));
            if (messages.Count == 1 && !onHeaders)
                arrived();
        }
        return messages;
    }

    /// <summary>
    /// Gets the headers, and holds the call open without reading its body while something else happens.
    /// </summary>
    public async Task OpenWithoutReadingAsync(string path, byte[] body, Func<Task> meanwhile)
    {
        using var request = Request(path, body);
        using var response = await _http.SendAsync(request, CancellationToken.None);
        await meanwhile();
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(string path, byte[] body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"http://{endpoint}/{path}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TryAddWithoutValidation("authorization", $"Bearer {token}");
        return request;
    }
}
