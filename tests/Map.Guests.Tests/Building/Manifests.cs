using System.Text;
using Map.Wasm.Tests.Building;

namespace Map.Guests.Tests.Building;

/// <summary>Adds manifests to modules.</summary>
internal static class Manifests
{
    /// <summary>A manifest that allows everything.</summary>
    public const string Everything =
        """{"abi":"map:guest/1","name":"tests","capabilities":{"read":["*"],"write":["*"],"delete":["*"]}}""";

    /// <summary>A manifest that allows some types.</summary>
    public static string Allowing(string read = "", string write = "", string delete = "") =>
        $$"""{"abi":"map:guest/1","name":"tests","capabilities":{"read":[{{Keys(read)}}],"write":[{{Keys(write)}}],"delete":[{{Keys(delete)}}]} }""";

    /// <summary>The module with the custom section.</summary>
    public static byte[] Add(byte[] module, string manifest)
    {
        var content = new CodeWriter().Name("map.manifest").Bytes(Encoding.UTF8.GetBytes(manifest)).ToArray();
        return [.. module, .. new CodeWriter().Op(0).Sized(content).ToArray()];
    }

    private static string Keys(string keys) => string.Join(',', keys.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(key => $"\"{key}\""));
}
