using System.Security.Cryptography;
using Map.Storage.Native;

namespace Map.Storage.Backups;

/// <summary>Reads and copies files piece by piece, with their hashes, told how far it is, and durably.</summary>
/// <param name="advance">Is told how many more bytes were gone through; may be null.</param>
/// <param name="cancellation">Ends it between pieces.</param>
internal sealed class FileCopy(Action<long>? advance, CancellationToken cancellation)
{
    private const int PieceBytes = 1 << 20;
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerDirectory = Owner | UnixFileMode.UserExecute;

    private readonly byte[] _piece = new byte[PieceBytes];

    /// <summary>Makes a directory for its owner only, with those above it.</summary>
    internal static void MakeDirectory(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, OwnerDirectory);
    }

    /// <summary>Writes a file under a temporary name, syncs it, gives it its name, and syncs the directory.</summary>
    internal static void WriteDurably(string path, ReadOnlySpan<byte> content, Action? beforeRename = null)
    {
        var temporary = path + ".new";
        using (var file = Create(temporary))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        beforeRename?.Invoke();
        File.Move(temporary, path, overwrite: true);
        Libc.SyncDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>The hash of a file, in hexadecimal digits.</summary>
    internal string Hash(string path)
    {
        using var source = File.OpenRead(path);
        return Run(source, target: null);
    }

    /// <summary>Copies a file, which is on disk then.</summary>
    /// <returns>The hash of what was copied.</returns>
    internal string Copy(string from, string to)
    {
        using var source = File.OpenRead(from);
        using var target = Create(to);
        var hash = Run(source, target);
        target.Flush(flushToDisk: true);
        return hash;
    }

    private static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Owner;
        return new FileStream(path, options);
    }

    private string Run(Stream source, Stream? target)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        int size;
        while ((size = source.Read(_piece)) > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(_piece, 0, size);
            target?.Write(_piece, 0, size);
            advance?.Invoke(size);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
