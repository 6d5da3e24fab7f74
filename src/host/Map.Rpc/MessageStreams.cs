namespace Map.Rpc;

/// <summary>The requests of a streaming call, in order. One reader at a time.</summary>
/// <typeparam name="T">The request message.</typeparam>
public interface IMessageReader<T> : IAsyncEnumerable<T>
    where T : class
{
    /// <summary>Waits for the next request.</summary>
    /// <returns>The request; null once the client has sent its last one.</returns>
    /// <exception cref="GrpcStatusException">The client broke the framing, a limit, or the message format.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    ValueTask<T?> ReadAsync();
}

/// <summary>The responses of a streaming call. Safe to use from several tasks until the handler ends.</summary>
/// <typeparam name="T">The response message.</typeparam>
public interface IMessageWriter<in T>
    where T : class
{
    /// <summary>
    /// Sends a response. It leaves at once, unless more requests are already here: then it may wait up to
    /// a millisecond for the responses to those. The task ends when there is room for more.
    /// </summary>
    /// <param name="message">The response; it may be changed again when the task has ended.</param>
    /// <returns>A task that ends when the next response may be sent.</returns>
    /// <exception cref="GrpcStatusException">The message is larger than the limit.</exception>
    /// <exception cref="OperationCanceledException">
    /// The call was cancelled, also because the client stopped reading for longer than the write timeout.
    /// </exception>
    ValueTask WriteAsync(T message);

    /// <summary>Sends a response to a client that may be slow, and gives up when it does not read for too long.</summary>
    /// <param name="message">The response.</param>
    /// <param name="patience">How long to wait for room.</param>
    /// <param name="giveUp">Ends the wait early.</param>
    /// <returns>
    /// Whether there is room for more. If not, the handler ends: this message and those before it still reach a client
    /// that reads on within the write timeout, and then the status with which the handler ended.
    /// </returns>
    /// <exception cref="GrpcStatusException">The message is larger than the limit.</exception>
    /// <exception cref="OperationCanceledException">
    /// The call was cancelled, also because the client stopped reading for longer than the write timeout.
    /// </exception>
    ValueTask<bool> TryWriteAsync(T message, TimeSpan patience, CancellationToken giveUp);
}

/// <summary>Answers one request with one response.</summary>
/// <typeparam name="TRequest">The request message.</typeparam>
/// <typeparam name="TResponse">The response message.</typeparam>
/// <param name="request">The request.</param>
/// <param name="call">The call.</param>
/// <returns>The response.</returns>
public delegate ValueTask<TResponse> UnaryHandler<in TRequest, TResponse>(TRequest request, CallContext call);

/// <summary>Answers a stream of requests with one response.</summary>
/// <typeparam name="TRequest">The request message.</typeparam>
/// <typeparam name="TResponse">The response message.</typeparam>
/// <param name="requests">The requests.</param>
/// <param name="call">The call.</param>
/// <returns>The response.</returns>
public delegate ValueTask<TResponse> ClientStreamingHandler<TRequest, TResponse>(
    IMessageReader<TRequest> requests, CallContext call)
    where TRequest : class;

/// <summary>Answers one request with a stream of responses.</summary>
/// <typeparam name="TRequest">The request message.</typeparam>
/// <typeparam name="TResponse">The response message.</typeparam>
/// <param name="request">The request.</param>
/// <param name="responses">Where responses go.</param>
/// <param name="call">The call.</param>
/// <returns>A task whose end ends the stream.</returns>
public delegate ValueTask ServerStreamingHandler<in TRequest, out TResponse>(
    TRequest request, IMessageWriter<TResponse> responses, CallContext call)
    where TResponse : class;

/// <summary>Answers a stream of requests with a stream of responses.</summary>
/// <typeparam name="TRequest">The request message.</typeparam>
/// <typeparam name="TResponse">The response message.</typeparam>
/// <param name="requests">The requests.</param>
/// <param name="responses">Where responses go.</param>
/// <param name="call">The call.</param>
/// <returns>A task whose end ends the stream.</returns>
public delegate ValueTask DuplexHandler<TRequest, out TResponse>(
    IMessageReader<TRequest> requests, IMessageWriter<TResponse> responses, CallContext call)
    where TRequest : class
    where TResponse : class;
