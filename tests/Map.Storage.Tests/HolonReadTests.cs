using Map.Core.Services;
using Map.Core.Values;

namespace Map.Storage.Tests;

public sealed class HolonReadTests
{
    [Fact]
    public void A_created_holon_reads_back()
    {
        using var space = new TestSpace();
        var type = space.Created("T");
        var origin = space.Created();
        var change = space.Create("k", type) with { Predecessor = origin };
        var commit = space.Commit(change);
        var saved = space.Store.FindHolon(change.Id, commit);
        Assert.Equal(new SavedHolon(change.Id, 1, commit, type, change.Properties, origin), saved);
        Assert.Null(space.Store.FindHolon(change.Id, commit - 1));
    }

    [Fact]
    public void A_new_space_has_commit_0_with_its_own_holon()
    {
        using var space = new TestSpace();
        Assert.Equal(0, space.Latest);
        Assert.Equal(0, space.Store.CountHolons(0));
        Assert.Equal(0, space.Store.SchemaEpoch(0));
        var saved = space.Store.FindHolon(space.Store.SpaceHolon, 0);
        Assert.Equal(new SavedHolon(space.Record.SpaceHolon, 1, 0, null, PropertyMap.Empty, null), saved);
        Assert.Equal([space.Record.SpaceHolon], space.Store.ScanHolons(null, 0));
    }
}
