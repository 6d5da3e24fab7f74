using System.Globalization;
using System.Security.Cryptography;
using Map.Core.Services;
using Microsoft.Win32.SafeHandles;

namespace Map.Storage.Native;

/// <summary>
/// Remembers what RocksDB's MANIFEST has had, beside it: its end may be torn by a crash, and so RocksDB takes one that
/// was cut for a whole one, and forgets the tables that the rest names. What the seal tells of was synced before; a
/// missing or torn seal proves nothing. Used by one thread at a time.
/// </summary>
internal sealed class ManifestSeal : IDisposable
{
    private const string FileName = "manifest.seal";
    private const int CheckSize = 16;
    private const int PieceBytes = 64 << 10;

    private readonly string _path;
    private readonly string _manifest;
    private readonly SafeFileHandle _file;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _sealed;

    private ManifestSeal(string path, string manifest)
    {
        (_path, _manifest) = (Path.Combine(path, FileName), manifest);
        _file = File.OpenHandle(
            Path.Combine(path, manifest), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
    }

    /// <summary>Refuses a database whose MANIFEST no longer has what it had.</summary>
    /// <exception cref="StoreException">Some of it is gone or changed.</exception>
    internal static void Require(string path)
    {
        if (Read(path) is not { } seal || CurrentManifest(path) != seal.Manifest) return;
        var manifest = Path.Combine(path, seal.Manifest);
        if (!File.Exists(manifest)) return;
        using var file = File.OpenHandle(manifest, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var isWhole = Append(hash, file, 0, seal.Size) && Convert.ToHexStringLower(hash.GetHashAndReset()) == seal.Hash;
        if (!isWhole)
            throw new StoreException(
                $"The store {path} cannot be opened: {seal.Manifest} was cut or changed. "
                + "If the disk is sound, restore the space from a backup.");
    }

    /// <summary>Begins to follow the MANIFEST of a database that was just opened; null where that cannot be done.</summary>
    internal static ManifestSeal? Follow(string path)
    {
        try
        {
            if (CurrentManifest(path) is not { } manifest) return null;
            var seal = new ManifestSeal(path, manifest);
            seal.Refresh();
            return seal;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Without a seal less is noticed, nothing else.
            return null;
        }
    }

    /// <summary>Takes in what was added to the MANIFEST; costs next to nothing when there is nothing new.</summary>
    internal void Refresh()
    {
        try
        {
            var size = RandomAccess.GetLength(_file);
            if (size <= _sealed) return;
            RandomAccess.FlushToDisk(_file);
            if (!Append(_hash, _file, _sealed, size)) return;
            _sealed = size;
            var content = string.Create(
                CultureInfo.InvariantCulture, $"{_manifest} {size} {Convert.ToHexStringLower(_hash.GetCurrentHash())}");
            File.WriteAllText(_path, $"{content} {Check(content)}\n");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The seal as it was is still true.
        }
    }

    public void Dispose()
    {
        _file.Dispose();
        _hash.Dispose();
    }

    private static bool Append(IncrementalHash hash, SafeFileHandle file, long from, long to)
    {
        var piece = new byte[(int)Math.Min(PieceBytes, Math.Max(1, to - from))];
        while (from < to)
        {
            var size = RandomAccess.Read(file, piece.AsSpan(0, (int)Math.Min(piece.Length, to - from)), from);
            if (size == 0) return false;
            hash.AppendData(piece, 0, size);
            from += size;
        }

        return true;
    }

    private static string? CurrentManifest(string path)
    {
        var current = Path.Combine(path, "CURRENT");
        return File.Exists(current) ? File.ReadAllText(current).TrimEnd('\n') : null;
    }

    private static (string Manifest, long Size, string Hash)? Read(string path)
    {
        var seal = Path.Combine(path, FileName);
        if (!File.Exists(seal)) return null;
        return File.ReadAllText(seal).TrimEnd('\n').Split(' ') is [var manifest, var size, var hash, var check]
            && check == Check($"{manifest} {size} {hash}")
            && long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            ? (manifest, bytes, hash)
            : null;
    }

    private static string Check(string content) =>
        Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(content)))[..CheckSize];
}
