using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;
using Map.Storage.Reading;

namespace Map.Storage.Tests;

/// <summary>What a reader sees of members that come and go after the commit that it reads as of.</summary>
public sealed class MemberCursorTests
{
    [Fact]
    public void A_member_removed_or_back_after_the_commit_is_told_once()
    {
        using var space = new TestSpace();
        var (hub, stays, goes, back) = (space.Created(), space.Created(), space.Created(), space.Created());
        var asOf = space.Link(Rel.Likes.Add(hub, stays), Rel.Likes.Add(hub, goes), Rel.Likes.Add(hub, back));
        using var early = new ReadView(space.Store.Rows, ViewKind.Links, space.Latest);
        space.Link(
            Rel.Likes.Remove(hub, new LinkSlot(0, goes, 0)), Rel.Likes.Remove(hub, new LinkSlot(0, back, 0)));
        space.Link(Rel.Likes.Add(hub, back));
        using var late = new ReadView(space.Store.Rows, ViewKind.Links, space.Latest);
        Assert.Equal([stays, goes, back], Members(early, hub, asOf));
        Assert.Equal([stays, goes, back], Members(late, hub, asOf));
        Assert.Equal([stays], Members(late, hub, asOf + 1));
        Assert.Equal([stays, back], Members(late, hub, asOf + 2));
    }

    [Fact]
    public void A_member_added_after_the_commit_is_not_told()
    {
        using var space = new TestSpace();
        var (hub, one, two) = (space.Created(), space.Created(), space.Created());
        var asOf = space.Link(Rel.Likes.Add(hub, one));
        space.Link(Rel.Likes.Add(hub, two));
        using var view = new ReadView(space.Store.Rows, ViewKind.Links, space.Latest);
        Assert.Equal([one], Members(view, hub, asOf));
    }

    [Fact]
    public void A_view_is_not_kept_over_a_commit()
    {
        using var space = new TestSpace();
        using var pool = new ViewPool(space.Store.Rows);
        pool.Renew(1);
        var view = pool.Rent(ViewKind.Node);
        pool.Return(view);
        Assert.Same(view, pool.Rent(ViewKind.Node));
        pool.Return(view);
        pool.Renew(2);
        Assert.True(view.Rows.IsClosed);
        var late = pool.Rent(ViewKind.Node);
        pool.Renew(3);
        pool.Return(late);
        Assert.True(late.Rows.IsClosed);
    }

    private static List<LocalId> Members(ReadView view, LocalId hub, long asOf)
    {
        var group = new byte[RowKeys.LinkGroupSize];
        RowKeys.WriteLinkGroup(group, hub, LinkDirection.Forward, Rel.Likes.Id);
        view.Members.Start(group, shared: default, RowKeys.SlotSize, after: default, asOf);
        var found = new List<LocalId>();
        while (view.Members.MoveNext()) found.Add(RowKeys.ReadSlot(view.Members.Suffix).Other);
        return found;
    }
}
