using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage;

/// <summary>What an opened database says of itself.</summary>
internal static class StoreHead
{
    /// <summary>The space's own holon and the state after the last commit.</summary>
    /// <exception cref="StoreException">It is another space, of another format, or not whole.</exception>
    internal static (LocalId SpaceHolon, CommitState Last) Read(Database db, SpaceId space)
    {
        RequireFormat(db, space);
        LocalId holon;
        using (var row = Get(db, MetaRows.SpaceKey, space))
        {
            (var found, holon) = MetaRows.ReadSpace(row.Bytes);
            if (found != space)
                throw new StoreException(
                    $"The store of space {space} is that of space {found}. Put each directory back in its place.");
        }

        using var headRow = Get(db, MetaRows.HeadKey, space);
        var last = MetaRows.ReadHead(headRow.Bytes);
        if (HashOf(db, last.Number) != HeadFile.HashText(last.Hash))
            throw new StoreException(
                $"The store of space {space} disagrees with itself on commit {last.Number}. Restore it from a backup.");
        return (holon, last);
    }

    /// <summary>The hash of a commit, as text.</summary>
    internal static string HashOf(Database db, long number)
    {
        Span<byte> key = stackalloc byte[RowKeys.CommitSize];
        RowKeys.WriteCommit(key, number, chunk: 0);
        using var value = db.Get(ColumnFamily.Commits, key);
        if (!value.Exists) return "missing";
        CommitRecord.ReadFirst(value.Bytes, out var hash, out _, out _);
        return HeadFile.HashText(hash);
    }

    private static void RequireFormat(Database db, SpaceId space)
    {
        using var row = Get(db, MetaRows.FormatKey, space);
        var version = MetaRows.ReadFormat(row.Bytes);
        if (version != MetaRows.FormatVersion)
            throw new StoreException(
                $"The store of space {space} has format {version}; this map-daemon reads format {MetaRows.FormatVersion}. "
                + "Start the map-daemon that wrote it, or a later one.");
    }

    private static PinnedValue Get(Database db, ReadOnlySpan<byte> key, SpaceId space)
    {
        var value = db.Get(ColumnFamily.Meta, key);
        if (!value.Exists)
            throw new StoreException(
                $"The store of space {space} is not whole: its {System.Text.Encoding.ASCII.GetString(key)} row is missing. "
                + "Restore it from a backup.");
        return value;
    }
}
