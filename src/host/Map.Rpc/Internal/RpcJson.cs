using System.Text.Json.Serialization;

namespace Map.Rpc.Internal;

/// <summary>The file of a <see cref="TokenStore"/>.</summary>
internal sealed class TokenFile
{
    public const int CurrentVersion = 1;

    [JsonRequired]
    public int Version { get; init; }

    [JsonRequired]
    public IReadOnlyList<TokenFileEntry> Tokens { get; init; } = [];
}

/// <summary>One token in that file.</summary>
internal sealed class TokenFileEntry
{
    [JsonRequired]
    public string Name { get; init; } = "";

    [JsonRequired]
    public string Sha256 { get; init; } = "";

    [JsonRequired]
    public string Scope { get; init; } = "";

    // A token without this would be good for all spaces, so its absence is damage and no default.
    [JsonRequired]
    public IReadOnlyList<string> Spaces { get; init; } = [];

    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>JSON of the files this project writes.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(TokenFile))]
[JsonSerializable(typeof(DiscoveryInfo))]
internal sealed partial class RpcJson : JsonSerializerContext;
