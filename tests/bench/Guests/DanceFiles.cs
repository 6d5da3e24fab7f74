using System.Text;
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
    public static ReadOnlyMemory<byte> Holons(string sha256) => Encoding.UTF8.GetBytes($$"""
        {"holons": [
          {"key": "Compute.DanceType", "type": "MetaDanceType.MetaHolonType",
           "properties": {
             "TypeName": "{{Dance}}", "TypeNamePlural": "Computes", "DisplayName": "Compute", "DisplayNamePlural": "Computes", "Description": "Computes."},
           "relationships": [
             {"name": "Extends", "target": "DanceType.HolonType"}, {"name": "DanceAffordedBy", "target": "{{TaskFiles.TypeKey}}"},
             {"name": "ComponentOf", "target": "MAP Core Schema"}]},
          {"key": "compute", "type": "DanceImplementation.HolonType",
           "properties": {
             "ImplementationName": "compute", "Engine": "Guest", "ModuleRef": "{{sha256}}", "Entrypoint": "fib_1", "AbiId": "map:guest/1"},
           "relationships": [{"name": "ForDance", "target": "Compute.DanceType"}]}]}
        """);
}
