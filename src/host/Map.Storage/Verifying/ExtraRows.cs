using System.Buffers.Binary;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Verifying;

/// <summary>
/// Names the rows that no commit record tells of. Costs a record for each row in the worst case, and so is asked only
/// where there are more rows than the records tell of.
/// </summary>
internal sealed class ExtraRows(VerifyScene scene)
{
    private readonly HashSet<LocalId> _nodes = [];
    private readonly HashSet<LinkEntry> _links = [];
    private long _loaded = -1;

    /// <summary>Names versions.</summary>
    internal void FindNodes()
    {
        using var walk = new RowWalk(scene, ColumnFamily.Nodes);
        for (var isOnRow = walk.Start(); isOnRow; isOnRow = walk.Next())
        {
            if (walk.Key.Length != RowKeys.NodeSize) continue;
            var id = LocalId.Read(walk.Key[..LocalId.Size]);
            var commit = RowKeys.CommitAtEnd(walk.Key);
            if (Load(commit) && !_nodes.Contains(id))
                scene.Report(
                    ColumnFamily.Nodes, $"Holon {id} has a version of commit {commit}, whose record does not tell of it.");
        }
    }

    /// <summary>Names links, by what added and what removed them.</summary>
    internal void FindLinks()
    {
        using var walk = new RowWalk(scene, ColumnFamily.Links);
        for (var isOnRow = walk.Start(); isOnRow; isOnRow = walk.Next())
        {
            var key = walk.Key;
            if (key.Length != RowKeys.LinkSize || key[LocalId.Size] != (byte)LinkDirection.Forward) continue;
            if (Read(walk) is not { } row) continue;
            var link = new LinkEntry(
                IsAdd: true, LocalId.Read(key[..LocalId.Size]), LocalId.Read(key.Slice(RowKeys.LinkSideSize, LocalId.Size)),
                RowKeys.ReadLinkSlot(key));
            Check(link, row.Added);
            if (!row.IsLive) Check(link with { IsAdd = false }, row.Removed);
        }
    }

    private void Check(LinkEntry link, long commit)
    {
        if (Load(commit) && !_links.Contains(link))
            scene.Report(
                ColumnFamily.Links,
                $"The link {link.Source} -> {link.Slot.Other} of relationship {link.Relationship} was "
                + $"{(link.IsAdd ? "added" : "removed")} by commit {commit}, whose record does not tell of it.");
    }

    private static MemberRow? Read(RowWalk walk)
    {
        try
        {
            return MemberRow.Read(walk.Key, walk.Value);
        }
        catch (StoreException)
        {
            // Told already.
            return null;
        }
    }

    private bool Load(long commit)
    {
        if (commit == _loaded) return true;
        if (commit < 0 || commit > scene.Head.Number) return false;
        _nodes.Clear();
        _links.Clear();
        _loaded = -1;
        try
        {
            var (header, body) = Read(commit);
            var (nodes, links) = CommitBody.Read(header, body);
            foreach (var node in nodes) _nodes.Add(node.Id);
            foreach (var link in links) _links.Add(link);
        }
        catch (StoreException)
        {
            // Told already.
            return false;
        }

        _loaded = commit;
        return true;
    }

    private (CommitHeader Header, byte[] Body) Read(long commit)
    {
        var prefix = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(prefix, commit);
        using var body = new MemoryStream();
        CommitHeader? header = null;
        var rows = scene.Jump(ColumnFamily.Commits);
        for (var isOnRow = rows.Seek(prefix); isOnRow && rows.Key.StartsWith(prefix); isOnRow = rows.Next())
        {
            if (header is null)
            {
                header = CommitRecord.ReadFirst(rows.Value, out _, out _, out var start);
                body.Write(start);
            }
            else
            {
                body.Write(rows.Value);
            }
        }

        return (header ?? throw new StoreException($"The record of commit {commit} is missing."), body.ToArray());
    }
}
