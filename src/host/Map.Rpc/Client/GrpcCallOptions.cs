namespace Map.Rpc.Client;

/// <summary>What one call asks for.</summary>
public sealed record GrpcCallOptions
{
    /// <summary>How long the call may take, on both sides; null for as long as it takes.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Further request metadata, names in lower case.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether to send messages compressed with gzip.</summary>
    public bool CompressRequests { get; init; }

    /// <summary>Whether the server may answer compressed with gzip.</summary>
    public bool AcceptCompressed { get; init; }
}
