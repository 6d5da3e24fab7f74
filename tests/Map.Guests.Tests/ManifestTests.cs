using System.Text;
using Map.Core.Errors;
using Map.Guests.Modules;
using Map.Wasm;

namespace Map.Guests.Tests;

public sealed class ManifestTests
{
    [Fact]
    public void AManifestIsRead()
    {
        var manifest = Read("""{"abi":"map:guest/1","name":"x","capabilities":{"read":["*"]},"fuel":5}""");
        Assert.Equal(("map:guest/1", "x", 5L), (manifest.Abi, manifest.Name, manifest.Fuel));
        Assert.Equal(["*"], manifest.Capabilities.Read);
    }

    [Fact]
    public void AManifestThatIsNotJsonIsRefused() =>
        Assert.Equal(HolonErrorCode.ManifestInvalid, Assert.Throws<HolonException>(() => Read("{")).Errors[0].Code);

    private static ModuleManifest Read(string json)
    {
        using var engine = new Engine();
        byte[] name = [.. "\fmap.manifest"u8, .. Encoding.UTF8.GetBytes(json)];
        return ModuleManifest.Of(Module.Inspect(engine, [0, .. "asm"u8, 1, 0, 0, 0, 0, (byte)name.Length, .. name]));
    }
}
