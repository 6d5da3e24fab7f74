using System.Security.Cryptography;

namespace Map.Guests.Modules;

/// <summary>The files of the installed modules, by hash. Safe for many threads at once.</summary>
/// <param name="directory">Where they are.</param>
public sealed class ModuleStore(string directory)
{
    /// <summary>Keeps a module.</summary>
    /// <returns>Its SHA-256, 64 lower-case hexadecimal digits.</returns>
    public string Add(ReadOnlySpan<byte> module)
    {
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(module));
        Directory.CreateDirectory(directory);
        File.WriteAllBytes(PathOf(sha256), module);
        return sha256;
    }

    /// <summary>A module; null when it is not installed.</summary>
    public byte[]? Find(string sha256) => File.Exists(PathOf(sha256)) ? File.ReadAllBytes(PathOf(sha256)) : null;

    private string PathOf(string sha256) => Path.Combine(directory, $"{sha256}.wasm");
}
