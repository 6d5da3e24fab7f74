using System.Globalization;
using Map.Core.Identity;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Journaling;

/// <summary>
/// A file of journal rows that cannot be used, as they were: for each row the length of its key, the key, the length of
/// its value, the value. Lengths are varints.
/// </summary>
internal static class SetAsideFile
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes a file, durably.</summary>
    /// <param name="directory">Where; made when it is missing.</param>
    /// <param name="transaction">Whose journal.</param>
    /// <param name="nowUnixMicros">The time, for its name.</param>
    /// <param name="copy">Gives each row.</param>
    /// <returns>The path.</returns>
    internal static string Write(string directory, TransactionId transaction, long nowUnixMicros, Action<Action<RowIterator>> copy)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(directory);
        else Directory.CreateDirectory(directory, Private | UnixFileMode.UserExecute);
        var date = DateTimeOffset.FromUnixTimeMilliseconds(nowUnixMicros / 1_000).ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        var path = Path.Combine(directory, $"{date}-{transaction.Space}-{transaction.Local}.journal");
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Private;
        using (var file = new FileStream(path, options))
        {
            var row = new ByteWriter();
            copy(iterator =>
            {
                row.Clear();
                row.Count(iterator.Key.Length);
                row.Bytes(iterator.Key);
                row.Count(iterator.Value.Length);
                row.Bytes(iterator.Value);
                file.Write(row.Written);
            });
            file.Flush(flushToDisk: true);
        }

        Libc.SyncDirectory(directory);
        return path;
    }
}
