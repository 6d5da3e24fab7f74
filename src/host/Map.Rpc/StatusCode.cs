namespace Map.Rpc;

/// <summary>The canonical gRPC status codes, with their numbers on the wire.</summary>
public enum StatusCode
{
    /// <summary>The call succeeded.</summary>
    Ok = 0,

    /// <summary>The call was cancelled, usually by the client.</summary>
    Cancelled = 1,

    /// <summary>The cause is not known.</summary>
    Unknown = 2,

    /// <summary>The request is wrong whatever the state of the server is.</summary>
    InvalidArgument = 3,

    /// <summary>The deadline passed before the call ended.</summary>
    DeadlineExceeded = 4,

    /// <summary>What the request names does not exist.</summary>
    NotFound = 5,

    /// <summary>What the request creates exists already.</summary>
    AlreadyExists = 6,

    /// <summary>The caller is known and may not do this.</summary>
    PermissionDenied = 7,

    /// <summary>A limit was reached; the message names it.</summary>
    ResourceExhausted = 8,

    /// <summary>The state of the server does not allow this now.</summary>
    FailedPrecondition = 9,

    /// <summary>A conflict with another caller; repeating the whole sequence can help.</summary>
    Aborted = 10,

    /// <summary>Past the valid range.</summary>
    OutOfRange = 11,

    /// <summary>This server has no such method.</summary>
    Unimplemented = 12,

    /// <summary>An error in the server; the message has an incident id that its log explains.</summary>
    Internal = 13,

    /// <summary>The server cannot answer now; repeating the call later can help.</summary>
    Unavailable = 14,

    /// <summary>Data was lost or is corrupt.</summary>
    DataLoss = 15,

    /// <summary>The caller did not prove who it is.</summary>
    Unauthenticated = 16,
}
