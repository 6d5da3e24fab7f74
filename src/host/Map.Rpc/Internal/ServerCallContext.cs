using System.IO.Pipelines;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace Map.Rpc.Internal;

/// <summary>Why a call's token was cancelled.</summary>
internal enum CancelReason
{
    None = 0,
    ClientGone = 1,
    Deadline = 2,
    Shutdown = 3,
    SlowConsumer = 4,
}

/// <summary>One running call: its request and response bodies, its identity, and its cancellation.</summary>
internal sealed class ServerCallContext : CallContext, IDisposable
{
    private const int FlushSingleFromBytes = 16 * 1024;

    private readonly HttpContext _http;
    private readonly ServerRuntime _runtime;
    private readonly MethodIdentity _method;
    private readonly Lock _lock = new();
    private readonly long _deadlineTimestamp = long.MaxValue;
    private readonly bool _compressResponses;
    private List<KeyValuePair<string, string>>? _trailers;
    private CancellationTokenSource? _cancellation;
    private CancellationTokenRegistration _clientGone;
    private CancellationTokenRegistration _shutdown;
    private volatile CancelReason _reason;

    public ServerCallContext(
        HttpContext http, ServerRuntime runtime, MethodIdentity method, Caller caller, RequestOptions request)
    {
        _http = http;
        _runtime = runtime;
        _method = method;
        Caller = caller;
        RequestRules = new(runtime.Options.MaxMessageBytes, request.IsGzip);
        _compressResponses = request.AcceptsGzip && runtime.Options.CompressResponses;
        // Here and not at the first response: the headers of a stream may leave before that.
        if (_compressResponses)
            http.Response.Headers["grpc-encoding"] = "gzip";
        if (request.Timeout is { } timeout)
        {
            var now = runtime.Time.GetTimestamp();
            _deadlineTimestamp = now + (long)(timeout.TotalSeconds * runtime.Time.TimestampFrequency);
            Deadline = runtime.Time.GetUtcNow() + timeout;
            StartCancellation(timeout);
        }
    }

    public override string Method => _method.FullName;

    public override Caller Caller { get; }

    public override CancellationToken CancellationToken => (_cancellation ?? StartCancellation(null)).Token;

    public override CancellationToken ServerStopping => _runtime.Stopping.Token;

    public override DateTimeOffset? Deadline { get; }

    public FrameRules RequestRules { get; }

    public TimeProvider Time => _runtime.Time;

    public PipeReader RequestBody => _http.Request.BodyReader;

    /// <summary>
    /// For waiting on the one message of a call. Without a deadline the connection's own end is enough, and
    /// most calls never need a token then.
    /// </summary>
    public CancellationToken BodyToken => _cancellation?.Token ?? CancellationToken.None;

    /// <summary>Whether part of the response body is written, so that the status must go into trailers.</summary>
    public bool BodyHasBegun { get; private set; }

    public IReadOnlyList<KeyValuePair<string, string>> Trailers =>
        _trailers ?? (IReadOnlyList<KeyValuePair<string, string>>)[];

    /// <summary>Why the call is cancelled; None while it is not.</summary>
    public CancelReason Reason
    {
        get
        {
            if (_reason != CancelReason.None)
                return _reason;
            // The source's own timer cancels without a word, and a call without a token has no source.
            if (_cancellation is { IsCancellationRequested: true }
                || _runtime.Time.GetTimestamp() >= _deadlineTimestamp)
                return CancelReason.Deadline;
            return _http.RequestAborted.IsCancellationRequested ? CancelReason.ClientGone : CancelReason.None;
        }
    }

    public override string? GetHeader(string name)
    {
        var values = _http.Request.Headers[name];
        return values.Count == 0 ? null : values.ToString();
    }

    public override void SetTrailer(string name, string value)
    {
        MetadataRules.Check(name, isBinary: false);
        MetadataRules.CheckValue(value);
        AddTrailer(name, value);
    }

    public override void SetTrailer(string name, ReadOnlySpan<byte> value)
    {
        MetadataRules.Check(name, isBinary: true);
        AddTrailer(name, MetadataRules.ToBase64(value));
    }

    public void ThrowIfCancelled()
    {
        if (_cancellation is { IsCancellationRequested: true } cancellation)
            throw new OperationCanceledException(cancellation.Token);
    }

    /// <summary>Writes a response without flushing it.</summary>
    public int WriteFrame(IMessage message)
    {
        var size = message.CalculateSize();
        var limit = RequestRules.MaxMessageBytes;
        if (size > limit)
        {
            throw new GrpcStatusException(
                StatusCode.ResourceExhausted,
                $"The response message of {size} bytes is larger than the limit of {limit} bytes.");
        }
        BodyHasBegun = true;
        return FrameEncoder.Write(_http.Response.BodyWriter, message, size, _compressResponses);
    }

    /// <summary>
    /// Writes the only response. A small one leaves with the status; a large one has to find a reader.
    /// </summary>
    public ValueTask WriteSingleAsync(IMessage message) =>
        WriteFrame(message) <= FlushSingleFromBytes ? default : FlushAsync();

    /// <summary>
    /// Sends what is written. Kestrel never cuts off a client that stops reading, so a flush that takes
    /// longer than the write timeout ends the call here.
    /// </summary>
    public ValueTask FlushAsync()
    {
        BodyHasBegun = true;
        var flush = _http.Response.BodyWriter.FlushAsync();
        if (!flush.IsCompletedSuccessfully)
            return WaitForReaderAsync(flush);
        ThrowIfNobodyReads(flush.Result);
        return default;
    }

    public void Cancel(CancelReason reason)
    {
        if (_reason == CancelReason.None)
            _reason = reason;
        try
        {
            _cancellation?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The call ended meanwhile.
        }
    }

    public void Dispose()
    {
        _clientGone.Unregister();
        _shutdown.Unregister();
        _cancellation?.Dispose();
    }

    private async ValueTask WaitForReaderAsync(ValueTask<FlushResult> flush)
    {
        try
        {
            ThrowIfNobodyReads(
                await flush.AsTask().WaitAsync(_runtime.Options.WriteTimeout, _runtime.Time, CancellationToken));
        }
        catch (TimeoutException)
        {
            _runtime.Log.SlowConsumer(Method, Caller.Name, _runtime.Options.WriteTimeout.TotalSeconds);
            Cancel(CancelReason.SlowConsumer);
            _http.Abort();
            throw new OperationCanceledException(CancellationToken);
        }
    }

    private void ThrowIfNobodyReads(FlushResult result)
    {
        if (!result.IsCompleted && !result.IsCanceled)
            return;
        Cancel(CancelReason.ClientGone);
        throw new OperationCanceledException(CancellationToken);
    }

    private void AddTrailer(string name, string value) => (_trailers ??= []).Add(new(name, value));

    // A token costs an allocation and two registrations, so it is made for those who ask.
    private CancellationTokenSource StartCancellation(TimeSpan? timeout)
    {
        lock (_lock)
        {
            if (_cancellation is not null)
                return _cancellation;
            var source = timeout is { } delay
                ? new CancellationTokenSource(delay, _runtime.Time)
                : new CancellationTokenSource();
            _cancellation = source;
            _clientGone = _http.RequestAborted.UnsafeRegister(
                static state => ((ServerCallContext)state!).Cancel(CancelReason.ClientGone), this);
            _shutdown = _runtime.DrainIsOver.Token.UnsafeRegister(
                static state => ((ServerCallContext)state!).Cancel(CancelReason.Shutdown), this);
            return source;
        }
    }
}
