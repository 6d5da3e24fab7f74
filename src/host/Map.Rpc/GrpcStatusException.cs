using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using WireStatus = Map.Rpc.Internal.Wire.Status;

namespace Map.Rpc;

/// <summary>
/// A call's failure as a gRPC status. Handlers throw it to answer with that status; the client throws it
/// when a server answered with one.
/// </summary>
public sealed class GrpcStatusException : Exception
{
    /// <summary>A failure to answer with.</summary>
    /// <param name="statusCode">Any code but <see cref="StatusCode.Ok"/>.</param>
    /// <param name="message">What happened and what to do; the client sees it.</param>
    /// <param name="detail">A typed detail, sent as an Any in <c>grpc-status-details-bin</c>.</param>
    /// <param name="innerException">The cause, for the log only.</param>
    /// <exception cref="ArgumentException">The code is Ok.</exception>
    public GrpcStatusException(
        StatusCode statusCode, string message, IMessage? detail = null, Exception? innerException = null)
        : this(statusCode, message, Encode(statusCode, message, detail), innerException)
    {
    }

    internal GrpcStatusException(
        StatusCode statusCode, string message, ReadOnlyMemory<byte> details, Exception? innerException)
        : base(message, innerException)
    {
        if (statusCode == StatusCode.Ok)
            throw new ArgumentException("A failure cannot have the status OK.", nameof(statusCode));
        StatusCode = statusCode;
        Details = details;
    }

    /// <summary>The status.</summary>
    public StatusCode StatusCode { get; }

    /// <summary>A serialised <c>google.rpc.Status</c>; empty when there are no details.</summary>
    public ReadOnlyMemory<byte> Details { get; }

    /// <summary>Finds a typed detail.</summary>
    /// <typeparam name="T">The message type looked for.</typeparam>
    /// <returns>The first detail of that type; null when there is none or the bytes are not readable.</returns>
    public T? GetDetail<T>()
        where T : class, IMessage<T>, new()
    {
        if (Details.IsEmpty)
            return null;
        try
        {
            foreach (var any in WireStatus.Parser.ParseFrom(Details.Span).Details)
            {
                if (any.TryUnpack<T>(out var detail))
                    return detail;
            }
        }
        catch (InvalidProtocolBufferException)
        {
            // The status itself is known; unreadable details only mean that there is no more to tell.
        }
        return null;
    }

    private static ReadOnlyMemory<byte> Encode(StatusCode statusCode, string message, IMessage? detail)
    {
        if (detail is null)
            return default;
        var status = new WireStatus { Code = (int)statusCode, Message = message, Details = { Any.Pack(detail) } };
        return status.ToByteArray();
    }
}
