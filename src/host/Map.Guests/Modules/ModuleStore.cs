using System.Security.Cryptography;
using Map.Core.Errors;

namespace Map.Guests.Modules;

/// <summary>The files of the installed modules, each named by the hash of its content. Safe for many threads at once.</summary>
public sealed class ModuleStore
{
    private const string Ending = ".wasm";
    private const string UnfinishedEnding = ".new";
    private const int HashLength = 64;

    private readonly string _directory;
    private readonly Lock _writing = new();

    /// <summary>The modules of a directory, which one store has at a time. What an interrupted install left is removed.</summary>
    /// <param name="directory">Where they are; made when the first is added.</param>
    public ModuleStore(string directory)
    {
        _directory = directory;
        if (!Directory.Exists(directory)) return;
        foreach (var left in Directory.EnumerateFiles(directory, "*" + UnfinishedEnding)) File.Delete(left);
    }

    /// <summary>The name of a module: the SHA-256 of its bytes, 64 lower-case hexadecimal digits.</summary>
    public static string NameOf(ReadOnlySpan<byte> module) => Convert.ToHexStringLower(SHA256.HashData(module));

    /// <summary>Keeps a module. It is on disk, whole, when this returns; one that was damaged is whole again.</summary>
    /// <returns>Its SHA-256.</returns>
    /// <exception cref="IOException">It could not be written; nothing of it is there.</exception>
    public string Add(ReadOnlySpan<byte> module)
    {
        var sha256 = NameOf(module);
        lock (_writing) DurableFile.Write(PathOf(sha256), UnfinishedEnding, module);
        return sha256;
    }

    /// <summary>A module; null when it is not installed.</summary>
    /// <exception cref="HolonException"><see cref="HolonErrorCode.ModuleDamaged"/>: its file is not what was installed.</exception>
    public byte[]? Find(string sha256)
    {
        if (!IsHash(sha256)) return null;
        byte[] module;
        try
        {
            module = File.ReadAllBytes(PathOf(sha256));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Damaged(sha256, $"cannot be read: {e.Message}");
        }

        return NameOf(module) == sha256 ? module : throw Damaged(sha256, "has another content than what was installed.");
    }

    /// <summary>The installed modules, damaged ones too: their hashes, sizes, and when each was installed.</summary>
    public IReadOnlyList<(string Sha256, long Bytes, DateTimeOffset InstalledAt)> List()
    {
        var directory = new DirectoryInfo(_directory);
        if (!directory.Exists) return [];
        return [.. from file in directory.EnumerateFiles("*" + Ending)
                   let sha256 = Path.GetFileNameWithoutExtension(file.Name)
                   where IsHash(sha256)
                   select (sha256, file.Length, new DateTimeOffset(file.LastWriteTimeUtc))];
    }

    /// <summary>Removes a module.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(string sha256)
    {
        if (!IsHash(sha256) || !File.Exists(PathOf(sha256))) return false;
        lock (_writing) DurableFile.Delete(PathOf(sha256));
        return true;
    }

    /// <summary>Names come from clients; none but a hash becomes a path.</summary>
    private static bool IsHash(string text) => text.Length == HashLength && text.All(char.IsAsciiHexDigitLower);

    private string PathOf(string sha256) => Path.Combine(_directory, sha256 + Ending);

    private HolonException Damaged(string sha256, string why) => new(
        HolonErrorCode.ModuleDamaged, $"The file {PathOf(sha256)} of a guest module {why} Install the module again, or remove it.");
}
