using System.Collections.Frozen;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Map.Rpc.Internal;

/// <summary>Runs for each connection before its first byte: limits, and the identity of the peer.</summary>
internal sealed class ConnectionGate(ServerRuntime runtime, string endpointName)
{
    private int _open;

    /// <summary>For the unix socket: only the daemon's own user gets in.</summary>
    public ConnectionDelegate ForUnixSocket(ConnectionDelegate next) => connection =>
    {
        var peer = PeerOf(connection);
        if (peer == runtime.Options.PeerCredentials.OwnUser)
            return RunAsync(connection, new EndpointIdentity { Owner = Caller.Owner }, next);
        var caller = peer is null ? "unknown" : $"uid {peer}";
        runtime.Deny(DenialReason.ForeignUser, "", caller, "connected to the socket of another user");
        connection.Abort();
        return Task.CompletedTask;
    };

    /// <summary>For loopback TCP: every call has to prove itself.</summary>
    public ConnectionDelegate ForTcp(ConnectionDelegate next, Func<FrozenSet<string>> hosts) => connection =>
    {
        // The socket is bound to loopback; this guards against a mistake in that.
        if (connection.RemoteEndPoint is IPEndPoint remote && IPAddress.IsLoopback(remote.Address))
            return RunAsync(connection, new EndpointIdentity { Hosts = hosts() }, next);
        connection.Abort();
        return Task.CompletedTask;
    };

    private uint? PeerOf(ConnectionContext connection)
    {
        try
        {
            return connection.Features.Get<IConnectionSocketFeature>() is { } feature
                ? runtime.Options.PeerCredentials.PeerUser(feature.Socket)
                : null;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }

    private async Task RunAsync(ConnectionContext connection, EndpointIdentity identity, ConnectionDelegate next)
    {
        try
        {
            if (Interlocked.Increment(ref _open) > runtime.Options.MaxConnections)
            {
                runtime.Log.TooManyConnections(endpointName, runtime.Options.MaxConnections);
                connection.Abort();
                return;
            }
            connection.Features.Set(identity);
            await next(connection);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }
}
