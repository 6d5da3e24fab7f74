using System.Text;
using Map.Bench.Client;

namespace Map.Bench.Guests;

/// <summary>The modules of tests/fixtures/guests, which the build copies beside this program.</summary>
internal static class GuestFiles
{
    private const string Section = "map.manifest";

    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "guests", name));

    /// <summary>A module with a manifest, of at most 16,000 characters with the name of its section.</summary>
    public static byte[] Read(string name, string manifest)
    {
        byte[] content = [(byte)Section.Length, .. Encoding.UTF8.GetBytes(Section + manifest)];
        return [.. Read(name), 0, (byte)(content.Length | 0x80), (byte)(content.Length >> 7), .. content];
    }

    /// <summary>A dance that tasks afford and its implementation, two holons of the import format.</summary>
    /// <param name="dance">Its name.</param>
    /// <param name="sha256">Its module.</param>
    /// <param name="entrypoint">What is called there.</param>
    public static string Dance(string dance, string sha256, string entrypoint) => $$"""
        {"key": "{{dance}}.DanceType", "type": "MetaDanceType.MetaHolonType",
         "properties": {
           "TypeName": "{{dance}}", "TypeNamePlural": "{{dance}}s", "DisplayName": "{{dance}}", "DisplayNamePlural": "{{dance}}s",
           "Description": "A dance of the benchmark."},
         "relationships": [
           {"name": "Extends", "target": "DanceType.HolonType"}, {"name": "DanceAffordedBy", "target": "{{TaskFiles.TypeKey}}"},
           {"name": "ComponentOf", "target": "MAP Core Schema"}]},
        {"key": "{{entrypoint}}", "type": "DanceImplementation.HolonType",
         "properties": {
           "ImplementationName": "{{entrypoint}}", "Engine": "Guest", "ModuleRef": "{{sha256}}", "Entrypoint": "{{entrypoint}}",
           "AbiId": "map:guest/1"},
         "relationships": [{"name": "ForDance", "target": "{{dance}}.DanceType"}]}
        """;
}
