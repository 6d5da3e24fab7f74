using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Reading;

/// <summary>Reads the records of commits. Callers have checked the commit number.</summary>
internal sealed class CommitReader(StoreGate gate, SpaceId space)
{
    /// <summary>What a record says besides the list of what changed.</summary>
    internal CommitHeader ReadHeader(long number)
    {
        Span<byte> key = stackalloc byte[RowKeys.CommitSize];
        RowKeys.WriteCommit(key, number, chunk: 0);
        using var lease = gate.Enter();
        using var value = lease.Store.Rows.Get(ColumnFamily.Commits, key);
        if (!value.Exists) throw Missing(number);
        return CommitRecord.ReadFirst(value.Bytes, out _, out _, out _);
    }

    /// <summary>The commit, for those who read the space.</summary>
    internal SavedCommit Read(long number)
    {
        var header = ReadHeader(number);
        return new SavedCommit(
            header.Number, new TransactionId(space, header.Transaction), header.Label, header.Snapshot,
            header.UnixMicros, header.TouchesSchema);
    }

    /// <summary>What a commit changed, in the order of its record, read as it is asked for.</summary>
    internal IEnumerable<CommitChange> Changes(long number)
    {
        using var lease = gate.Enter();
        var db = lease.Store.Rows;
        var body = new CommitBodyPieces(db, number);
        for (long i = 0; i < body.Header.NodeChanges; i++)
        {
            var node = body.ReadNode();
            yield return new SavedNodeChange(node.Kind, node.Id, node.Ordinal);
        }

        var relationships = body.ReadRelationships();
        var names = new string?[relationships.Length];
        for (long i = 0; i < body.Header.LinkChanges; i++)
        {
            var (link, relationship) = body.ReadLink(relationships);
            if (link.Relationship.IsOfName) names[relationship] ??= NameOf(db, link.Source, link.Relationship);
            yield return new SavedLinkChange(link.IsAdd, link.Source, link.Relationship, names[relationship], link.Slot);
        }

        body.End();
    }

    /// <summary>The name of a relationship that no type declares: each group of links keeps it, also when none is left.</summary>
    private static string NameOf(Database db, LocalId source, LocalId relationship)
    {
        Span<byte> group = stackalloc byte[RowKeys.LinkGroupSize];
        RowKeys.WriteLinkGroup(group, source, LinkDirection.Forward, relationship);
        using var value = db.Get(ColumnFamily.LinkHeads, group);
        return (value.Exists ? GroupHead.Read(value.Bytes).Name : null) ?? throw new StoreException(
            $"The name of the relationship {relationship} of holon {source} is missing. Restore the space from a backup.");
    }

    internal static StoreException Missing(long number) =>
        new($"The record of commit {number} is missing. Restore the space from a backup.");
}
