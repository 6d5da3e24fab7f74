namespace Map.Rpc;

/// <summary>Knows bearer tokens.</summary>
public interface ITokenAuthenticator
{
    /// <summary>Finds whose token this is. Takes the same time wherever a wrong token differs.</summary>
    /// <param name="token">The secret as the client sent it, any text.</param>
    /// <returns>The caller; null when the token is not, or no longer, known.</returns>
    Caller? Authenticate(ReadOnlySpan<char> token);
}
