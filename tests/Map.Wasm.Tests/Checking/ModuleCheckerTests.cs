using Map.Fixtures;
using Map.Wasm.Checking;
using Map.Wasm.Tests.Hostile;

namespace Map.Wasm.Tests.Checking;

/// <summary>A module is compiled in a process that ends when it takes too much.</summary>
public class ModuleCheckerTests
{
    private static ModuleChecker Checker { get; } = new(Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "map-wasm.exe" : "map-wasm"));

    private static byte[] Megabyte => HostileModules.CompileBombs.Single(each => each.Name == "a function of a megabyte").Module();

    [Fact]
    public async Task A_good_module_passes()
    {
        var result = await Checker.CheckAsync(Guest("kernels-O2.wasm"), new ModuleLimits(), new CheckLimits { Timeout = TimeSpan.FromMinutes(2) });
        Assert.True(result.CompileTime > TimeSpan.Zero);
        Assert.True(result.PeakMemoryBytes > 0);
    }

    [Fact]
    public async Task A_refused_module_comes_back_with_its_reason()
    {
        var refusal = await Assert.ThrowsAsync<ModuleException>(() =>
            Checker.CheckAsync(Guest("kernels-O2.wasm"), new ModuleLimits { MaxFunctions = 2 }, new CheckLimits { Timeout = TimeSpan.FromMinutes(2) }));
        Assert.Equal(ModuleError.LimitExceeded, refusal.Error);
        Assert.Contains("functions", refusal.Reason, StringComparison.Ordinal);
        Assert.True(refusal.Offset > 0);
    }

    [Fact]
    public async Task A_module_that_takes_too_long_is_given_up()
    {
        var failure = await Assert.ThrowsAsync<CheckException>(() =>
            Checker.CheckAsync(Megabyte, new ModuleLimits(), new CheckLimits { Timeout = TimeSpan.FromMilliseconds(1) }));
        Assert.Contains("longer", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_module_that_takes_too_much_memory_is_given_up()
    {
        var failure = await Assert.ThrowsAsync<CheckException>(() =>
            Checker.CheckAsync(Megabyte, new ModuleLimits(), new CheckLimits { Timeout = TimeSpan.FromMinutes(2), MaxMemoryBytes = 60 << 20 }));
        Assert.Contains("MB", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_helper_that_fails_is_an_error_of_its_own()
    {
        var failure = await Assert.ThrowsAsync<CheckException>(() =>
            new ModuleChecker("false").CheckAsync(Guest("kernels-O2.wasm"), new ModuleLimits(), new CheckLimits()));
        Assert.Contains("exit code 1", failure.Message, StringComparison.Ordinal);
    }

    private static byte[] Guest(string name) => File.ReadAllBytes(Path.Combine(RepositoryFiles.Root, "tests", "fixtures", "guests", name));
}
