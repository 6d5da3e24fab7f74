using System.Globalization;
using System.IO.Compression;
using Map.Fixtures;

namespace Map.Wasm.Tests.Compilers;

/// <summary>
/// What real compilers make runs, with the results of native builds of the same sources: C by clang without and with
/// optimisation, AssemblyScript, and SQLite, a module of nearly a megabyte.
/// </summary>
public class CompilerTests
{
    private const int LargeModuleBytes = 300_000;

    private static string Folder => Path.Combine(RepositoryFiles.Root, "tests", "fixtures", "guests");

    [Theory]
    [InlineData("kernels", "kernels-O0.wasm", 24)]
    [InlineData("kernels", "kernels-O2.wasm", 24)]
    [InlineData("inventory", "inventory.wasm", 4)]
    [InlineData("sqlite", "sqlite.wasm.gz", 2)]
    public void Results_equal_those_of_native_builds(string name, string file, int count)
    {
        using var engine = new Engine();
        var module = Module.Compile(engine, Read(file));
        var lines = File.ReadLines(Path.Combine(Folder, "expected.txt")).Select(line => line.Split(' ')).Where(parts => parts[0] == name).ToList();
        Assert.Equal(count, lines.Count);
        foreach (var parts in lines)
        {
            using var store = new Store(engine) { Fuel = 10_000_000_000 };
            var instance = new Linker().DefineFunction("env", "abort", (Action<int, int, int, int>)((_, _, _, _) => throw new InvalidOperationException("abort")))
                .Instantiate(store, module);
            var function = instance.GetFunction(parts[1])!;
            var arguments = parts[2].Split(',').Zip(function.Type.Parameters, Parse).ToArray();
            Assert.Equal([Parse(parts[3], function.Type.Results[0])], function.Call(arguments));
        }
    }

    [Fact]
    public void One_of_them_is_large() => Assert.True(Read("sqlite.wasm.gz").Length >= LargeModuleBytes);

    [Fact]
    public void The_same_run_costs_the_same_fuel()
    {
        using var engine = new Engine();
        var module = Module.Compile(engine, Read("kernels-O2.wasm"));
        var used = Enumerable.Range(0, 3).Select(_ =>
        {
            using var store = new Store(engine) { Fuel = 1_000_000_000 };
            new Linker().Instantiate(store, module).GetFunction<Func<long, int, long>>("mix")!(5, 10_000);
            return 1_000_000_000 - store.Fuel;
        }).Distinct().ToList();
        Assert.Single(used);
        Assert.True(used[0] > 10_000, "At least a unit for each round.");
    }

    private static byte[] Read(string file)
    {
        var bytes = File.ReadAllBytes(Path.Combine(Folder, file));
        if (!file.EndsWith(".gz", StringComparison.Ordinal)) return bytes;
        using var unzipped = new MemoryStream();
        using (var zipped = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress)) zipped.CopyTo(unzipped);
        return unzipped.ToArray();
    }

    private static object Parse(string text, ValueKind kind) => kind switch
    {
        ValueKind.I32 => (object)int.Parse(text, CultureInfo.InvariantCulture),
        ValueKind.I64 => (object)long.Parse(text, CultureInfo.InvariantCulture),
        _ => (object)double.Parse(text, CultureInfo.InvariantCulture),
    };
}
