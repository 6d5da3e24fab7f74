namespace Map.Rpc;

/// <summary>Why something was refused.</summary>
public enum DenialReason
{
    /// <summary>A call on TCP brought no bearer token.</summary>
    TokenMissing = 1,

    /// <summary>A bearer token is not, or no longer, known.</summary>
    TokenUnknown = 2,

    /// <summary>The caller's scope does not reach as far as the method needs.</summary>
    ScopeTooLow = 3,

    /// <summary>The Host is not one of this endpoint: likely DNS rebinding.</summary>
    HostNotAllowed = 4,

    /// <summary>A browser calls from an origin that is not allowed.</summary>
    OriginNotAllowed = 5,

    /// <summary>A browser says that the call comes from another site.</summary>
    CrossSite = 6,

    /// <summary>A process of another user connected to the unix socket.</summary>
    ForeignUser = 7,

    /// <summary>Too many failed authentications; the token was not looked at. Told once for each window.</summary>
    TooManyFailures = 8,
}

/// <summary>One refusal.</summary>
/// <param name="Time">When.</param>
/// <param name="Reason">Why.</param>
/// <param name="Method">The method asked for, as <c>package.Service/Method</c>; empty for a whole connection.</param>
/// <param name="Caller">Who asked, as far as known.</param>
/// <param name="Detail">What was wrong, for a person. Never a secret.</param>
public sealed record Denial(DateTimeOffset Time, DenialReason Reason, string Method, string Caller, string Detail);

/// <summary>Learns of refusals, usually to write them to the audit log.</summary>
public interface IDenialSink
{
    /// <summary>Records a refusal. Called on the path of the call: quick, and never throwing.</summary>
    /// <param name="denial">The refusal.</param>
    void Record(Denial denial);
}
