using System.Security.Cryptography;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Verifying;

/// <summary>Checks that what a commit record lists is in the store as it says.</summary>
internal sealed class RecordCheck(VerifyScene scene, RecordedRows recorded)
{
    /// <summary>Checks one record.</summary>
    /// <returns>By how many more holons live after the commit.</returns>
    internal long Check(CommitHeader header, ReadOnlySpan<byte> body)
    {
        var reader = new ByteReader(body, CommitRecord.What);
        long liveDelta = 0;
        for (long i = 0; i < header.NodeChanges; i++)
        {
            var node = CommitBody.ReadNode(ref reader);
            if (node.Kind == NodeChangeKind.Create) liveDelta++;
            if (node.Kind == NodeChangeKind.Delete) liveDelta--;
            CheckNode(header.Number, node);
        }

        var relationships = CommitBody.ReadRelationships(ref reader);
        for (long i = 0; i < header.LinkChanges; i++)
            CheckLink(header.Number, CommitBody.ReadLink(ref reader, relationships, out _));
        reader.End();
        CheckOutcome(header);
        return liveDelta;
    }

    private static string Name(LinkEntry link) =>
        $"The link {link.Source} -> {link.Slot.Other} of relationship {link.Relationship}";

    private void CheckOutcome(CommitHeader header)
    {
        if (header.UnixMicros < scene.OutcomesKeptSince) return;
        Span<byte> key = stackalloc byte[LocalId.Size];
        header.Transaction.Write(key);
        using var outcome = scene.Get(ColumnFamily.Transactions, key);
        if (!outcome.Exists)
            Report(
                ColumnFamily.Transactions,
                $"The outcome of transaction {header.Transaction}, which is commit {header.Number}, is missing.");
    }

    private void CheckNode(long number, NodeEntry node)
    {
        scene.Tick(ColumnFamily.Commits);
        try
        {
            Span<byte> key = stackalloc byte[RowKeys.NodeSize];
            RowKeys.WriteNode(key, node.Id, number);
            using var row = scene.Get(ColumnFamily.Nodes, key);
            if (!row.Exists)
            {
                Report(ColumnFamily.Nodes, $"Version {node.Ordinal} of holon {node.Id}, of commit {number}, is missing.");
                return;
            }

            recorded.Nodes++;
            Span<byte> digest = stackalloc byte[MetaRows.HashSize];
            SHA256.HashData(row.Bytes, digest);
            if (!digest.SequenceEqual(node.Digest))
                Report(ColumnFamily.Nodes, $"Version {node.Ordinal} of holon {node.Id}, of commit {number}, was changed.");
            var header = NodeRow.ReadHeader(row.Bytes);
            if (header.Ordinal != node.Ordinal || header.IsDeleted != (node.Kind == NodeChangeKind.Delete))
                Report(
                    ColumnFamily.Commits,
                    $"The record of commit {number} tells of version {node.Ordinal} of holon {node.Id} otherwise than "
                    + "the version itself.");
        }
        catch (StoreException failure)
        {
            recorded.IsComplete &= failure.InnerException is null;
            scene.Report(ColumnFamily.Nodes, $"Version {node.Ordinal} of holon {node.Id}", failure);
        }
    }

    private void CheckLink(long number, LinkEntry link)
    {
        scene.Tick(ColumnFamily.Commits);
        try
        {
            if (link.IsAdd) CheckAdd(number, link);
            else CheckRemoval(number, link);
        }
        catch (StoreException failure)
        {
            recorded.IsComplete &= failure.InnerException is null;
            scene.Report(ColumnFamily.Links, Name(link), failure);
        }
    }

    private void CheckAdd(long number, LinkEntry link)
    {
        if (Find(link, number)?.Added == number) recorded.AddedLinks++;
        else Report(ColumnFamily.Links, $"{Name(link)}, added by commit {number}, is missing.");
    }

    private void CheckRemoval(long number, LinkEntry link)
    {
        if (Find(link, number - 1)?.Removed == number) recorded.RemovedLinks++;
        else Report(ColumnFamily.Links, $"{Name(link)}, removed by commit {number}, is missing among the past ones.");
    }

    private MemberRow? Find(LinkEntry link, long asOf) =>
        scene.FindLink(link.Source, LinkDirection.Forward, link.Relationship, link.Slot, asOf);

    private void Report(ColumnFamily family, string message) => scene.Report(family, message);
}
