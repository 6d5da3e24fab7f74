using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Reading;

/// <summary>
/// The body of one commit record, row after row: that of a large load is far larger than what anybody needs of it at
/// once. Holds one row, and what an entry has of the row before.
/// </summary>
internal sealed class CommitBodyPieces
{
    private readonly Database _db;
    private readonly byte[] _window;
    private int _start;
    private int _end;
    private int _nextChunk = 1;
    private long _consumed;

    internal CommitBodyPieces(Database db, long number)
    {
        _db = db;
        Span<byte> key = stackalloc byte[RowKeys.CommitSize];
        RowKeys.WriteCommit(key, number, chunk: 0);
        using var first = db.Get(ColumnFamily.Commits, key);
        if (!first.Exists) throw CommitReader.Missing(number);
        Header = CommitRecord.ReadFirst(first.Bytes, out _, out _, out var start);
        if (Header.Number != number) throw Damaged($"says that it is of commit {Header.Number}");
        _window = new byte[CommitRecord.ChunkBytes + CommitBody.MaxEntryBytes];
        Append(start, number: 0);
    }

    /// <summary>What the record says besides.</summary>
    internal CommitHeader Header { get; }

    internal NodeEntry ReadNode()
    {
        var reader = Reader();
        var node = CommitBody.ReadNode(ref reader);
        Take(reader.Position);
        return node;
    }

    /// <summary>The relationships that the links are of, by number.</summary>
    internal LocalId[] ReadRelationships()
    {
        var reader = Reader();
        var count = reader.Varint();
        Take(reader.Position);
        if (count > (ulong)((Header.BodyLength - _consumed) / LocalId.Size)) throw Damaged("counts more relationships than it has");
        var ids = new LocalId[count];
        for (var i = 0; i < ids.Length; i++)
        {
            reader = Reader();
            ids[i] = reader.Id();
            Take(reader.Position);
        }

        return ids;
    }

    /// <summary>A link, and the number of its relationship.</summary>
    internal (LinkEntry Link, int Relationship) ReadLink(LocalId[] relationships)
    {
        var reader = Reader();
        var link = CommitBody.ReadLink(ref reader, relationships, out var relationship);
        Take(reader.Position);
        return (link, relationship);
    }

    /// <summary>Checks that nothing is left.</summary>
    internal void End()
    {
        if (_consumed != Header.BodyLength) throw Damaged("goes on after its end");
    }

    /// <summary>A reader of the next entry: as much as the longest has, or all that is left.</summary>
    private ByteReader Reader()
    {
        while (_end - _start < CommitBody.MaxEntryBytes && _nextChunk < CommitRecord.ChunkCount(Header.BodyLength)) ReadNextRow();
        return new ByteReader(_window.AsSpan(_start, _end - _start), CommitRecord.What);
    }

    private void ReadNextRow()
    {
        Span<byte> key = stackalloc byte[RowKeys.CommitSize];
        RowKeys.WriteCommit(key, Header.Number, _nextChunk);
        using var value = _db.Get(ColumnFamily.Commits, key);
        if (!value.Exists) throw Damaged($"lacks its part {_nextChunk}");
        Append(value.Bytes, _nextChunk++);
    }

    private void Append(ReadOnlySpan<byte> chunk, int number)
    {
        var range = CommitRecord.ChunkRange(number, Header.BodyLength);
        var length = range.End.Value - range.Start.Value;
        if (chunk.Length != length) throw Damaged($"has {chunk.Length} bytes in part {number} instead of {length}");
        _window.AsSpan(_start, _end - _start).CopyTo(_window);
        (_start, _end) = (0, _end - _start);
        chunk.CopyTo(_window.AsSpan(_end));
        _end += chunk.Length;
    }

    private void Take(int bytes)
    {
        _start += bytes;
        _consumed += bytes;
    }

    private StoreException Damaged(string how) =>
        new($"The record of commit {Header.Number} {how}. Restore the space from a backup.");
}
