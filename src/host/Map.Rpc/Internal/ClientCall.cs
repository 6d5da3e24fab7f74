using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Google.Protobuf;

namespace Map.Rpc.Internal;

/// <summary>
/// One call of the client: sends the request, reads responses, and turns every failure into a status.
/// </summary>
internal sealed class ClientCall<T> : IAsyncDisposable
    where T : class, IMessage<T>, new()
{
    private static readonly MessageParser<T> Parser = (MessageParser<T>)new T().Descriptor.Parser;

    private readonly HttpRequestMessage _request;
    private readonly string _target;
    private readonly int _maxMessageBytes;
    private readonly CancellationToken _userToken;
    private readonly CancellationToken _channelClosed;
    private readonly CancellationTokenSource _cancellation;
    private HttpResponseMessage? _response;
    private PipeReader? _body;
    private FrameRules _rules;

    public ClientCall(
        HttpRequestMessage request,
        string target,
        int maxMessageBytes,
        TimeSpan? timeout,
        CancellationToken channelClosed,
        CancellationToken userToken)
    {
        _request = request;
        _target = target;
        _maxMessageBytes = maxMessageBytes;
        _userToken = userToken;
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(userToken, channelClosed);
        _channelClosed = channelClosed;
        if (timeout is { } delay)
            _cancellation.CancelAfter(delay);
    }

    public async Task SendAsync(HttpMessageInvoker http)
    {
        try
        {
            // The invoker, unlike HttpClient, answers as soon as there are headers.
            _response = await http.SendAsync(_request, _cancellation.Token);
            if (_response.StatusCode != HttpStatusCode.OK)
                throw await HttpFailureAsync(_response);
            _rules = new(_maxMessageBytes, Value(_response.Headers, "grpc-encoding") == "gzip");
            // "Trailers only": the status is in the headers and there is no body.
            ThrowIfFailed(_response.Headers);
            _body = PipeReader.Create(await _response.Content.ReadAsStreamAsync(_cancellation.Token));
        }
        catch (Exception e) when (ToStatus(e) is not null)
        {
            throw ToStatus(e)!;
        }
    }

    /// <summary>The next response; null at the end of a call that succeeded.</summary>
    public async Task<T?> ReadAsync()
    {
        try
        {
            return await ReadFrameAsync();
        }
        catch (Exception e) when (ToStatus(e) is not null)
        {
            throw ToStatus(e)!;
        }
    }

    public async Task<T> ReadSingleAsync()
    {
        var message = await ReadAsync()
            ?? throw new GrpcStatusException(StatusCode.Internal, "The server answered OK without a message.");
        return await ReadAsync() is null
            ? message
            : throw new GrpcStatusException(StatusCode.Internal, "The server answered with more than one message.");
    }

    public async ValueTask DisposeAsync()
    {
        // Resets the stream when the response was not read to its end.
        if (_body is not null)
            await _body.CompleteAsync();
        _response?.Dispose();
        _request.Dispose();
        _cancellation.Dispose();
    }

    private async Task<T?> ReadFrameAsync()
    {
        while (true)
        {
            var result = await _body!.ReadAsync(_cancellation.Token);
            var buffer = result.Buffer;
            var examined = buffer.End;
            try
            {
                if (FrameDecoder.TryDecode(ref buffer, _rules, Parser, out var message))
                {
                    examined = buffer.Start;
                    return message;
                }
                if (!result.IsCompleted)
                    continue;
                if (!buffer.IsEmpty)
                    throw FrameDecoder.Truncated();
            }
            finally
            {
                _body.AdvanceTo(buffer.Start, examined);
            }
            if (!ThrowIfFailed(_response!.TrailingHeaders) && !ThrowIfFailed(_response.Headers))
                throw new GrpcStatusException(StatusCode.Unknown, "The server ended the call without a status.");
            return null;
        }
    }

    private GrpcStatusException? ToStatus(Exception exception) => exception switch
    {
        GrpcStatusException => null,
        OperationCanceledException when _userToken.IsCancellationRequested => null,
        OperationCanceledException when _channelClosed.IsCancellationRequested => new(
            StatusCode.Cancelled, "The channel was closed while the call ran.", innerException: exception),
        OperationCanceledException => new(
            StatusCode.DeadlineExceeded, "The deadline passed before the server answered.", innerException: exception),
        HttpProtocolException reset =>
            new(StatusOfReset(reset.ErrorCode), "The server ended the call.", innerException: exception),
        HttpRequestException { InnerException: HttpProtocolException reset } => new(
            StatusOfReset(reset.ErrorCode), "The server ended the call.", innerException: exception),
        HttpRequestException or IOException or SocketException => new(
            StatusCode.Unavailable, $"Cannot reach {_target}: {exception.Message}", innerException: exception),
        _ => null,
    };

    // HTTP/2 error codes by the table of the gRPC protocol.
    private static StatusCode StatusOfReset(long errorCode) => errorCode switch
    {
        0x7 => StatusCode.Unavailable,
        0x8 => StatusCode.Cancelled,
        0xb => StatusCode.ResourceExhausted,
        0xc => StatusCode.PermissionDenied,
        _ => StatusCode.Internal,
    };

    private async Task<GrpcStatusException> HttpFailureAsync(HttpResponseMessage response)
    {
        const int MostTextChars = 500;
        var text = (await response.Content.ReadAsStringAsync(_cancellation.Token)).Trim();
        var status = response.StatusCode switch
        {
            HttpStatusCode.BadRequest => StatusCode.Internal,
            HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
            HttpStatusCode.Forbidden or HttpStatusCode.MisdirectedRequest => StatusCode.PermissionDenied,
            HttpStatusCode.NotFound => StatusCode.Unimplemented,
            HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable => StatusCode.Unavailable,
            _ => StatusCode.Unknown,
        };
        return new(status, $"HTTP {(int)response.StatusCode}: {text[..Math.Min(text.Length, MostTextChars)]}");
    }

    // False when the headers have no status.
    private static bool ThrowIfFailed(HttpResponseHeaders headers)
    {
        if (Value(headers, "grpc-status") is not { } text)
            return false;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code))
            code = (int)StatusCode.Unknown;
        if (code == (int)StatusCode.Ok)
            return true;
        var status = Enum.IsDefined((StatusCode)code) ? (StatusCode)code : StatusCode.Unknown;
        var message = MetadataRules.PercentDecode(Value(headers, "grpc-message") ?? "");
        var details = Value(headers, "grpc-status-details-bin") is { } encoded
            ? MetadataRules.FromBase64(encoded)
            : null;
        throw new GrpcStatusException(status, message, details ?? ReadOnlyMemory<byte>.Empty, innerException: null);
    }

    private static string? Value(HttpResponseHeaders headers, string name) =>
        headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;
}
