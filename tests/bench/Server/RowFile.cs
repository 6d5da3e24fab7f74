using Map.Storage.Native;

namespace Map.Bench.Server;

/// <summary>A row of a store.</summary>
/// <param name="Family">Its column family.</param>
/// <param name="Key">Its key.</param>
/// <param name="Value">Its value.</param>
internal readonly record struct StoredRow(ColumnFamily Family, byte[] Key, byte[] Value);

/// <summary>All rows of a store in a file, in order, so that a floor can write the same ones.</summary>
internal static class RowFile
{
    public static long Write(string path, Database rows)
    {
        using var file = new BinaryWriter(File.Create(path));
        long count = 0;
        foreach (var family in Enum.GetValues<ColumnFamily>())
        {
            using var iterator = rows.Iterate(family, isWithinPrefix: false);
            for (var isOnRow = iterator.Seek([]); isOnRow; isOnRow = iterator.Next())
            {
                file.Write((byte)family);
                file.Write(iterator.Key.Length);
                file.Write(iterator.Key);
                file.Write(iterator.Value.Length);
                file.Write(iterator.Value);
                count++;
            }
        }

        return count;
    }

    public static List<StoredRow> Read(string path)
    {
        using var file = new BinaryReader(File.OpenRead(path));
        var rows = new List<StoredRow>();
        while (file.BaseStream.Position < file.BaseStream.Length)
        {
            var family = (ColumnFamily)file.ReadByte();
            var key = file.ReadBytes(file.ReadInt32());
            rows.Add(new StoredRow(family, key, file.ReadBytes(file.ReadInt32())));
        }

        return rows;
    }

    /// <summary>The rows that are new or have another value than before.</summary>
    public static List<StoredRow> Since(IReadOnlyList<StoredRow> before, IReadOnlyList<StoredRow> after)
    {
        var known = before.ToDictionary(Identity, row => Convert.ToHexString(row.Value), StringComparer.Ordinal);
        return [.. after.Where(row =>
            !known.TryGetValue(Identity(row), out var value) || value != Convert.ToHexString(row.Value))];
    }

    private static string Identity(StoredRow row) => $"{(int)row.Family}:{Convert.ToHexString(row.Key)}";
}
