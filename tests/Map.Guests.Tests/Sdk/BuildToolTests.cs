using Map.Fixtures;
using Map.Guests.Modules;
using Map.Wasm;

namespace Map.Guests.Tests.Sdk;

/// <summary><c>map-guest</c> makes modules of sources, the same of the same, and says what is wrong with others.</summary>
public sealed class BuildToolTests : IDisposable
{
    private const string Dance = """
        import { Dance } from '@map/guest'
        export function greet(request: i32): i32 {
          return new Dance(request).answer('Hello')
        }
        """;

    private readonly string _folder = RepositoryFiles.NewDirectory();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_source_becomes_a_module_with_its_manifest()
    {
        var (exitCode, output) = Build(Dance, """{ "name": "greetings", "version": "2.1.0", "capabilities": { "read": ["*"] }, "fuel": 1000 }""");
        Assert.True(exitCode == 0, output);
        using var engine = new Engine();
        var module = GuestSdk.Inspect(engine, Path.Combine(_folder, "guest.wasm"));
        var manifest = ModuleManifest.Of(module);
        Assert.Equal(("map:guest/1", "greetings", "2.1.0", 1000L), (manifest.Abi, manifest.Name, manifest.Version, manifest.Fuel));
        Assert.Equal(["*"], manifest.Capabilities.Read);
        Assert.Equal(["greet", "memory"], module.Exports.Select(export => export.Name).Order());
    }

    [Fact]
    public void The_same_source_makes_the_same_bytes_wherever_it_is()
    {
        var modules = new[] { "one", "two" }.Select(place =>
        {
            var folder = Directory.CreateDirectory(Path.Combine(_folder, place)).FullName;
            Write(folder, Dance, """{ "name": "greetings" }""");
            Assert.Equal(0, GuestSdk.MapGuest("build", Path.Combine(folder, "guest.ts")).ExitCode);
            return File.ReadAllBytes(Path.Combine(folder, "guest.wasm"));
        }).ToList();
        Assert.Equal(modules[0], modules[1]);
    }

    [Fact]
    public void Source_files_may_import_others()
    {
        File.WriteAllText(Path.Combine(_folder, "words.ts"), "export const GREETING = 'Hello'\n");
        var (exitCode, output) = Build(Dance.Replace("'Hello'", "GREETING", StringComparison.Ordinal) + "import { GREETING } from './words'", """{ "name": "greetings" }""");
        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public void The_example_of_the_readme_is_built()
    {
        var readme = File.ReadAllText(Path.Combine(GuestSdk.Folder, "sdk", "README.md"));
        var example = readme[(readme.IndexOf("```ts", StringComparison.Ordinal) + "```ts".Length)..];
        var (exitCode, output) = Build(example[..example.IndexOf("```", StringComparison.Ordinal)], """{ "name": "books" }""");
        Assert.True(exitCode == 0, output);
    }

    [Theory]
    [InlineData("""{ "name": "x", """, "guest.json: ")]
    [InlineData("[]", "guest.json: it is no object.")]
    [InlineData("{}", "guest.json: name is missing.")]
    [InlineData("""{ "name": 7 }""", "guest.json: name is no string.")]
    [InlineData("""{ "name": "x", "abi": "map:guest/9" }""", "guest.json: abi is \"map:guest/9\"; this SDK builds for map:guest/1.")]
    [InlineData("""{ "name": "x", "fuel": 0 }""", "guest.json: fuel is no positive whole number.")]
    [InlineData("""{ "name": "x", "memoryPages": 1.5 }""", "guest.json: memoryPages is no positive whole number.")]
    [InlineData("""{ "name": "x", "capabilities": { "fly": [] } }""", "guest.json: there is no capability fly, only read, write, delete.")]
    [InlineData("""{ "name": "x", "capabilities": { "read": "*" } }""", "guest.json: capabilities.read is no list of keys of types.")]
    [InlineData("""{ "name": "x", "colour": "blue" }""", "guest.json: colour is nothing that a manifest has.")]
    public void A_manifest_that_is_wrong_is_told(string manifest, string message) => AssertRefused(Build(Dance, manifest), message);

    [Theory]
    [InlineData("return 'a'", "guest.ts(2,51)")]
    [InlineData("return i32(Date.now())", "Guests have no clock. Take a moment from the request.")]
    [InlineData("return i32(Math.random())", "Guests have no randomness")]
    [InlineData("console.log('a'); return 0", "log.information")]
    [InlineData("return open() }\n@external('env', 'open') declare function open(): i32; {", "needs env.open, which the daemon does not have.")]
    public void What_cannot_be_built_is_told(string body, string message) =>
        AssertRefused(Build($"import {{ Dance }} from '@map/guest'\nexport function greet(request: i32): i32 {{ {body} }}", """{ "name": "x" }"""), message);

    [Fact]
    public void A_source_without_the_sdk_is_told() =>
        AssertRefused(Build("export function greet(request: i32): i32 { return 0 }", """{ "name": "x" }"""), "guest.ts imports nothing from '@map/guest'");

    [Fact]
    public void A_missing_manifest_is_told()
    {
        var source = Path.Combine(_folder, "guest.ts");
        File.WriteAllText(source, Dance);
        AssertRefused(GuestSdk.MapGuest("build", source), "guest.json is missing.");
    }

    [Fact]
    public void A_module_of_another_compiler_gets_its_manifest_once()
    {
        var module = Path.Combine(_folder, "other.wasm");
        var manifest = Path.Combine(_folder, "other.json");
        File.WriteAllBytes(module, [0, .. "asm"u8, 1, 0, 0, 0]);
        File.WriteAllText(manifest, """{ "name": "other", "description": "Nothing." }""");
        Assert.Equal(0, GuestSdk.MapGuest("manifest", module, manifest).ExitCode);
        using var engine = new Engine();
        Assert.Equal("other", ModuleManifest.Of(GuestSdk.Inspect(engine, module)).Name);
        AssertRefused(GuestSdk.MapGuest("manifest", module, manifest), "other.wasm has a manifest already.");
        File.WriteAllText(module, "no module");
        AssertRefused(GuestSdk.MapGuest("manifest", module, manifest), "other.wasm is no WebAssembly module: ");
    }

    [Fact]
    public void Whoever_asks_for_nothing_is_told_the_usage() => AssertRefused(GuestSdk.MapGuest("bake"), "Usage: map-guest build");

    private static void AssertRefused((int ExitCode, string Output) run, string message)
    {
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(message, run.Output, StringComparison.Ordinal);
    }

    private (int ExitCode, string Output) Build(string source, string manifest)
    {
        Write(_folder, source, manifest);
        return GuestSdk.MapGuest("build", Path.Combine(_folder, "guest.ts"));
    }

    private static void Write(string folder, string source, string manifest)
    {
        File.WriteAllText(Path.Combine(folder, "guest.ts"), source);
        File.WriteAllText(Path.Combine(folder, "guest.json"), manifest);
    }
}
