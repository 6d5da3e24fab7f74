using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Committing;
using Map.Storage.Native;

namespace Map.Storage.Tests;

/// <summary>Commits of which the parts are prepared at once, and how their rows come into one batch.</summary>
public sealed class LargeCommitTests : IDisposable
{
    private const int Holons = 8_000;

    private readonly TestSpace _space = new();

    public void Dispose() => _space.Dispose();

    [Fact]
    public void Holons_and_links_of_a_large_commit_are_all_there_from_either_side()
    {
        var old = _space.Created("old");
        var nodes = Enumerable.Range(0, Holons).Select(i => _space.Create($"k{i}", old)).ToList();
        var links = nodes.SelectMany((node, i) => Links(node.Id, nodes[(i + 7) % Holons].Id, old)).ToList();
        _space.Commit(nodes, links);
        foreach (var i in new[] { 0, 1, Holons / 2, Holons - 1 })
        {
            Assert.Equal([nodes[(i + 7) % Holons].Id], _space.Forward(nodes[i].Id, Rel.Typed).Select(slot => slot.Other));
            Assert.Equal([nodes[i].Id], _space.Reverse(nodes[(i + 7) % Holons].Id, Rel.Typed).Select(slot => slot.Other));
            Assert.Equal([old, nodes[(i + 7) % Holons].Id], _space.Forward(nodes[i].Id, Rel.Steps).Select(slot => slot.Other));
            Assert.Equal(2, _space.Forward(nodes[i].Id, Rel.Bag).Count);
        }

        Assert.Equal(nodes.Select(node => node.Id), _space.Reverse(old, Rel.Steps).Select(slot => slot.Other));
        Assert.Equal(Holons, _space.Store.CountInstances(old, _space.Latest));
        Assert.Empty(Verified.Findings(_space.Store));
    }

    [Fact]
    public void Conflicts_of_holons_and_of_links_are_told_together()
    {
        var (taken, gone) = (_space.Created("taken"), _space.Created());
        _space.Commit(_space.Delete(gone));
        var nodes = Enumerable.Range(0, 3 * Holons).Select(_ => _space.Create()).Append(_space.Create("taken")).ToList();
        var outcome = _space.TryCommit(nodes, [Rel.Likes.Add(nodes[0].Id, gone), Rel.Likes.Add(nodes[1].Id, taken)]);
        Assert.Equal(
            [(ConflictKind.KeyTaken, nodes[^1].Id, taken), (ConflictKind.LinkEndGone, nodes[0].Id, gone)],
            outcome.Conflicts.Select(conflict => (conflict.Kind, conflict.Holon, conflict.Other!.Value)));
        Assert.Null(_space.Store.FindHolon(nodes[1].Id, _space.Latest));
    }

    [Fact]
    public void A_defect_of_one_part_fails_the_commit_as_itself()
    {
        var nodes = Enumerable.Range(0, 3 * Holons).Select(_ => _space.Create()).ToList();
        var bad = nodes[5] with { Properties = TestSpace.Properties("a\0b") };
        Assert.Throws<InvalidOperationException>(() => _space.TryCommit([.. nodes.Skip(6), bad]));
        Assert.Equal(0, _space.Latest);
        _space.Commit(nodes, null);
    }

    [Fact]
    public void A_link_of_a_new_holon_that_is_given_twice_is_one_unless_duplicates_are_allowed()
    {
        var (source, target) = (_space.Create(), _space.Create());
        var (likes, typed, bag) = (Rel.Likes.Add(source.Id, target.Id), Rel.Typed.Add(source.Id, target.Id), Rel.Bag.Add(source.Id, target.Id));
        _space.Commit([source, target], [likes, typed, likes, bag, typed, bag]);
        Assert.Single(_space.Forward(source.Id, Rel.Likes));
        Assert.Single(_space.Reverse(target.Id, Rel.Likes));
        Assert.Single(_space.Forward(source.Id, Rel.Typed));
        Assert.Equal([0u, 1u], _space.Forward(source.Id, Rel.Bag).Select(slot => slot.Occurrence));
        Assert.Equal([1L, 1L, 2L], _space.Store.LinkGroups(source.Id, LinkDirection.Forward, _space.Latest).Select(group => group.Count).Order());
        Assert.Empty(Verified.Findings(_space.Store));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rows_are_written_as_they_were_put_in_any_order(bool isShuffled)
    {
        var numbers = Enumerable.Range(0, 500).ToArray();
        if (isShuffled) new Random(1).Shuffle(numbers);
        var rows = new RowBatch();
        foreach (var number in numbers)
        {
            rows.Put(ColumnFamily.Journal, Key(number), Value(number));
            rows.Put(ColumnFamily.Commits, Key(number), Value(number + 1));
        }

        var db = _space.Store.Rows;
        using (var batch = rows.ToBatch(db))
        {
            Assert.Equal(1_000, batch.Count);
            Assert.Equal(2 * 500 * 5 + 2 * Enumerable.Range(0, 500).Sum() + 500, batch.Bytes);
            db.WriteUnsynced(batch);
        }

        foreach (var number in numbers)
        {
            using var journal = db.Get(ColumnFamily.Journal, Key(number));
            using var commits = db.Get(ColumnFamily.Commits, Key(number));
            Assert.Equal(Value(number), journal.Bytes);
            Assert.Equal(Value(number + 1), commits.Bytes);
        }
    }

    [Fact]
    public void A_row_that_is_put_twice_is_a_defect()
    {
        var rows = new RowBatch();
        foreach (var number in new[] { 2, 1, 2 }) rows.Put(ColumnFamily.Journal, Key(number), Value(0));
        Assert.Throws<InvalidOperationException>(() => rows.ToBatch(_space.Store.Rows));
    }

    private static LinkChange[] Links(LocalId source, LocalId target, LocalId old) =>
    [
        Rel.Typed.Add(source, target), Rel.Steps.Add(source, old), Rel.Steps.Add(source, target), Rel.Bag.Add(source, target),
        Rel.Bag.Add(source, target),
    ];

    private static byte[] Key(int number) => [9, 9, 9, (byte)(number >> 8), (byte)number];

    /// <summary>Of every size, so that lengths of one byte and of two stand among them.</summary>
    private static byte[] Value(int number) => [.. Enumerable.Repeat((byte)number, number)];
}
