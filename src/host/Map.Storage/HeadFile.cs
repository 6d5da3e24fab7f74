using System.Globalization;
using System.Security.Cryptography;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Encoding;

namespace Map.Storage;

/// <summary>
/// The last commit of a space, kept outside its database: RocksDB does not notice a log file that is gone. It is
/// overwritten in place after each sync and not synced itself, so that it may be behind the database but not ahead.
/// </summary>
internal sealed class HeadFile : IDisposable
{
    private const int NumberSize = 19;
    private const int HashSize = 2 * MetaRows.HashSize;
    private const int CheckSize = 16;
    private const int Size = NumberSize + 1 + HashSize + 1 + CheckSize + 1;

    private readonly Microsoft.Win32.SafeHandles.SafeFileHandle _file;
    private readonly byte[] _line = new byte[Size];

    private HeadFile(string path)
    {
        Path = path;
        _file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
    }

    /// <summary>Where it is.</summary>
    internal string Path { get; }

    /// <summary>Opens the file, or makes it.</summary>
    internal static HeadFile Open(string path)
    {
        try
        {
            return new HeadFile(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The head file {path} cannot be opened: {failure.Message}", failure);
        }
    }

    /// <summary>
    /// What it says; null when it is new or cannot be read, as after a power cut in its first moments: then it proves
    /// nothing.
    /// </summary>
    internal (long Number, string Hash)? Read()
    {
        var bytes = new byte[Size];
        if (RandomAccess.GetLength(_file) != Size || RandomAccess.Read(_file, bytes, 0) != Size) return null;
        var text = System.Text.Encoding.ASCII.GetString(bytes);
        var content = text[..(NumberSize + 1 + HashSize)];
        if (text[^(CheckSize + 1)..^1] != Check(content)) return null;
        return long.TryParse(content[..NumberSize], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? (number, content[(NumberSize + 1)..])
            : null;
    }

    /// <summary>Overwrites it.</summary>
    internal void Write(CommitState state)
    {
        var content = $"{state.Number:D19} {HashText(state)}";
        System.Text.Encoding.ASCII.GetBytes($"{content} {Check(content)}\n", _line);
        RandomAccess.Write(_file, _line, 0);
    }

    /// <summary>Refuses a store that is behind what was told to clients as saved.</summary>
    /// <param name="space">The space.</param>
    /// <param name="last">The state of the opened store.</param>
    /// <param name="hashOf">Answers the hash of an earlier commit of the store.</param>
    /// <exception cref="StoreException">Commits are missing, or are others.</exception>
    internal void Require(SpaceId space, CommitState last, Func<long, string> hashOf)
    {
        if (Read() is not { } head) return;
        if (head.Number > last.Number)
            throw new StoreException(
                $"Space {space} is behind: commit {head.Number} was saved, but its store ends with commit {last.Number}. "
                + "Something removed or replaced files of the store. Restore the space from a backup. "
                + $"To go on without the missing commits, delete {Path}.");
        var hash = head.Number == last.Number ? HashText(last) : hashOf(head.Number);
        if (hash != head.Hash)
            throw new StoreException(
                $"Space {space} has another history: its commit {head.Number} is not the one that was saved. "
                + "Something replaced the store. Restore the space from a backup. "
                + $"To go on with this history, delete {Path}.");
    }

    public void Dispose() => _file.Dispose();

    /// <summary>A hash as the file has it.</summary>
    internal static string HashText(ReadOnlySpan<byte> hash) => Convert.ToHexStringLower(hash);

    private static string HashText(CommitState state) => HashText(state.Hash);

    private static string Check(string content) =>
        Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(content)))[..CheckSize];
}
