using System.Text.Json;
using System.Text.Json.Serialization;
using Map.Rpc.Internal;

namespace Map.Rpc;

/// <summary>How to reach a running daemon.</summary>
public sealed record DiscoveryInfo
{
    /// <summary>The daemon's process id.</summary>
    [JsonRequired]
    [JsonPropertyName("pid")]
    public int ProcessId { get; init; }

    /// <summary>Path of the unix socket; null when there is none.</summary>
    [JsonPropertyName("socket")]
    public string? SocketPath { get; init; }

    /// <summary>Address of the first loopback endpoint, like <c>http://127.0.0.1:4000</c>; null when there is none.</summary>
    [JsonPropertyName("tcp")]
    public string? TcpAddress { get; init; }

    /// <summary>A token for those endpoints, good until the daemon stops.</summary>
    [JsonRequired]
    [JsonPropertyName("token")]
    public string SessionToken { get; init; } = "";

    /// <summary>The daemon's version.</summary>
    [JsonRequired]
    [JsonPropertyName("version")]
    public string ProductVersion { get; init; } = "";

    // A record would print the secret into whatever log it gets to.
    /// <inheritdoc/>
    public override string ToString() =>
        $"process {ProcessId}, socket {SocketPath}, TCP {TcpAddress}";
}

/// <summary>The file by which clients of the same user find a running daemon. Mode 0600, replaced whole.</summary>
public static class DiscoveryFile
{
    /// <summary>Writes the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="info">What to tell.</param>
    /// <exception cref="IOException">It could not be written.</exception>
    public static void Write(string path, DiscoveryInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        OwnerOnlyFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(info, RpcJson.Default.DiscoveryInfo));
    }

    /// <summary>Reads the file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>What it tells; null when there is none, as after a clean stop.</returns>
    /// <exception cref="InvalidDataException">It is not readable.</exception>
    /// <exception cref="UnauthorizedAccessException">Others have access to it.</exception>
    public static DiscoveryInfo? Read(string path)
    {
        if (OwnerOnlyFile.Read(path) is not { } content)
            return null;
        try
        {
            return JsonSerializer.Deserialize(content, RpcJson.Default.DiscoveryInfo);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"The discovery file '{path}' is not readable: {e.Message}", e);
        }
    }

    /// <summary>Deletes the file if it tells of this process; that of a successor is left alone.</summary>
    /// <param name="path">The file.</param>
    public static void DeleteOwn(string path)
    {
        try
        {
            if (Read(path)?.ProcessId == Environment.ProcessId)
                File.Delete(path);
        }
        catch (Exception e) when (e is InvalidDataException or UnauthorizedAccessException or IOException)
        {
            // Not ours, or not there any more.
        }
    }
}
