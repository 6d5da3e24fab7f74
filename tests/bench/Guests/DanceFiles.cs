using System.Text;

namespace Map.Bench.Guests;

/// <summary>A dance whose code is a module of 50 kB: the kernels, of which it runs one.</summary>
internal static class DanceFiles
{
    public const string Dance = "Compute";

    /// <summary>The module, with a manifest.</summary>
    public static byte[] Module() => GuestFiles.Read("medium.wasm", """{"abi":"map:guest/1","name":"kernels"}""");

    /// <summary>The dance of tasks and its implementation, in the import format.</summary>
    public static ReadOnlyMemory<byte> Holons(string sha256) =>
        Encoding.UTF8.GetBytes($$"""{"holons": [{{GuestFiles.Dance(Dance, sha256, "fib_1")}}]}""");
}
