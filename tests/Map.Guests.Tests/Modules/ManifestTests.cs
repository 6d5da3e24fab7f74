using Map.Core.Errors;
using Map.Fixtures;
using Map.Guests.Modules;
using Map.Wasm;

namespace Map.Guests.Tests.Modules;

public sealed class ManifestTests
{
    private const string Known = "\"abi\":\"map:guest/1\",\"name\":\"x\"";

    public static TheoryData<string, string> Wrong => new()
    {
        { "{", "this is not JSON" },
        { "null", "null" },
        { "[]", "the manifest has a value of the wrong kind" },
        { "{\"name\":\"x\"}", "\"abi\" and \"name\" are required" },
        { "{\"abi\":\"map:guest/1\"}", "\"abi\" and \"name\" are required" },
        { "{\"abi\":\"map:guest/2\",\"name\":\"x\"}", "\"abi\" is \"map:guest/2\"; this daemon has map:guest/1" },
        { "{\"abi\":\"map:guest/1\",\"name\":null}", "\"name\" has a value of the wrong kind" },
        { "{\"abi\":\"map:guest/1\",\"name\":\" \"}", "\"name\" is empty" },
        { "{\"abi\":\"map:guest/1\",\"name\":\"a\\u001b[2J\"}", "\"name\" has a control character" },
        { $"{{\"abi\":\"map:guest/1\",\"name\":\"{new string('x', 101)}\"}}", "\"name\" has at most 100 characters" },
        { $"{{{Known},\"version\":1}}", "\"version\" has a value of the wrong kind" },
        { $"{{{Known},\"version\":\"{new string('1', 51)}\"}}", "\"version\" has at most 50 characters" },
        { $"{{{Known},\"description\":\"{new string('x', 1_001)}\"}}", "\"description\" has at most 1,000 characters" },
        { $"{{{Known},\"name\":\"y\"}}", "has a member twice" },
        { $"{{{Known},\"Name\":\"y\"}}", "\"Name\" is no member that map:guest/1 knows" },
        { $"{{{Known},\"network\":true}}", "\"network\" is no member that map:guest/1 knows" },
        { $"{{{Known},\"capabilities\":[]}}", "\"capabilities\" has a value of the wrong kind" },
        { $"{{{Known},\"capabilities\":{{\"execute\":[]}}}}", "\"capabilities.execute\" is no member" },
        { $"{{{Known},\"capabilities\":{{\"read\":\"*\"}}}}", "\"capabilities.read\" has a value of the wrong kind" },
        { $"{{{Known},\"capabilities\":{{\"read\":[1]}}}}", "\"capabilities.read[0]\" has a value of the wrong kind" },
        { $"{{{Known},\"capabilities\":{{\"read\":[null]}}}}", "\"capabilities.read[0]\" is the key of a holon type" },
        { $"{{{Known},\"capabilities\":{{\"write\":[\"\"]}}}}", "\"capabilities.write[0]\" is the key of a holon type" },
        { $"{{{Known},\"capabilities\":{{\"delete\":[\"a\",\"a\"]}}}}", "\"capabilities.delete[1]\" stands twice" },
        { $"{{{Known},\"fuel\":\"5\"}}", "\"fuel\" has a value of the wrong kind" },
        { $"{{{Known},\"fuel\":0}}", "\"fuel\" is 1 or more" },
        { $"{{{Known},\"fuel\":1e30}}", "\"fuel\" has a value of the wrong kind" },
        { $"{{{Known},\"memoryPages\":65537}}", "\"memoryPages\" is between 1 and 65,536" },
        { $"{{{Known}}} {{}}", "this is not JSON" },
        { $"{{{Known},}}", "this is not JSON" },
        { $"{{{Known} /* a comment */}}", "this is not JSON" },
        { new string(' ', 65_537), "has 65,537 bytes; at most 65,536 are allowed" },
    };

    [Fact]
    public void A_manifest_is_read()
    {
        var manifest = Read(
            """
            {
              "abi": "map:guest/1", "name": "x", "version": "1.0", "description": "y",
              "capabilities": { "read": ["*"], "write": ["Loan.HolonType"] }, "fuel": 5, "memoryPages": 7
            }
            """);
        Assert.Equal(("map:guest/1", "x", "1.0", "y"), (manifest.Abi, manifest.Name, manifest.Version, manifest.Description));
        Assert.Equal((5L, 7), (manifest.Fuel, manifest.MemoryPages));
        Assert.Equal(["*"], manifest.Capabilities.Read);
        Assert.Equal(["Loan.HolonType"], manifest.Capabilities.Write);
        Assert.Empty(manifest.Capabilities.Delete);
    }

    [Fact]
    public void What_a_manifest_leaves_out_is_as_usual()
    {
        var manifest = Read($"{{{Known}}}");
        Assert.Equal(("", "", null, null), (manifest.Version, manifest.Description, manifest.Fuel, manifest.MemoryPages));
        Assert.Empty(manifest.Capabilities.Read);
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_manifest_that_is_not_as_the_page_says_is_refused(string json, string message)
    {
        var error = Assert.Throws<HolonException>(() => Read(json)).Errors.Single();
        Assert.Equal(HolonErrorCode.ManifestInvalid, error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_place_of_what_is_wrong_is_told()
    {
        var error = Assert.Throws<HolonException>(() => Read("{\n  \"abi\": \"map:guest/1\",\n  \"name\": 5\n}")).Errors.Single();
        Assert.Equal(new SourcePlace("map.manifest", 3, 12), error.Place);
        Assert.Equal("name", error.Field);
    }

    [Fact]
    public void A_module_has_one_manifest()
    {
        byte[] none = new TinyGuest("x") { Manifest = null }.Build();
        byte[] two = [.. new TinyGuest("x").Build(), .. TinyGuest.Custom("map.manifest", $"{{{Known}}}")];
        Assert.Equal("The module has no custom section map.manifest.", Assert.Throws<HolonException>(() => Read(none)).Message);
        Assert.Equal("The module has more than one custom section map.manifest.", Assert.Throws<HolonException>(() => Read(two)).Message);
    }

    private static ModuleManifest Read(string json) => Read(new TinyGuest("x") { Manifest = json }.Build());

    private static ModuleManifest Read(byte[] module)
    {
        using var engine = new Engine();
        return ModuleManifest.Of(Module.Inspect(engine, module));
    }
}
