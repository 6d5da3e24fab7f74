namespace Map.Rpc;

/// <summary>What a handler knows of the call it answers. Valid until the handler's task ends.</summary>
public abstract class CallContext
{
    /// <summary>The method, as <c>package.Service/Method</c>.</summary>
    public abstract string Method { get; }

    /// <summary>Who calls.</summary>
    public abstract Caller Caller { get; }

    /// <summary>
    /// Cancelled when the client goes away, the deadline passes, or the server's time to drain is over.
    /// Pass it all the way down: deadlines are cooperative.
    /// </summary>
    public abstract CancellationToken CancellationToken { get; }

    /// <summary>
    /// Cancelled as soon as the server begins to stop. The call may go on; a stream without an end of its
    /// own should end.
    /// </summary>
    public abstract CancellationToken ServerStopping { get; }

    /// <summary>When the client stops waiting (from <c>grpc-timeout</c>); null when it waits for ever.</summary>
    public abstract DateTimeOffset? Deadline { get; }

    /// <summary>The value of the header <c>map-request-id</c>, or null.</summary>
    public string? RequestId => GetHeader("map-request-id");

    /// <summary>Request metadata.</summary>
    /// <param name="name">The header's name, in any case.</param>
    /// <returns>The value, several ones joined by commas, or null.</returns>
    public abstract string? GetHeader(string name);

    /// <summary>Adds response metadata that is sent with the status.</summary>
    /// <param name="name">Lower case, not beginning with <c>grpc-</c>, not ending in <c>-bin</c>.</param>
    /// <param name="value">Printable ASCII.</param>
    /// <exception cref="ArgumentException">The name or the value is not allowed.</exception>
    public abstract void SetTrailer(string name, string value);

    /// <summary>Adds binary response metadata that is sent with the status.</summary>
    /// <param name="name">Lower case, not beginning with <c>grpc-</c>, ending in <c>-bin</c>.</param>
    /// <param name="value">Any bytes.</param>
    /// <exception cref="ArgumentException">The name is not allowed.</exception>
    public abstract void SetTrailer(string name, ReadOnlySpan<byte> value);
}
