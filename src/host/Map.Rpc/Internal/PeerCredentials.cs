using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Map.Rpc.Internal;

/// <summary>Whose process is at the other end of a unix socket.</summary>
internal interface IPeerCredentials
{
    /// <summary>The user that this process runs as.</summary>
    uint OwnUser { get; }

    /// <summary>The user of the peer, as the kernel noted it when the peer connected.</summary>
    /// <exception cref="SocketException">The system does not tell; then nobody is the owner.</exception>
    uint PeerUser(Socket socket);
}

/// <summary>The credentials by <c>SO_PEERCRED</c> (Linux).</summary>
internal sealed class PeerCredentials : IPeerCredentials
{
    private const int SocketLevel = 1;
    private const int PeerCredentialsOption = 17;

    public uint OwnUser { get; } = OperatingSystem.IsWindows() ? uint.MaxValue : NativeMethods.GetEffectiveUserId();

    public uint PeerUser(Socket socket)
    {
        // struct ucred: process, user, group, 32 bits each.
        Span<byte> credentials = stackalloc byte[12];
        var length = socket.GetRawSocketOption(SocketLevel, PeerCredentialsOption, credentials);
        if (length != credentials.Length)
            throw new SocketException((int)SocketError.ProtocolOption);
        return MemoryMarshal.Read<uint>(credentials[4..]);
    }
}
