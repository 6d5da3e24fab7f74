using Map.Core.Errors;
using Map.Fixtures;
using Map.Guests.Modules;

namespace Map.Guests.Tests.Modules;

public sealed class ModuleStoreTests : IDisposable
{
    private readonly string _root = RepositoryFiles.NewDirectory();

    private string Folder => Path.Combine(_root, "guests");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_module_comes_back_and_belongs_to_its_owner_alone()
    {
        var module = new TinyGuest("one").Build();
        var sha256 = new ModuleStore(Folder).Add(module);
        var store = new ModuleStore(Folder);
        Assert.Equal(module, store.Find(sha256));
        Assert.Equal((sha256, module.LongLength), Assert.Single(store.List().Select(each => (each.Sha256, each.Bytes))));
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal("600", Mode(Path.Combine(Folder, $"{sha256}.wasm")));
        Assert.Equal("700", Mode(Folder));
    }

    [Fact]
    public void A_removed_module_is_gone()
    {
        var store = new ModuleStore(Folder);
        var sha256 = store.Add(new TinyGuest("one").Build());
        Assert.True(store.Remove(sha256));
        Assert.False(store.Remove(sha256));
        Assert.Null(store.Find(sha256));
        Assert.Empty(Directory.GetFiles(Folder));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(-1)]
    public void A_damaged_file_is_refused_by_name_until_the_module_is_added_again(int damage)
    {
        var module = new TinyGuest("one").Build();
        var store = new ModuleStore(Folder);
        var sha256 = store.Add(module);
        var path = Path.Combine(Folder, $"{sha256}.wasm");
        if (damage < 0) File.WriteAllBytes(path, module[..^1]);
        else File.WriteAllBytes(path, [.. module[..damage], (byte)(module[damage] ^ 1), .. module[(damage + 1)..]]);

        var error = Assert.Throws<HolonException>(() => store.Find(sha256)).Errors.Single();
        Assert.Equal(HolonErrorCode.ModuleDamaged, error.Code);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        store.Add(module);
        Assert.Equal(module, store.Find(sha256));
    }

    /// <summary>What a crash before the rename leaves: all of the file or a part of it, under another name.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(int.MaxValue)]
    public void A_crash_while_a_module_is_written_leaves_no_half_module(int written)
    {
        var module = new TinyGuest("one").Build();
        var sha256 = ModuleStore.NameOf(module);
        Directory.CreateDirectory(Folder);
        File.WriteAllBytes(Path.Combine(Folder, $"{sha256}.wasm.new"), module[..Math.Min(written, module.Length)]);
        var store = new ModuleStore(Folder);
        Assert.Null(store.Find(sha256));
        Assert.Empty(store.List());
        Assert.Empty(Directory.GetFiles(Folder));
        store.Add(module);
        Assert.Equal(module, store.Find(sha256));
    }

    [Fact]
    public void A_module_that_cannot_be_written_leaves_nothing()
    {
        var module = new TinyGuest("one").Build();
        Directory.CreateDirectory(Path.Combine(Folder, $"{ModuleStore.NameOf(module)}.wasm"));
        var store = new ModuleStore(Folder);
        Assert.ThrowsAny<Exception>(() => store.Add(module));
        Assert.Empty(Directory.GetFiles(Folder));
    }

    [Fact]
    public void No_name_but_a_hash_becomes_a_path()
    {
        var store = new ModuleStore(Folder);
        var sha256 = store.Add(new TinyGuest("one").Build());
        File.WriteAllText(Path.Combine(_root, "secret.wasm"), "secret");
        foreach (var name in (string[])["../secret", "", sha256.ToUpperInvariant(), sha256[..63], sha256 + "0", $"../guests/{sha256}", new string('.', 64)])
        {
            Assert.Null(store.Find(name));
            Assert.False(store.Remove(name));
        }

        Assert.True(File.Exists(Path.Combine(_root, "secret.wasm")));
        Assert.NotNull(store.Find(sha256));
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static string Mode(string path) => Convert.ToString((int)File.GetUnixFileMode(path), 8);
}
