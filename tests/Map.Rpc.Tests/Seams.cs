using System.Net.Sockets;
using Map.Rpc.Internal;

namespace Map.Rpc.Tests;

/// <summary>A clock that a test moves. Timers are the system's.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long _offset;

    public override long GetTimestamp() => Interlocked.Read(ref _offset);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Advance(TimeSpan time) => Interlocked.Add(ref _offset, time.Ticks);
}

/// <summary>Peers of whatever user a test says; null for a system that does not tell.</summary>
internal sealed record FixedPeer(uint Own, uint? Peer) : IPeerCredentials
{
    public uint OwnUser => Own;

    public uint PeerUser(Socket socket) => Peer ?? throw new SocketException((int)SocketError.ProtocolOption);
}
