using Map.Core.Errors;
using Map.Core.Services;
using Map.Fixtures;
using Map.Guests.Modules;
using Map.Guests.Running;
using Map.Wasm;
using Map.Wasm.Checking;

namespace Map.Guests.Tests.Modules;

/// <summary>Installing, with the real program that checks modules.</summary>
public sealed class GuestModulesTests : IDisposable
{
    private static readonly string Checker = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "map-wasm.exe" : "map-wasm");

    private readonly string _root = RepositoryFiles.NewDirectory();
    private readonly List<IDisposable> _opened = [];

    private string Folder => Path.Combine(_root, "guests");

    public static TheoryData<string, byte[], HolonErrorCode, string> Refused => new()
    {
        { "nothing", [], HolonErrorCode.ModuleRefused, "Malformed module at offset 0x0" },
        { "text", "(module)"u8.ToArray(), HolonErrorCode.ModuleRefused, "Malformed module at offset 0x0" },
        { "cut off", new TinyGuest("x").Build()[..60], HolonErrorCode.ModuleRefused, "Malformed module at offset" },
        { "not valid", new TinyGuest("x") { Body = [0, 0x0B] }.Build(), HolonErrorCode.ModuleRefused, "Invalid module at offset" },
        { "a huge function", new TinyGuest("x") { Body = [0, .. Enumerable.Repeat((byte)1, 2_000_000), 0x41, 0, 0x0B] }.Build(), HolonErrorCode.ModuleRefused, "over a limit" },
        { "an import of another module", new TinyGuest("x") { Imports = [("env", "abort")] }.Build(), HolonErrorCode.ModuleRefused, "\"env\" \"abort\"" },
        { "an import that is not there", new TinyGuest("x") { Imports = [("map", "open_socket")] }.Build(), HolonErrorCode.ModuleRefused, "\"map\" \"open_socket\"" },
        { "an import of another type", new TinyGuest("x") { Imports = [("map", "close")] }.Build(), HolonErrorCode.ModuleRefused, "In map:guest/1 it is (i32) -> (i32)" },
        { "no memory", new TinyGuest("x") { HasMemory = false }.Build(), HolonErrorCode.ModuleRefused, "\"memory\"" },
        { "no entry point", new TinyGuest("x") { Entrypoints = [] }.Build(), HolonErrorCode.ModuleRefused, "no entry point" },
        { "no manifest", new TinyGuest("x") { Manifest = null }.Build(), HolonErrorCode.ManifestInvalid, "no custom section map.manifest" },
        { "a wrong manifest", new TinyGuest("x") { Manifest = "{}" }.Build(), HolonErrorCode.ManifestInvalid, "required" },
        { "too many bytes", new byte[(8 << 20) + 1], HolonErrorCode.TooLarge, "at most 8,388,608" },
    };

    public void Dispose()
    {
        foreach (var each in _opened) each.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public void A_module_is_installed_and_told_as_it_describes_itself()
    {
        var modules = Open();
        var bytes = new TinyGuest("library")
        {
            Manifest = """
                {"abi":"map:guest/1","name":"library","version":"2.1","description":"Lends.",
                 "capabilities":{"read":["*"],"write":["Loan"],"delete":["Book"]},"fuel":500,"memoryPages":3}
                """,
            Entrypoints = ["lend", "return"],
            Imports = [("map", "affording_holon")],
        }.Build();
        var (module, isNew) = modules.Install(bytes, CancellationToken.None);
        Assert.True(isNew);
        Assert.Equal(("library", "2.1", "Lends.", "map:guest/1", ""), (module.Name, module.Version, module.Description, module.Abi, module.Problem));
        Assert.Equal(["*", "Loan", "Book"], [.. module.Reads, .. module.Writes, .. module.Deletes]);
        Assert.Equal(["lend", "return"], module.Entrypoints);
        Assert.Equal((500L, 2L << 16), (module.Fuel, module.MemoryBytes));
        Assert.Equal(["affording_holon"], module.Imports);
        Assert.Equal((ModuleStore.NameOf(bytes), bytes.LongLength), (module.Sha256, module.Bytes));
        Assert.Equal(module.Sha256, Assert.Single(Open().List()).Sha256);
    }

    [Fact]
    public void The_same_bytes_again_are_no_error_and_nothing_new()
    {
        var modules = Open();
        var bytes = new TinyGuest("x").Build();
        var first = modules.Install(bytes, CancellationToken.None).Module;
        var (second, isNew) = modules.Install(bytes, CancellationToken.None);
        Assert.False(isNew);
        Assert.Equal(first.InstalledUnixMicros, second.InstalledUnixMicros);
        Assert.Single(modules.List());
    }

    [Fact]
    public async Task Several_who_install_the_same_at_once_install_it_once()
    {
        var modules = Open();
        var bytes = new TinyGuest("x").Build();
        var installs = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => Task.Run(() => modules.Install(bytes, CancellationToken.None).IsNew)));
        Assert.Single(installs, isNew => isNew);
        Assert.Single(modules.List());
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_is_no_guest_is_refused_and_leaves_nothing(string what, byte[] module, HolonErrorCode code, string message)
    {
        var modules = Open();
        var error = Assert.Throws<HolonException>(() => modules.Install(module, CancellationToken.None)).Errors.Single();
        Assert.True(error.Code == code, $"{what}: {error}");
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Empty(modules.List());
    }

    [Fact]
    public void A_module_that_takes_too_long_to_compile_is_given_up()
    {
        var modules = Open(new ModuleOptions { Check = new CheckLimits { Timeout = TimeSpan.FromMilliseconds(1) } });
        var error = Assert.Throws<HolonException>(() => modules.Install(new TinyGuest("x").Build(), CancellationToken.None)).Errors.Single();
        Assert.Equal(HolonErrorCode.ModuleTooCostly, error.Code);
        Assert.Empty(modules.List());
    }

    [Fact]
    public void An_install_that_is_cancelled_leaves_nothing()
    {
        var modules = Open();
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => modules.Install(new TinyGuest("x").Build(), cancelled.Token));
        Assert.Empty(modules.List());
        Assert.True(modules.Install(new TinyGuest("x").Build(), CancellationToken.None).IsNew);
    }

    [Fact]
    public void There_are_as_many_as_allowed()
    {
        var modules = Open(new ModuleOptions { MaxModules = 1 });
        var first = modules.Install(new TinyGuest("x").Build(), CancellationToken.None).Module;
        var error = Assert.Throws<HolonException>(() => modules.Install(new TinyGuest("y").Build(), CancellationToken.None)).Errors.Single();
        Assert.Equal((HolonErrorCode.LimitReached, 1L), (error.Code, error.Limit));
        modules.Remove(first.Sha256);
        Assert.True(modules.Install(new TinyGuest("y").Build(), CancellationToken.None).IsNew);
    }

    [Fact]
    public void A_damaged_module_is_listed_as_such_and_installing_it_again_mends_it()
    {
        var modules = Open();
        var bytes = new TinyGuest("x").Build();
        var sha256 = modules.Install(bytes, CancellationToken.None).Module.Sha256;
        File.AppendAllText(Path.Combine(Folder, $"{sha256}.wasm"), "more");
        var listed = Assert.Single(modules.List());
        Assert.Equal(("", sha256), (listed.Name, listed.Sha256));
        Assert.Contains("has another content", listed.Problem, StringComparison.Ordinal);
        Assert.True(modules.Install(bytes, CancellationToken.None).IsNew);
        Assert.Equal("", Assert.Single(modules.List()).Problem);
    }

    [Fact]
    public void A_damaged_module_can_be_removed()
    {
        var modules = Open();
        var sha256 = modules.Install(new TinyGuest("x").Build(), CancellationToken.None).Module.Sha256;
        File.WriteAllText(Path.Combine(Folder, $"{sha256}.wasm"), "");
        modules.Remove(sha256);
        Assert.Empty(modules.List());
        Assert.Equal(HolonErrorCode.ModuleNotFound, Assert.Throws<HolonException>(() => modules.Remove(sha256)).Errors[0].Code);
        Assert.Equal(HolonErrorCode.ModuleNotFound, Assert.Throws<HolonException>(() => modules.Get(sha256)).Errors[0].Code);
    }

    [Fact]
    public void A_disk_that_does_not_take_it_is_told()
    {
        File.WriteAllText(Folder, "a file where the directory should be");
        Assert.Throws<StoreException>(() => Open().Install(new TinyGuest("x").Build(), CancellationToken.None));
    }

    private GuestModules Open(ModuleOptions? options = null)
    {
        var engine = new Engine(new ModuleLimits { MaxModuleBytes = 8 << 20 });
        var store = new ModuleStore(Folder);
        var modules = new GuestModules(
            store, new CompiledModules(engine, store, options), new ModuleChecker(Checker), options ?? new ModuleOptions(),
            new GuestOptions { Fuel = 1_000, MemoryPages = 2 });
        _opened.Add(modules);
        _opened.Add(engine);
        return modules;
    }
}
