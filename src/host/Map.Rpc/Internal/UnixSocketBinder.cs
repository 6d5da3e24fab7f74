using System.Net.Sockets;

namespace Map.Rpc.Internal;

/// <summary>Binds a unix socket that only its owner can connect to.</summary>
internal static class UnixSocketBinder
{
    /// <summary>Binds without listening yet, so that nobody gets in before the mode is set.</summary>
    /// <exception cref="IOException">Somebody answers on the path, or it is no socket.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory is open to others.</exception>
    public static Socket Bind(string path, Log log)
    {
        var directory = Path.GetDirectoryName(path)!;
        OwnerOnlyFile.CreateDirectory(directory);
        OwnerOnlyFile.RefuseIfOpenToOthers(directory, "chmod 700");
        RemoveStale(path, log);

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));
            OwnerOnlyFile.RestrictToOwner(path);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void RemoveStale(string path, Log log)
    {
        if (Directory.Exists(path))
            throw new IOException($"'{path}' is a directory, not a socket.");
        if (!File.Exists(path))
            return;
        if (IsOrdinaryFile(path))
            throw new IOException($"'{path}' exists and is not a socket; it is left alone.");
        if (SomebodyAnswers(path))
            throw new IOException(
                $"Another process answers on the socket '{path}'. Stop it first, or use another path.");
        File.Delete(path);
        log.StaleSocketReplaced(path);
    }

    private static bool SomebodyAnswers(string path)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return false;
        }
        catch (SocketException)
        {
            // A full backlog or a refused permission is somebody too.
            return true;
        }
    }

    // The system refuses to open a socket as a file.
    private static bool IsOrdinaryFile(string path)
    {
        try
        {
            using var handle = File.OpenHandle(path);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
