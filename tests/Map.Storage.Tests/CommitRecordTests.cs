using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Tests;

/// <summary>Reading what a commit changed back from its record.</summary>
public sealed class CommitRecordTests : IDisposable
{
    private readonly TestSpace _space = new();

    public void Dispose() => _space.Dispose();

    [Fact]
    public void A_record_tells_the_commit_and_all_it_changed_in_order()
    {
        var (one, two, three) = (_space.Create("one"), _space.Create("two"), _space.Create("three"));
        _space.Commit([one, two, three], [Rel.Likes.Add(one.Id, two.Id), Rel.Typed.Add(one.Id, three.Id)]);
        var plan = _space.Plan([_space.Update(one.Id, "uno"), _space.Delete(two.Id)], [Rel.Likes.Add(one.Id, three.Id)], schema: true);
        var number = _space.Store.Commit(plan, 77_000).CommitNumber!.Value;

        Assert.Equal(
            new SavedCommit(number, plan.Transaction, "test", number - 1, 77_000, TouchesSchema: true),
            _space.Store.ReadCommit(number));
        CommitChange[] nodes =
        [
            new SavedNodeChange(NodeChangeKind.Update, one.Id, 2),
            new SavedNodeChange(NodeChangeKind.Delete, two.Id, 2),
        ];
        CommitChange[] links =
        [
            new SavedLinkChange(true, one.Id, Rel.Likes.Id, "Likes", new LinkSlot(0, three.Id, 0)),
            new SavedLinkChange(false, one.Id, Rel.Likes.Id, "Likes", new LinkSlot(0, two.Id, 0)),
        ];
        var read = _space.Store.CommitChanges(number).ToList();
        Assert.Equal(nodes, read.Take(2));
        Assert.Equal(links.ToHashSet(), read.Skip(2).ToHashSet());
        Assert.Equal(4, read.Count);

        // A typed relationship has no name here; the record before is as it was, also in a store opened anew.
        _space.Reopen();
        Assert.Contains(
            new SavedLinkChange(true, one.Id, Rel.Typed.Id, null, new LinkSlot(0, three.Id, 0)), _space.Store.CommitChanges(number - 1));
        Assert.Equal(5, _space.Store.CommitChanges(number - 1).Count());
        Assert.Equal(new SavedNodeChange(NodeChangeKind.Create, _space.Store.SpaceHolon, 1), _space.Store.CommitChanges(0).Single());
    }

    [Fact]
    public void A_relationship_keeps_its_name_when_its_last_link_is_gone()
    {
        var (one, two) = (_space.Create(), _space.Create());
        _space.Commit([one, two], [Rel.Steps.Add(one.Id, two.Id)]);
        var number = _space.Link(Rel.Steps.Remove(one.Id, _space.Forward(one.Id, Rel.Steps).Single()));
        var removal = Assert.IsType<SavedLinkChange>(_space.Store.CommitChanges(number).Single());
        Assert.Equal((false, "Steps", LinkOrders.FirstSaved), (removal.IsAdd, removal.Name, removal.Slot.Order));
    }

    [Fact]
    public void A_record_of_many_rows_is_read_whole_and_no_faster_than_asked_for()
    {
        const int count = 20_000;
        var nodes = Enumerable.Range(0, count).Select(i => _space.Create($"key {i}")).ToList();
        var links = Enumerable.Range(1, count - 1)
            .Select(i => Rel.All[i % Rel.All.Length].Add(nodes[i - 1].Id, nodes[i].Id)).ToList();
        var number = _space.Commit(nodes, links);

        Assert.Equal(
            nodes.Select(node => node.Id).Order(),
            _space.Store.CommitChanges(number).OfType<SavedNodeChange>().Select(change => change.Holon).Order());
        Assert.Equal(
            links.Select(link => (link.Source, link.Relationship.Id, link.Slot.Other)).ToHashSet(),
            _space.Store.CommitChanges(number).OfType<SavedLinkChange>()
                .Select(change => (change.Source, change.Relationship, change.Slot.Other)).ToHashSet());

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(100, _space.Store.CommitChanges(number).Take(100).Count());
        var some = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(some, 1, 4 * CommitRecord.ChunkBytes);
    }

    [Fact]
    public void A_record_that_lacks_a_row_or_has_another_length_is_refused()
    {
        var number = _space.Commit([.. Enumerable.Range(0, 3_000).Select(_ => _space.Create())]);
        var key = new byte[RowKeys.CommitSize];
        RowKeys.WriteCommit(key, number, chunk: 2);
        Overwrite(key, new byte[10]);
        Assert.Contains("part 2", ReadAll(number).Message, StringComparison.Ordinal);
        Overwrite(key, null);
        Assert.Contains("lacks its part 2", ReadAll(number).Message, StringComparison.Ordinal);
        RowKeys.WriteCommit(key, number, chunk: 0);
        Overwrite(key, null);
        Assert.Contains($"commit {number} is missing", ReadAll(number).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_published_commits_are_read()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _space.Store.ReadCommit(_space.Latest + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _space.Store.CommitChanges(-1));
    }

    [Fact]
    public void Versions_are_told_newest_first_as_of_a_commit_without_the_deletion()
    {
        var id = _space.Created("one");
        var first = _space.Latest;
        var second = _space.Commit(_space.Update(id, "two"));
        var other = _space.Created("other");
        var third = _space.Commit(_space.Update(id, "three"));
        var end = _space.Commit(_space.Delete(id));
        Assert.Equal((null, end), (_space.Store.FindEnd(id, end - 1), _space.Store.FindEnd(id, end)!.Value));
        Assert.Equal((null, null), (_space.Store.FindEnd(other, end), _space.Store.FindEnd(_space.NewId(), end)));

        (int, long)[] expected = [(3, third), (2, second), (1, first)];
        Assert.Equal(expected, Versions(_space.Latest));
        Assert.Equal(expected, Versions(third));
        Assert.Equal(expected[1..], Versions(third - 1));
        Assert.Empty(Versions(first - 1));
        Assert.Equal([1], _space.Store.Versions(other, _space.Latest).Select(version => version.Version));

        List<(int, long)> Versions(long asOf) => [.. _space.Store.Versions(id, asOf).Select(version => (version.Version, version.Commit))];
    }

    private StoreException ReadAll(long number) =>
        Assert.Throws<StoreException>(() => _space.Store.CommitChanges(number).Count());

    private void Overwrite(byte[] key, byte[]? value)
    {
        using var batch = _space.Store.Rows.NewBatch();
        if (value is null) batch.Delete(ColumnFamily.Commits, key);
        else batch.Put(ColumnFamily.Commits, key, value);
        _space.Store.Rows.WriteSynced(batch);
    }
}
