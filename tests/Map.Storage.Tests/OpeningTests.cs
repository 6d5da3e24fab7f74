using Map.Core.Identity;
using Map.Core.Services;

namespace Map.Storage.Tests;

/// <summary>What those who hold a store see when its database is closed and opened anew.</summary>
public sealed class OpeningTests
{
    [Fact]
    public async Task A_read_under_way_ends_on_the_database_that_it_began_on_and_others_go_on_in_the_next()
    {
        using var space = new TestSpace();
        var ids = Enumerable.Range(0, 20).Select(_ => space.Created()).Prepend(space.Record.SpaceHolon).Order().ToList();
        var first = space.Store.Rows;
        var read = new List<LocalId>();
        Task reopening;
        using (var scan = space.Store.ScanHolons(null, space.Latest).GetEnumerator())
        {
            Assert.True(scan.MoveNext());
            Assert.False(space.Store.TryClose());
            reopening = Task.Run(space.Store.Reopen);
            read.Add(scan.Current);
            while (scan.MoveNext()) read.Add(scan.Current);
        }

        await reopening;
        Assert.Equal(ids, read);

        Assert.NotSame(first, space.Store.Rows);
        Assert.Equal(ids, space.Store.ScanHolons(null, space.Latest));
        space.Created("after");
    }

    [Fact]
    public void A_closed_store_opens_when_it_is_used_and_is_the_same_object()
    {
        using var space = new TestSpace();
        var id = space.Created("a");
        for (var i = 0; i < 3; i++)
        {
            Assert.True(space.Store.TryClose());
            Assert.Same(space.Store, space.Catalog.Open(space.Record.Id));
            Assert.True(space.Store.TryClose());
            Assert.NotNull(space.Store.FindHolon(id, space.Latest));
            Assert.True(space.Store.TryClose());
            Assert.Equal(i + 2, space.Commit(space.Create()));
        }
    }

    [Fact]
    public async Task Readers_and_writers_go_on_while_the_store_is_closed_again_and_again()
    {
        using var space = new TestSpace();
        var id = space.Created("a");
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            var reads = 0;
            for (; !stop.IsCancellationRequested || reads == 0; reads++)
            {
                Assert.NotNull(space.Store.FindHolon(id, space.Latest));
                Assert.Equal(id, space.Store.FindByKey("a", space.Latest).Single().Holon);
            }

            return reads;
        })).ToList();
        for (var i = 0; i < 60; i++)
        {
            space.Store.TryClose();
            if (i % 20 == 0) space.Store.Reopen();
            space.Commit(space.Create());
        }

        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(readers), reads => Assert.True(reads > 0));
        Assert.Equal(62, space.Store.CountHolons(space.Latest) + 1);
    }

    [Fact]
    public void Reads_after_the_catalogue_is_closed_say_so()
    {
        var space = new TestSpace();
        var id = space.Created();
        var scan = space.Store.ScanHolons(null, 1).GetEnumerator();
        Assert.True(scan.MoveNext());
        space.Dispose();
        Assert.Contains("stops", Assert.Throws<StoreException>(() => space.Store.FindHolon(id, 1)).Message);
        Assert.True(scan.MoveNext());
        scan.Dispose();
    }

    [Fact]
    public void Each_commit_is_told_in_order_once_it_can_be_read_and_a_subscriber_that_throws_harms_nothing()
    {
        using var space = new TestSpace();
        var told = new List<(long, bool)>();
        space.Store.Published += number => told.Add((number, space.Store.LatestCommit == number));
        space.Store.Published += _ => throw new InvalidOperationException("a defect of a subscriber");
        for (var i = 0; i < 3; i++) space.Created();
        Assert.Equal([(1, true), (2, true), (3, true)], told);
    }
}
