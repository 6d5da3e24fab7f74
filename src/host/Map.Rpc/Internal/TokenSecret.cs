using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Map.Rpc.Internal;

/// <summary>
/// Secrets of tokens: 256 random bits, recognisable by a prefix. Plain SHA-256 is enough to keep them
/// hashed, since nobody can go through 2^256 of them.
/// </summary>
internal static class TokenSecret
{
    public const string Prefix = "map_";
    public const int HashBytes = SHA256.HashSizeInBytes;

    private const int SecretBytes = 32;
    private const int MostChars = 128;

    public static string New() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>Hashes a text that may be a secret. False when it is too long to be one.</summary>
    public static bool TryHash(ReadOnlySpan<char> secret, Span<byte> hash)
    {
        if (secret.Length is 0 or > MostChars)
            return false;
        Span<byte> utf8 = stackalloc byte[MostChars * 3];
        var length = Encoding.UTF8.GetBytes(secret, utf8);
        SHA256.HashData(utf8[..length], hash);
        return true;
    }
}
