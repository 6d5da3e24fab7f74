using System.Text;
using System.Text.Json.Nodes;
using Map.Bench.Client;

namespace Map.Bench.Guests;

/// <summary>A dance whose code is a module of 50 kB: the kernels, of which it runs one.</summary>
internal static class DanceFiles
{
    public const string Dance = "Compute";

    /// <summary>The module, with a manifest.</summary>
    public static byte[] Module()
    {
        var manifest = "{\"abi\":\"map:guest/1\",\"name\":\"kernels\"}"u8;
        var name = "map.manifest"u8;
        return [.. GuestFiles.Read("medium.wasm"), 0, (byte)(1 + name.Length + manifest.Length), (byte)name.Length, .. name, .. manifest];
    }

    /// <summary>The dance of tasks and its implementation, in the import format.</summary>
    public static ReadOnlyMemory<byte> Holons(string sha256) => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["holons"] = new JsonArray(
            new JsonObject
            {
                ["key"] = "Compute.DanceType",
                ["type"] = "MetaDanceType.MetaHolonType",
                ["properties"] = new JsonObject
                {
                    ["TypeName"] = Dance, ["TypeNamePlural"] = Dance, ["DisplayName"] = Dance, ["DisplayNamePlural"] = Dance, ["Description"] = Dance,
                },
                ["relationships"] = new JsonArray(
                    Link("Extends", "DanceType.HolonType"), Link("DanceAffordedBy", TaskFiles.TypeKey), Link("ComponentOf", "MAP Core Schema")),
            },
            new JsonObject
            {
                ["key"] = "compute",
                ["type"] = "DanceImplementation.HolonType",
                ["properties"] = new JsonObject
                {
                    ["ImplementationName"] = "compute", ["Engine"] = "Guest", ["ModuleRef"] = sha256, ["Entrypoint"] = "fib_1", ["AbiId"] = "map:guest/1",
                },
                ["relationships"] = new JsonArray(Link("ForDance", "Compute.DanceType")),
            }),
    }.ToJsonString());

    private static JsonObject Link(string name, string target) => new() { ["name"] = name, ["target"] = target };
}
