using System.Security.Cryptography;
using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage;

/// <summary>
/// Walks all commits and recomputes what their records say: the chain of hashes, and the digest of each version.
/// </summary>
internal sealed class ChainVerifier
{
    private readonly Database _db;
    private readonly long _last;
    private readonly List<string> _findings = [];
    private byte[] _previous = new byte[MetaRows.HashSize];

    private ChainVerifier(Database db, long last) => (_db, _last) = (db, last);

    /// <summary>What is wrong, in words; empty when everything is in order.</summary>
    internal static IReadOnlyList<string> Verify(HolonStore store)
    {
        using var lease = store.Use();
        var published = store.State;
        var verifier = new ChainVerifier(lease.Store.Rows, published.Number);
        for (long number = 0; number <= verifier._last; number++) verifier.VerifyCommit(number);
        if (!verifier._previous.AsSpan().SequenceEqual(published.Hash))
            verifier._findings.Add($"The last commit {published.Number} has not the hash that the store keeps of it.");
        return verifier._findings;
    }

    private void VerifyCommit(long number)
    {
        try
        {
            Span<byte> key = stackalloc byte[RowKeys.CommitSize];
            RowKeys.WriteCommit(key, number, chunk: 0);
            using var first = _db.Get(ColumnFamily.Commits, key);
            if (!first.Exists)
            {
                _findings.Add($"The record of commit {number} is missing.");
                return;
            }

            var header = CommitRecord.ReadFirst(first.Bytes, out var hash, out var headerBytes, out var bodyStart);
            if (header.Number != number) _findings.Add($"The record of commit {number} says that it is {header.Number}.");
            var body = ReadBody(number, header.BodyLength, bodyStart);
            var computed = CommitRecord.Hash(_previous, headerBytes, body);
            if (!hash.SequenceEqual(computed))
                _findings.Add($"The record of commit {number} does not have its hash: it, or one before it, was changed.");
            _previous = hash.ToArray();
            foreach (var node in CommitBody.Read(header, body).Nodes) VerifyNode(number, node);
        }
        catch (StoreException failure)
        {
            _findings.Add($"Commit {number}: {failure.Message}");
        }
    }

    private byte[] ReadBody(long number, int length, ReadOnlySpan<byte> start)
    {
        using var body = new MemoryStream();
        body.Write(start);
        Span<byte> key = stackalloc byte[RowKeys.CommitSize];
        for (var chunk = 1; chunk < CommitRecord.ChunkCount(length); chunk++)
        {
            RowKeys.WriteCommit(key, number, chunk);
            using var value = _db.Get(ColumnFamily.Commits, key);
            if (!value.Exists) throw new StoreException($"Part {chunk} of the record is missing.");
            body.Write(value.Bytes);
        }

        if (body.Length != length) throw new StoreException($"The record has {body.Length} bytes instead of {length}.");
        return body.ToArray();
    }

    private void VerifyNode(long number, NodeEntry node)
    {
        Span<byte> key = stackalloc byte[RowKeys.NodeSize];
        RowKeys.WriteNode(key, node.Id, number);
        using var row = _db.Get(ColumnFamily.Nodes, key);
        if (!row.Exists) _findings.Add($"Version {node.Ordinal} of holon {node.Id}, of commit {number}, is missing.");
        else if (!SHA256.HashData(row.Bytes).AsSpan().SequenceEqual(node.Digest))
            _findings.Add($"Version {node.Ordinal} of holon {node.Id}, of commit {number}, was changed.");
    }
}
