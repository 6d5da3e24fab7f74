using System.Security.Cryptography;
using Map.Rpc.Internal;

namespace Map.Rpc;

/// <summary>
/// A token that lives as long as this object and is kept nowhere else but in the discovery file, which
/// only the daemon's own user can read. So it may do whatever that user may.
/// </summary>
public sealed class SessionToken : ITokenAuthenticator
{
    private static readonly Caller Session = new(CallerKind.Token, "session", AccessScope.Admin);

    private readonly byte[] _hash = new byte[TokenSecret.HashBytes];

    /// <summary>A new token.</summary>
    public SessionToken() => TokenSecret.TryHash(Secret, _hash);

    /// <summary>The secret.</summary>
    public string Secret { get; } = TokenSecret.New();

    /// <inheritdoc/>
    public Caller? Authenticate(ReadOnlySpan<char> token)
    {
        Span<byte> hash = stackalloc byte[TokenSecret.HashBytes];
        return TokenSecret.TryHash(token, hash) && CryptographicOperations.FixedTimeEquals(hash, _hash)
            ? Session
            : null;
    }
}
