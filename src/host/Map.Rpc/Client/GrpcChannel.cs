using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using Map.Rpc.Internal;

namespace Map.Rpc.Client;

/// <summary>
/// A small gRPC client for the command line: one connection to the daemon's unix socket, or to its loopback
/// port with a token. Methods are named <c>package.Service/Method</c>. Every failure is a
/// <see cref="GrpcStatusException"/>, but for the cancellation of a token that the caller passed. Thread
/// safe.
/// </summary>
public sealed class GrpcChannel : IDisposable
{
    private const int MaxMessageBytes = 256 * 1024 * 1024;

    private const int StreamWindowBytes = 1 << 20;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    // Closing the handler would wait for calls that run.
    private readonly CancellationTokenSource _closed = new();
    private readonly HttpMessageInvoker _http;
    private readonly Uri _address;
    private readonly string _target;
    private readonly string? _token;

    private GrpcChannel(SocketsHttpHandler handler, Uri address, string target, string? token)
    {
        handler.UseProxy = false;
        handler.UseCookies = false;
        handler.AllowAutoRedirect = false;
        handler.ConnectTimeout = ConnectTimeout;
        // A large page of rows is not to wait halfway for leave to be sent.
        handler.InitialHttp2StreamWindowSize = StreamWindowBytes;
        _http = new HttpMessageInvoker(handler, disposeHandler: true);
        _address = address;
        _target = target;
        _token = token;
    }

    /// <summary>A channel over a unix socket. Nothing connects before the first call.</summary>
    /// <param name="path">The socket.</param>
    /// <returns>The channel.</returns>
    public static GrpcChannel ForUnixSocket(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        return new GrpcChannel(handler, new Uri("http://localhost"), path, token: null);
    }

    /// <summary>A channel over TCP. Nothing connects before the first call.</summary>
    /// <param name="endpoint">Address and port, like <c>127.0.0.1:4000</c>.</param>
    /// <param name="token">The secret of a token; null for calls that need none.</param>
    /// <returns>The channel.</returns>
    public static GrpcChannel ForTcp(string endpoint, string? token)
    {
        ArgumentException.ThrowIfNullOrEmpty(endpoint);
        return new GrpcChannel(new SocketsHttpHandler(), new Uri($"http://{endpoint}"), endpoint, token);
    }

    /// <summary>A channel to a running daemon: its unix socket, or else its first TCP endpoint.</summary>
    /// <param name="info">What the discovery file tells.</param>
    /// <returns>The channel.</returns>
    /// <exception cref="ArgumentException">The daemon has no endpoint.</exception>
    public static GrpcChannel FromDiscovery(DiscoveryInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        if (info.SocketPath is { } path)
            return ForUnixSocket(path);
        var address = info.TcpAddress ?? throw new ArgumentException("The daemon tells of no endpoint.", nameof(info));
        return ForTcp(new Uri(address).Authority, info.SessionToken);
    }

    /// <summary>Calls a method with one request and one response.</summary>
    /// <typeparam name="TRequest">The request message.</typeparam>
    /// <typeparam name="TResponse">The response message.</typeparam>
    /// <param name="method">As <c>package.Service/Method</c>.</param>
    /// <param name="request">The request.</param>
    /// <param name="options">Deadline, metadata, compression.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <returns>The response.</returns>
    /// <exception cref="GrpcStatusException">The call failed.</exception>
    public async Task<TResponse> UnaryAsync<TRequest, TResponse>(
        string method, TRequest request, GrpcCallOptions? options = null, CancellationToken cancellationToken = default)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>, new()
    {
        var content = SingleContent(request, options);
        await using var call = await OpenAsync<TResponse>(method, content, options, cancellationToken);
        return await call.ReadSingleAsync();
    }

    /// <summary>Calls a method with a stream of requests and one response.</summary>
    /// <typeparam name="TRequest">The request message.</typeparam>
    /// <typeparam name="TResponse">The response message.</typeparam>
    /// <param name="method">As <c>package.Service/Method</c>.</param>
    /// <param name="requests">
    /// The requests, each sent as soon as it is there. They should heed the token of their enumerator, which
    /// is cancelled when the server ends the call early.
    /// </param>
    /// <param name="options">Deadline, metadata, compression.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <returns>The response.</returns>
    /// <exception cref="GrpcStatusException">The call failed.</exception>
    public async Task<TResponse> ClientStreamingAsync<TRequest, TResponse>(
        string method,
        IAsyncEnumerable<TRequest> requests,
        GrpcCallOptions? options = null,
        CancellationToken cancellationToken = default)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>, new()
    {
        var content = new MessageStreamContent<TRequest>(requests, options?.CompressRequests == true);
        await using var call = await OpenAsync<TResponse>(method, content, options, cancellationToken);
        return await call.ReadSingleAsync();
    }

    /// <summary>Calls a method with one request and a stream of responses. Leaving the loop cancels the call.</summary>
    /// <typeparam name="TRequest">The request message.</typeparam>
    /// <typeparam name="TResponse">The response message.</typeparam>
    /// <param name="method">As <c>package.Service/Method</c>.</param>
    /// <param name="request">The request.</param>
    /// <param name="options">Deadline, metadata, compression.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <returns>The responses as they come.</returns>
    /// <exception cref="GrpcStatusException">The call failed; responses before that were delivered.</exception>
    public IAsyncEnumerable<TResponse> ServerStreamingAsync<TRequest, TResponse>(
        string method, TRequest request, GrpcCallOptions? options = null, CancellationToken cancellationToken = default)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>, new() =>
        ReadAllAsync<TResponse>(method, SingleContent(request, options), options, cancellationToken);

    /// <summary>
    /// Calls a method with a stream of requests and a stream of responses. Leaving the loop cancels the call.
    /// </summary>
    /// <typeparam name="TRequest">The request message.</typeparam>
    /// <typeparam name="TResponse">The response message.</typeparam>
    /// <param name="method">As <c>package.Service/Method</c>.</param>
    /// <param name="requests">
    /// The requests, each sent as soon as it is there. They should heed the token of their enumerator, which
    /// is cancelled when the server ends the call early.
    /// </param>
    /// <param name="options">Deadline, metadata, compression.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <returns>The responses as they come.</returns>
    /// <exception cref="GrpcStatusException">The call failed; responses before that were delivered.</exception>
    public IAsyncEnumerable<TResponse> DuplexAsync<TRequest, TResponse>(
        string method,
        IAsyncEnumerable<TRequest> requests,
        GrpcCallOptions? options = null,
        CancellationToken cancellationToken = default)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>, new() =>
        ReadAllAsync<TResponse>(
            method,
            new MessageStreamContent<TRequest>(requests, options?.CompressRequests == true),
            options,
            cancellationToken);

    /// <summary>Closes the connection; calls that still run end with CANCELLED.</summary>
    public void Dispose()
    {
        _closed.Cancel();
        _closed.Dispose();
        _http.Dispose();
    }

    private static ByteArrayContent SingleContent(IMessage request, GrpcCallOptions? options) =>
        new(MessageFrame.Of(request, options?.CompressRequests == true));

    private async IAsyncEnumerable<T> ReadAllAsync<T>(
        string method,
        HttpContent content,
        GrpcCallOptions? options,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class, IMessage<T>, new()
    {
        await using var call = await OpenAsync<T>(method, content, options, cancellationToken);
        while (await call.ReadAsync() is { } message)
            yield return message;
    }

    private async Task<ClientCall<T>> OpenAsync<T>(
        string method, HttpContent content, GrpcCallOptions? options, CancellationToken cancellationToken)
        where T : class, IMessage<T>, new()
    {
        ObjectDisposedException.ThrowIf(_closed.IsCancellationRequested, this);
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_address, "/" + method))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        AddMetadata(request.Headers, options ?? new GrpcCallOptions());
        var call = new ClientCall<T>(
            request, _target, MaxMessageBytes, options?.Timeout, _closed.Token, cancellationToken);
        try
        {
            await call.SendAsync(_http);
            return call;
        }
        catch
        {
            await call.DisposeAsync();
            throw;
        }
    }

    private void AddMetadata(HttpRequestHeaders headers, GrpcCallOptions options)
    {
        if (_token is not null)
            headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        if (options.Timeout is { } timeout)
            headers.TryAddWithoutValidation("grpc-timeout", FormatTimeout(timeout));
        if (options.CompressRequests)
            headers.TryAddWithoutValidation("grpc-encoding", "gzip");
        if (options.AcceptCompressed)
            headers.TryAddWithoutValidation("grpc-accept-encoding", "gzip");
        foreach (var (name, value) in options.Headers)
            headers.TryAddWithoutValidation(name, value);
    }

    // At most eight digits: microseconds reach 99 s, milliseconds 27 hours, seconds three years.
    private static string FormatTimeout(TimeSpan timeout)
    {
        const long MostAmount = 99_999_999;
        var ticks = Math.Max(timeout.Ticks, 0);
        if (ticks / TimeSpan.TicksPerMicrosecond <= MostAmount)
            return $"{ticks / TimeSpan.TicksPerMicrosecond}u";
        return ticks / TimeSpan.TicksPerMillisecond <= MostAmount
            ? $"{ticks / TimeSpan.TicksPerMillisecond}m"
            : $"{Math.Min(ticks / TimeSpan.TicksPerSecond, MostAmount)}S";
    }
}
