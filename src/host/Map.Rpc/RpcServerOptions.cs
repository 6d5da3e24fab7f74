using System.Net;
using Map.Rpc.Internal;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Map.Rpc;

/// <summary>How an <see cref="RpcServer"/> listens, whom it believes, and its limits.</summary>
public sealed record RpcServerOptions
{
    /// <summary>
    /// Absolute path of the unix socket; null for none. Its directory is made with mode 0700, and has to be
    /// closed to others if it exists. The system allows about 107 bytes.
    /// </summary>
    public string? UnixSocketPath { get; init; }

    /// <summary>Port of the loopback TCP endpoint; 0 takes a free one; null for no TCP endpoint.</summary>
    public int? TcpPort { get; init; }

    /// <summary>Addresses of the TCP endpoint. Only loopback addresses are accepted.</summary>
    public IReadOnlyList<IPAddress> TcpAddresses { get; init; } = [IPAddress.Loopback];

    /// <summary>
    /// Origins that browsers may call from, each exactly as in the header, like <c>http://127.0.0.1:4000</c>.
    /// Everything else with an Origin is refused.
    /// </summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>Knows the tokens, usually a <see cref="TokenStore"/>. The session token works besides.</summary>
    public ITokenAuthenticator? Authenticator { get; init; }

    /// <summary>Learns of every refusal.</summary>
    public IDenialSink? Denials { get; init; }

    /// <summary>Connections at once on the unix socket, and as many on TCP; more are closed on arrival.</summary>
    public int MaxConnections { get; init; } = 256;

    /// <summary>Calls at once on one connection; more wait in the client.</summary>
    public int MaxStreamsPerConnection { get; init; } = 256;

    /// <summary>Largest message in either direction, inflated, in bytes.</summary>
    public int MaxMessageBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Largest request header list, in bytes.</summary>
    public int MaxHeaderBytes { get; init; } = 32 * 1024;

    /// <summary>Most headers of one request.</summary>
    public int MaxHeaders { get; init; } = 64;

    /// <summary>How long a client may keep a response waiting before its call is cut off.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Failed authentications in one window after which further ones are answered RESOURCE_EXHAUSTED
    /// unchecked. Connections that have authenticated before are not affected.
    /// </summary>
    public int MaxFailedAuthentications { get; init; } = 30;

    /// <summary>Length of that window.</summary>
    public TimeSpan FailedAuthenticationWindow { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether to answer with gzip when the client accepts it. It rarely pays on one machine.</summary>
    public bool CompressResponses { get; init; }

    /// <summary>Where to write the discovery file after the start; null for none.</summary>
    public string? DiscoveryPath { get; init; }

    /// <summary>Version of the product, for the discovery file.</summary>
    public string ProductVersion { get; init; } = "";

    /// <summary>How long cancelled calls may take to end after the drain timeout before they are aborted.</summary>
    public TimeSpan AbortAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Where logs go.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The clock for deadlines, timeouts and windows.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Tells whose process is at the other end of a unix socket. Tests replace it.</summary>
    internal IPeerCredentials PeerCredentials { get; init; } = new PeerCredentials();

    /// <summary>Says what is wrong with the options: a contradiction, or an endpoint beyond this machine.</summary>
    /// <returns>The first problem, for a person; null when there is none.</returns>
    internal string? FindProblem() => FindEndpointProblem() ?? FindLimitProblem();

    private string? FindEndpointProblem()
    {
        if (UnixSocketPath is null && TcpPort is null)
            return "The server has no endpoint: set UnixSocketPath or TcpPort.";
        if (UnixSocketPath is not null && !Path.IsPathRooted(UnixSocketPath))
            return $"The socket path has to be absolute: '{UnixSocketPath}'.";
        if (TcpPort is < 0 or > ushort.MaxValue)
            return $"The TCP port has to be between 0 and {ushort.MaxValue}: {TcpPort}.";
        if (TcpPort is not null && TcpAddresses.Count == 0)
            return "The TCP endpoint has no address.";
        return TcpAddresses.FirstOrDefault(address => !IPAddress.IsLoopback(address)) is { } foreign
            ? $"The server listens on loopback addresses only; {foreign} is reachable from other machines."
            : null;
    }

    private string? FindLimitProblem()
    {
        var limits = new (string Name, long Value, long Least, long Most)[]
        {
            (nameof(MaxConnections), MaxConnections, 1, int.MaxValue),
            (nameof(MaxStreamsPerConnection), MaxStreamsPerConnection, 1, int.MaxValue),
            (nameof(MaxMessageBytes), MaxMessageBytes, 1, 1 << 30),
            (nameof(MaxHeaderBytes), MaxHeaderBytes, 1024, 1 << 24),
            (nameof(MaxHeaders), MaxHeaders, 8, 10_000),
            (nameof(MaxFailedAuthentications), MaxFailedAuthentications, 1, int.MaxValue),
            (nameof(WriteTimeout), WriteTimeout.Ticks, 1, TimeSpan.TicksPerDay),
            (nameof(FailedAuthenticationWindow), FailedAuthenticationWindow.Ticks, 1, TimeSpan.TicksPerDay),
            (nameof(AbortAfter), AbortAfter.Ticks, 0, TimeSpan.TicksPerDay),
        };
        foreach (var (name, value, least, most) in limits)
        {
            if (value < least || value > most)
                return $"{name} has to be between {least} and {most}: {value}.";
        }
        return null;
    }
}
