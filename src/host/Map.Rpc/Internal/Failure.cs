using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Map.Rpc.Internal;

/// <summary>What an exception of a call means to its client and to the log.</summary>
internal readonly record struct Failure(StatusCode Status, string Message, ReadOnlyMemory<byte> Details)
{
    /// <summary>Names the log entry of a crash; empty for what was to be expected.</summary>
    public string Incident { get; private init; } = "";

    public bool IsCrash => Incident.Length != 0;

    /// <summary>Whether nobody is left to be answered.</summary>
    public bool ClientIsGone { get; private init; }

    public static Failure From(Exception exception, ServerCallContext? call)
    {
        if (exception is GrpcStatusException status)
            return new(status.StatusCode, status.Message, status.Details);
        var reason = call?.Reason ?? CancelReason.None;
        if (exception is OperationCanceledException && reason != CancelReason.None)
            return Cancelled(reason);
        if (exception is BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout })
            return new(StatusCode.Cancelled, "The request arrived too slowly.", default);
        // Kestrel's ways to say that the stream or its connection is gone.
        if (exception is ConnectionResetException or ConnectionAbortedException)
            return Cancelled(CancelReason.ClientGone);
        var clientIsGone = reason is CancelReason.ClientGone or CancelReason.SlowConsumer;
        if (clientIsGone && exception is (BadHttpRequestException or IOException))
            return Cancelled(CancelReason.ClientGone);

        var incident = Guid.NewGuid().ToString("N")[..12];
        var message = $"The call failed inside the server. Incident {incident} in its log has the cause.";
        return new(StatusCode.Internal, message, default) { Incident = incident };
    }

    private static Failure Cancelled(CancelReason reason) => reason switch
    {
        CancelReason.Deadline =>
            new(StatusCode.DeadlineExceeded, "The deadline passed before the call ended.", default),
        CancelReason.Shutdown => new(StatusCode.Unavailable, "The server is shutting down.", default),
        _ => new(StatusCode.Cancelled, "The call was cancelled.", default) { ClientIsGone = true },
    };
}
