using Map.Core.Identity;
using Map.Core.Services;

namespace Map.Storage.Encoding;

/// <summary>Writes the list of what a commit changed: nodes, then links, whose relationships are numbered.</summary>
internal sealed class CommitBody
{
    /// <summary>More than any entry has: of a link, two ids and three numbers.</summary>
    internal const int MaxEntryBytes = 2 * LocalId.Size + 32;

    private readonly ByteWriter _nodes = new();
    private readonly ByteWriter _links = new();
    private readonly Dictionary<LocalId, int> _relationships = [];
    private readonly List<LocalId> _relationshipIds = [];

    internal long NodeCount { get; private set; }

    internal long LinkCount { get; private set; }

    /// <summary>The size of the body so far.</summary>
    internal int Length => _nodes.Length + _links.Length + (_relationshipIds.Count + 1) * LocalId.Size;

    internal void AddNode(NodeChangeKind kind, LocalId id, int ordinal, ReadOnlySpan<byte> digest)
    {
        Invariant.Require(digest.Length == MetaRows.HashSize, "a row's digest is a SHA-256 hash");
        _nodes.Byte((byte)kind);
        _nodes.Id(id);
        _nodes.Count(ordinal);
        _nodes.Bytes(digest);
        NodeCount++;
    }

    internal void AddLink(bool isAdd, LocalId source, LocalId relationship, LinkSlot slot)
    {
        if (!_relationships.TryGetValue(relationship, out var number))
        {
            number = _relationshipIds.Count;
            _relationships.Add(relationship, number);
            _relationshipIds.Add(relationship);
        }

        _links.Count((long)number << 1 | (isAdd ? 1L : 0L));
        _links.Id(source);
        _links.Count((long)slot.Occurrence);
        _links.Varint(slot.Order);
        _links.Id(slot.Other);
        LinkCount++;
    }

    /// <summary>The whole body.</summary>
    internal ReadOnlySpan<byte> Finish(ByteWriter target)
    {
        target.Bytes(_nodes.Written);
        target.Count(_relationshipIds.Count);
        foreach (var id in _relationshipIds) target.Id(id);
        target.Bytes(_links.Written);
        return target.Written;
    }

    /// <summary>Reads a body.</summary>
    internal static (List<NodeEntry> Nodes, List<LinkEntry> Links) Read(CommitHeader header, ReadOnlySpan<byte> body)
    {
        var reader = new ByteReader(body, CommitRecord.What);
        var nodes = new List<NodeEntry>();
        for (long i = 0; i < header.NodeChanges; i++) nodes.Add(ReadNode(ref reader));
        var relationships = ReadRelationships(ref reader);
        var links = new List<LinkEntry>();
        for (long i = 0; i < header.LinkChanges; i++) links.Add(ReadLink(ref reader, relationships, out _));
        reader.End();
        return (nodes, links);
    }

    internal static NodeEntry ReadNode(ref ByteReader reader)
    {
        var kind = (NodeChangeKind)reader.Byte();
        if (kind is < NodeChangeKind.Create or > NodeChangeKind.Delete) reader.Damaged("a node change is of no kind");
        var id = reader.Id();
        var ordinal = reader.Count();
        if (ordinal is < 1 or > int.MaxValue) reader.Damaged("a version is out of range");
        return new NodeEntry(kind, id, (int)ordinal, reader.Bytes(MetaRows.HashSize).ToArray());
    }

    /// <summary>Reads the list of relationships, which comes between nodes and links.</summary>
    internal static LocalId[] ReadRelationships(ref ByteReader reader)
    {
        var relationships = new LocalId[reader.Items(LocalId.Size)];
        for (var i = 0; i < relationships.Length; i++) relationships[i] = reader.Id();
        return relationships;
    }

    internal static LinkEntry ReadLink(ref ByteReader reader, LocalId[] relationships, out int relationship)
    {
        var number = reader.Varint();
        if (number >> 1 >= (ulong)relationships.Length) reader.Damaged("a link is of no relationship");
        relationship = (int)(number >> 1);
        var source = reader.Id();
        var occurrence = reader.Varint();
        if (occurrence > uint.MaxValue) reader.Damaged("an occurrence is out of range");
        var order = reader.Varint();
        var slot = new LinkSlot(order, reader.Id(), (uint)occurrence);
        return new LinkEntry((number & 1) != 0, source, relationships[relationship], slot);
    }
}
