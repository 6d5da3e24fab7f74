using System.Runtime.Versioning;

namespace Map.Rpc.Tests;

/// <summary>Tokens and the file they are kept in.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class TokenStoreTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    private string FilePath => _directory.File("tokens.json");

    [Fact]
    public void A_token_is_known_by_its_secret_alone()
    {
        var store = TokenStore.Open(FilePath);
        var token = store.Create("tool", AccessScope.Write, ["garden"], out var secret);
        var caller = store.Authenticate(secret)!;
        Assert.Equal((CallerKind.Token, "tool", AccessScope.Write), (caller.Kind, caller.Name, caller.Scope));
        Assert.Equal(["garden"], caller.Spaces);
        Assert.Equal("tool", token.Name);
        Assert.Null(store.Authenticate(secret + "x"));
        Assert.Null(store.Authenticate(secret.AsSpan(0, secret.Length - 1)));
        Assert.Null(store.Authenticate(""));
        Assert.Null(store.Authenticate(new string('€', 128)));
        Assert.Null(store.Authenticate(new string('x', 100_000)));
    }

    [Fact]
    public void A_secret_has_256_random_bits_and_a_prefix()
    {
        var store = TokenStore.Open(FilePath);
        var secrets = Enumerable.Range(0, 20).Select(
            i => { store.Create($"t{i}", AccessScope.Read, [], out var secret); return secret; }).ToList();
        Assert.Equal(20, secrets.Distinct().Count());
        Assert.All(secrets, secret => Assert.Matches("^map_[A-Za-z0-9_-]{43}$", secret));
    }

    [Fact]
    public void The_file_has_hashes_and_no_secrets_and_is_the_owners_alone()
    {
        var store = TokenStore.Open(FilePath);
        store.Create("tool", AccessScope.Read, [], out var secret);
        var text = File.ReadAllText(FilePath);
        Assert.DoesNotContain(secret[4..], text, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
        Assert.Single(Directory.GetFiles(_directory.Path));
    }

    [Fact]
    public void Tokens_and_revocations_outlive_the_process()
    {
        var first = TokenStore.Open(FilePath);
        first.Create("kept", AccessScope.Admin, ["a", "b"], out var kept);
        first.Create("revoked", AccessScope.Read, [], out var revoked);
        Assert.True(first.Revoke("REVOKED"));
        Assert.False(first.Revoke("revoked"));
        Assert.Null(first.Authenticate(revoked));

        var second = TokenStore.Open(FilePath);
        Assert.Equal(["a", "b"], second.Authenticate(kept)!.Spaces);
        Assert.Null(second.Authenticate(revoked));
        Assert.Equal(["kept"], second.List().Select(token => token.Name));
    }

    [Fact]
    public void Names_are_unique_and_sane()
    {
        var store = TokenStore.Open(FilePath);
        store.Create("Tool", AccessScope.Read, [], out _);
        Assert.Throws<InvalidOperationException>(() => store.Create("tool", AccessScope.Read, [], out _));
        foreach (var name in new[] { "", " ", "a\nb", new string('x', 101) })
            Assert.Throws<ArgumentException>(() => store.Create(name, AccessScope.Read, [], out _));
        foreach (var scope in new[] { AccessScope.Undeclared, AccessScope.Anonymous, (AccessScope)9 })
            Assert.Throws<ArgumentException>(() => store.Create("other", scope, [], out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"version":2,"tokens":[]}""")]
    [InlineData("""{"version":1,"tokens":[{"name":"a","sha256":"00","scope":"read","spaces":[]}]}""")]
    [InlineData("""{"version":1,"tokens":[{"name":"a","sha256":"zz","scope":"read","spaces":[]}]}""")]
    [InlineData("""{"version":1,"tokens":[{"name":"a","sha256":"","scope":"root","spaces":[]}]}""")]
    [InlineData("""{"version":1,"tokens":[{"name":"a","sha256":"00","scope":"read"}]}""")]
    [InlineData("""{"version":1,"tokens":[{"name":"a","sha256":"00","scope":"read","spaces":null}]}""")]
    public void A_damaged_file_is_an_error_and_not_an_empty_store(string content)
    {
        File.WriteAllText(FilePath, content);
        File.SetUnixFileMode(FilePath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Throws<InvalidDataException>(() => TokenStore.Open(FilePath));
    }

    [Fact]
    public void A_file_that_others_can_read_is_refused()
    {
        TokenStore.Open(FilePath).Create("tool", AccessScope.Read, [], out _);
        File.SetUnixFileMode(FilePath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        var failure = Assert.Throws<UnauthorizedAccessException>(() => TokenStore.Open(FilePath));
        Assert.Contains("chmod 600", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_that_cannot_be_written_does_not_happen()
    {
        var store = TokenStore.Open(_directory.File("gone/tokens.json"));
        store.Create("tool", AccessScope.Read, [], out var secret);
        Directory.Delete(_directory.File("gone"), recursive: true);
        File.WriteAllText(_directory.File("gone"), "in the way");
        Assert.ThrowsAny<IOException>(() => store.Revoke("tool"));
        Assert.NotNull(store.Authenticate(secret));
        Assert.ThrowsAny<IOException>(() => store.Create("other", AccessScope.Read, [], out _));
        Assert.Single(store.List());
    }

    [Fact]
    public void The_session_token_is_known_by_its_secret()
    {
        var token = new SessionToken();
        Assert.Equal(AccessScope.Admin, token.Authenticate(token.Secret)!.Scope);
        Assert.Null(token.Authenticate(new SessionToken().Secret));
        Assert.Null(token.Authenticate(""));
    }

    public void Dispose() => _directory.Dispose();
}
