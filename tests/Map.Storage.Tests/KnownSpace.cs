using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Values;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Tests;

/// <summary>
/// A space with something of everything: types that change, keys that move, links of all kinds that come and go, ends
/// of holons, a commit record of several rows.
/// </summary>
internal sealed class KnownSpace : IDisposable
{
    internal KnownSpace()
    {
        (TypeA, TypeB) = (Space.Created("type a"), Space.Created("type b"));
        (First, Second) = (Space.Created("first", TypeA), Space.Created("second", TypeA));
        Third = Space.Created("third", TypeB);
        Ended = Space.Created("ended", TypeB);
        Space.Link(
            Rel.Likes.Add(First, Second), Rel.Steps.Add(First, Second), Rel.Steps.Add(First, Third),
            Rel.Bag.Add(First, Third), Rel.Bag.Add(First, Third), Rel.Typed.Add(Third, Ended));
        Space.Commit(Space.Update(Second, "renamed", TypeB));
        Space.Commit([Space.Delete(Ended)], null);
        Space.Link(Rel.Likes.Remove(First, Space.Forward(First, Rel.Likes)[0]));
        Space.Link(Rel.Likes.Add(First, Second));
        Space.Link(Rel.Steps.Remove(First, Space.Forward(First, Rel.Steps)[0]), Rel.Steps.Add(First, Second));
        Wear();
        var many = Enumerable.Range(0, 200).Select(i => Space.Create($"many {i}", TypeA)).ToArray();
        Many = [.. many.Select(change => change.Id)];
        Space.Commit(many, [.. Many.Select(id => Rel.List.Add(First, id))]);
        Space.Commit(Space.Create("last", TypeB));
    }

    internal TestSpace Space { get; } = new();

    internal LocalId TypeA { get; }

    internal LocalId TypeB { get; }

    internal LocalId First { get; }

    internal LocalId Second { get; }

    internal LocalId Third { get; }

    /// <summary>A holon that was deleted, with its links.</summary>
    internal LocalId Ended { get; }

    internal LocalId[] Many { get; }

    /// <summary>A holon that lost most of its links, so that their group is in its second period.</summary>
    internal LocalId Worn { get; private set; }

    /// <summary>A type that lost most of its instances, so that it is in its second period.</summary>
    internal LocalId TypeC { get; private set; }

    /// <summary>Those that were linked by the worn one and of the type; the last two still are.</summary>
    internal LocalId[] Others { get; private set; } = [];

    /// <summary>The findings of a check.</summary>
    internal IReadOnlyList<string> Findings => Verified.Findings(Space.Store, Space.HeadPath);

    /// <summary>All rows of a column family.</summary>
    internal List<(byte[] Key, byte[] Value)> Rows(ColumnFamily family)
    {
        var found = new List<(byte[], byte[])>();
        using var rows = Space.Store.Rows.Iterate(family, isWithinPrefix: false);
        for (var isOnRow = rows.Seek([]); isOnRow; isOnRow = rows.Next()) found.Add((rows.Key.ToArray(), rows.Value.ToArray()));
        return found;
    }

    internal byte[] Value(ColumnFamily family, byte[] key)
    {
        using var row = Space.Store.Rows.Get(family, key);
        Assert.True(row.Exists, $"{family} has the row");
        return row.Bytes.ToArray();
    }

    internal void Put(ColumnFamily family, byte[] key, ReadOnlySpan<byte> value)
    {
        using var batch = Space.Store.Rows.NewBatch();
        batch.Put(family, key, value);
        Space.Store.Rows.WriteSynced(batch);
    }

    internal void Put(ColumnFamily family, byte[] key, Action<ByteWriter> write)
    {
        var value = new ByteWriter();
        write(value);
        Put(family, key, value.Written);
    }

    internal void Delete(ColumnFamily family, byte[] key)
    {
        _ = Value(family, key);
        using var batch = Space.Store.Rows.NewBatch();
        batch.Delete(family, key);
        Space.Store.Rows.WriteSynced(batch);
    }

    internal static byte[] Node(LocalId id, long commit)
    {
        var key = new byte[RowKeys.NodeSize];
        RowKeys.WriteNode(key, id, commit);
        return key;
    }

    internal static byte[] Link(
        LocalId holon, LinkDirection direction, LocalId relationship, LinkSlot slot, long added, long period = 0)
    {
        var key = new byte[RowKeys.LinkSize];
        RowKeys.WriteLinkPeriod(key, holon, direction, relationship, period);
        RowKeys.WriteLinkMember(key.AsSpan(RowKeys.LinkPeriodSize), slot, added);
        return key;
    }

    /// <summary>The key of the row that a link has as of the last commit.</summary>
    internal byte[] LiveLink(LocalId holon, LinkDirection direction, LocalId relationship, LinkSlot slot)
    {
        var group = Group(holon, direction, relationship);
        return Rows(ColumnFamily.Links).Single(row =>
            row.Key.Length == RowKeys.LinkSize && row.Key.AsSpan().StartsWith(group)
            && RowKeys.ReadLinkSlot(row.Key) == slot && MemberRow.Read(row.Key, row.Value).IsLive).Key;
    }

    internal static byte[] Group(LocalId holon, LinkDirection direction, LocalId relationship)
    {
        var key = new byte[RowKeys.LinkGroupSize];
        RowKeys.WriteLinkGroup(key, holon, direction, relationship);
        return key;
    }

    internal static byte[] TypeMember(LocalId type, LocalId holon, long added)
    {
        var key = new byte[RowKeys.TypeMemberSize];
        RowKeys.WriteTypeMember(key, type, period: 0, holon, added);
        return key;
    }

    internal static byte[] Key(string text, LocalId type, long commit)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        var key = new byte[bytes.Length + RowKeys.KeyTailSize];
        RowKeys.WriteKey(key, bytes, type, commit);
        return key;
    }

    internal static byte[] Commit(long number, int chunk = 0)
    {
        var key = new byte[RowKeys.CommitSize];
        RowKeys.WriteCommit(key, number, chunk);
        return key;
    }

    internal static byte[] IdKey(LocalId id)
    {
        var key = new byte[LocalId.Size];
        id.Write(key);
        return key;
    }

    /// <summary>The commit of a holon's newest version.</summary>
    internal long CommitOf(LocalId id) => Space.Head(id).Commit;

    internal static PropertyMap Named(string key) => TestSpace.Properties(key);

    public void Dispose() => Space.Dispose();

    private void Wear()
    {
        (Worn, TypeC) = (Space.Created(), Space.Created("type c"));
        var others = Enumerable.Range(0, 20).Select(i => Space.Create($"other {i}", TypeC)).ToArray();
        Others = [.. others.Select(change => change.Id)];
        Space.Commit(others, [.. Others.Select(id => Rel.List.Add(Worn, id))]);
        Space.Link([.. Space.Forward(Worn, Rel.List)[..^2].Select(slot => Rel.List.Remove(Worn, slot))]);
        Space.Commit([.. Others[..^2].Select(Space.Delete)], null);
        Space.Link(Rel.List.Add(Worn, First));
    }
}
