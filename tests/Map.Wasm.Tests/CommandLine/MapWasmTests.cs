using Map.Fixtures;

namespace Map.Wasm.Tests.CommandLine;

/// <summary>The program for trying modules.</summary>
public class MapWasmTests
{
    private static string Kernels => Path.Combine(RepositoryFiles.Root, "tests", "fixtures", "guests", "kernels-O2.wasm");

    [Fact]
    public void It_calls_a_function_and_prints_its_results()
    {
        var (exitCode, output, errors) = Run("run", Kernels, "20", "--invoke", "fib");
        Assert.Equal((0, "6765"), (exitCode, output.Trim()));
        Assert.Contains("fuel used", errors, StringComparison.Ordinal);
        Assert.Equal("-23", Run("run", Kernels, "6", "--invoke", "matrix").Output.Trim());
        Assert.Equal("5043364673891242567", Run("run", Kernels, "--invoke", "mix", "--", "1", "1000").Output.Trim());
    }

    [Fact]
    public void It_lists_what_a_module_offers()
    {
        var (exitCode, output, _) = Run("inspect", Kernels);
        Assert.Equal(0, exitCode);
        Assert.Contains("valid module", output, StringComparison.Ordinal);
        Assert.Contains("export function \"mix\": (i64, i32) -> (i64)", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exports fib, sieve, matrix", "run", "{kernels}", "--invoke", "nothing")]
    [InlineData("takes 1 arguments, not 2", "run", "{kernels}", "1", "2", "--invoke", "fib")]
    [InlineData("\"many\" is no i32", "run", "{kernels}", "many", "--invoke", "fib")]
    [InlineData("all fuel consumed", "run", "{kernels}", "30", "--invoke", "fib", "--fuel", "1000")]
    [InlineData("deadline exceeded", "run", "{kernels}", "2000000000", "--invoke", "walk", "--fuel", "9000000000000", "--timeout-ms", "20")]
    [InlineData("at most 10 are allowed", "run", "{kernels}", "5", "--invoke", "fib", "--max-pages", "10")]
    [InlineData("--fuel cannot be negative", "run", "{kernels}", "5", "--invoke", "fib", "--fuel", "-1")]
    [InlineData("magic header not detected", "inspect", "{text}")]
    [InlineData("Could not find", "inspect", "/nowhere.wasm")]
    public void It_says_what_is_wrong(string message, params string[] arguments)
    {
        var text = Path.Combine(RepositoryFiles.Root, "map-daemon.sln");
        var (exitCode, _, errors) = Run([.. arguments.Select(each => each.Replace("{kernels}", Kernels, StringComparison.Ordinal).Replace("{text}", text, StringComparison.Ordinal))]);
        Assert.Equal(1, exitCode);
        Assert.Contains(message, errors, StringComparison.Ordinal);
    }

    private static (int ExitCode, string Output, string Errors) Run(params string[] arguments) =>
        Programs.TryRun(Path.Combine(AppContext.BaseDirectory, "map-wasm"), arguments);
}
