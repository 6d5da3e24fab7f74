using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Map.Rpc.Internal;

namespace Map.Rpc;

/// <summary>A token without its secret.</summary>
/// <param name="Name">For a person; unique without regard to case.</param>
/// <param name="Scope">The most that it allows.</param>
/// <param name="Spaces">Names of the spaces it is good for; all when empty.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record StoredToken(
    string Name, AccessScope Scope, IReadOnlyList<string> Spaces, DateTimeOffset CreatedAt);

/// <summary>
/// Tokens in a file, each as a hash of its secret. Every change is on disk before it takes effect. Thread
/// safe; one process at a time.
/// </summary>
public sealed class TokenStore : ITokenAuthenticator
{
    private const int MostNameChars = 100;
    private const int MostTokens = 1000;

    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly TimeProvider _time;
    private volatile ImmutableArrayBox _tokens;

    private TokenStore(string path, TimeProvider time, ImmutableArray<Entry> tokens)
    {
        _path = path;
        _time = time;
        _tokens = new(tokens);
    }

    /// <summary>Opens the store; a file that does not exist is a store without tokens.</summary>
    /// <param name="path">The file. It is made with mode 0600 at the first change.</param>
    /// <param name="time">The clock for creation times; the system's when null.</param>
    /// <returns>The store.</returns>
    /// <exception cref="InvalidDataException">
    /// The file is not readable as a store. No token is accepted then.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">Others have access to the file.</exception>
    public static TokenStore Open(string path, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var content = OwnerOnlyFile.Read(path);
        return new TokenStore(path, time ?? TimeProvider.System, content is null ? [] : Parse(path, content));
    }

    /// <summary>Makes a token.</summary>
    /// <param name="name">1 to 100 characters, none of them a control character; unique without regard to case.</param>
    /// <param name="scope">Read, write or admin.</param>
    /// <param name="spaces">Names of the spaces it is good for; all when empty.</param>
    /// <param name="secret">The secret, which cannot be got again.</param>
    /// <returns>The token.</returns>
    /// <exception cref="ArgumentException">The name or the scope is not allowed.</exception>
    /// <exception cref="InvalidOperationException">The name is taken, or there are 1000 tokens already.</exception>
    /// <exception cref="IOException">The file could not be written; there is no new token.</exception>
    public StoredToken Create(string name, AccessScope scope, IReadOnlyList<string> spaces, out string secret)
    {
        ArgumentNullException.ThrowIfNull(spaces);
        if (string.IsNullOrWhiteSpace(name) || name.Length > MostNameChars || name.Any(char.IsControl))
            throw new ArgumentException($"A token's name has 1 to {MostNameChars} printable characters.", nameof(name));
        if (scope is not (AccessScope.Read or AccessScope.Write or AccessScope.Admin))
            throw new ArgumentException("A token's scope is read, write or admin.", nameof(scope));
        lock (_lock)
        {
            var tokens = _tokens.Items;
            if (tokens.Any(known => SameName(known, name)))
                throw new InvalidOperationException(
                    $"There is a token named '{name}' already. Revoke it first, or take another name.");
            if (tokens.Length >= MostTokens)
                throw new InvalidOperationException($"There are {MostTokens} tokens already. Revoke some first.");
            secret = TokenSecret.New();
            var hash = new byte[TokenSecret.HashBytes];
            TokenSecret.TryHash(secret, hash);
            var token = new StoredToken(name, scope, [.. spaces], _time.GetUtcNow());
            Replace(tokens.Add(new Entry(token, hash)));
            return token;
        }
    }

    /// <summary>Lists the tokens.</summary>
    /// <returns>All of them, by name.</returns>
    public IReadOnlyList<StoredToken> List() =>
        [.. _tokens.Items.Select(entry => entry.Token).OrderBy(token => token.Name, StringComparer.OrdinalIgnoreCase)];

    /// <summary>Ends a token at once.</summary>
    /// <param name="name">Its name, in any case.</param>
    /// <returns>False when there is none of that name.</returns>
    /// <exception cref="IOException">The file could not be written; the token lives on.</exception>
    public bool Revoke(string name)
    {
        lock (_lock)
        {
            var tokens = _tokens.Items;
            var left = tokens.RemoveAll(known => SameName(known, name));
            if (left.Length == tokens.Length)
                return false;
            Replace(left);
            return true;
        }
    }

    /// <inheritdoc/>
    public Caller? Authenticate(ReadOnlySpan<char> token)
    {
        Span<byte> hash = stackalloc byte[TokenSecret.HashBytes];
        if (!TokenSecret.TryHash(token, hash))
            return null;
        // No early end: the time must not tell which token came close.
        Entry? found = null;
        foreach (var entry in _tokens.Items)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, entry.Hash))
                found = entry;
        }
        return found?.Caller;
    }

    private static bool SameName(Entry entry, string name) =>
        string.Equals(entry.Token.Name, name, StringComparison.OrdinalIgnoreCase);

    private static ImmutableArray<Entry> Parse(string path, byte[] content)
    {
        try
        {
            var file = JsonSerializer.Deserialize(content, RpcJson.Default.TokenFile)
                ?? throw new FormatException("it is empty");
            if (file.Version != TokenFile.CurrentVersion)
                throw new FormatException($"its version is {file.Version}, not {TokenFile.CurrentVersion}");
            return [.. file.Tokens.Select(Entry.From)];
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new InvalidDataException($"The token file '{path}' is not readable: {e.Message}", e);
        }
    }

    private void Replace(ImmutableArray<Entry> tokens)
    {
        var file = new TokenFile
        {
            Version = TokenFile.CurrentVersion,
            Tokens = [.. tokens.Select(entry => entry.ToFile())],
        };
        OwnerOnlyFile.Write(_path, JsonSerializer.SerializeToUtf8Bytes(file, RpcJson.Default.TokenFile));
        _tokens = new(tokens);
    }

    // A reference, so that readers without the lock see a whole list.
    private sealed record ImmutableArrayBox(ImmutableArray<Entry> Items);

    private sealed class Entry(StoredToken token, byte[] hash)
    {
        public StoredToken Token => token;

        public byte[] Hash => hash;

        public Caller Caller { get; } = new(CallerKind.Token, token.Name, token.Scope) { Spaces = token.Spaces };

        public static Entry From(TokenFileEntry entry)
        {
            var hash = Convert.FromHexString(entry.Sha256);
            if (hash.Length != TokenSecret.HashBytes)
                throw new FormatException($"the hash of '{entry.Name}' has {hash.Length} bytes");
            return new Entry(
                new StoredToken(entry.Name, ScopeName.Parse(entry.Scope), entry.Spaces, entry.CreatedAt), hash);
        }

        public TokenFileEntry ToFile() => new()
        {
            Name = token.Name,
            Sha256 = Convert.ToHexStringLower(hash),
            Scope = ScopeName.Of(token.Scope),
            Spaces = [.. token.Spaces],
            CreatedAt = token.CreatedAt,
        };
    }
}
