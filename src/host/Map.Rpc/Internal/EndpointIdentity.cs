using System.Collections.Frozen;

namespace Map.Rpc.Internal;

/// <summary>The endpoint that a connection came in by. A feature of the connection.</summary>
internal sealed class EndpointIdentity
{
    /// <summary>The caller that the operating system vouches for; null when each call has to prove itself.</summary>
    public Caller? Owner { get; init; }

    /// <summary>The Host values that name this endpoint; null where no browser can get to.</summary>
    public FrozenSet<string>? Hosts { get; init; }

    /// <summary>Whether a call on this connection brought a valid token before.</summary>
    public bool HasAuthenticated { get; set; }
}
