using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Values;

namespace Map.Storage.Tests;

public sealed class KeyTests
{
    [Fact]
    public void Keys_are_ordered_by_utf8_then_type()
    {
        using var space = new TestSpace();
        var (t1, t2) = (space.Created(), space.Created());
        string[] keys = ["b", "a", "a\u0001", "\uffff", "😀", "ab", "é"];
        foreach (var key in keys) space.Commit(space.Create(key, t2), space.Create(key, t1));
        var found = space.Store.ScanKeys("", null, space.Latest).Select(match => (match.Key, match.Type)).ToList();
        string[] ordered = ["a", "a\u0001", "ab", "b", "é", "\uffff", "😀"];
        Assert.Equal(ordered.SelectMany(key => ((string, LocalId)[])[(key, t1), (key, t2)]), found);
    }

    [Theory]
    [InlineData("a", 4)]
    [InlineData("ab", 3)]
    [InlineData("abc", 1)]
    [InlineData("ab\u00ff", 1)]
    [InlineData("日", 2)]
    [InlineData("日本", 1)]
    [InlineData("😀", 1)]
    [InlineData("\ud83d", 0)]
    [InlineData("a\0", 0)]
    [InlineData("\0", 0)]
    [InlineData("x", 0)]
    [InlineData("", 7)]
    public void A_prefix_finds_the_keys_that_start_with_it(string prefix, int count)
    {
        using var space = new TestSpace();
        foreach (var key in (string[])["a", "ab", "abc", "ab\u00ff", "日", "日本", "😀"]) space.Created(key);
        Assert.Equal(count, space.Store.ScanKeys(prefix, null, space.Latest).Count());
    }

    [Fact]
    public void Exact_lookups_take_no_longer_key_and_no_text_that_is_no_key()
    {
        using var space = new TestSpace();
        var id = space.Created("a");
        space.Created("ab");
        Assert.Equal([new KeyMatch("a", default, id)], space.Store.FindByKey("a", space.Latest));
        foreach (var none in (string[])["", "a\0", "A", "\ud83d", new('x', 2000)])
            Assert.Empty(space.Store.FindByKey(none, space.Latest));
    }

    [Fact]
    public void A_key_of_the_longest_kind_is_kept()
    {
        using var space = new TestSpace();
        var key = new string('k', Names.MaxKeyBytes);
        var id = space.Created(key);
        space.Commit(space.Update(id, "short"));
        space.Commit(space.Update(id, key));
        Assert.Equal(id, space.Store.FindByKey(key, space.Latest).Single().Holon);
        Assert.Empty(space.Store.ScanKeys(key[1..], new KeyMatch(key, default, id), space.Latest));
    }

    [Fact]
    public void A_key_with_many_versions_and_holders_reads_as_of_each()
    {
        using var space = new TestSpace();
        var after = space.Created("z");
        var expected = new List<(long Commit, LocalId? Holder)>();
        for (var i = 0; i < 12; i++)
        {
            var holder = space.Created("k");
            expected.Add((space.Latest, holder));
            expected.Add((i % 2 == 0 ? space.Commit(space.Update(holder)) : space.Commit(space.Delete(holder)), null));
        }

        foreach (var (commit, holder) in expected)
        {
            Assert.Equal(holder, space.Store.FindByKey("k", commit).Select(match => (LocalId?)match.Holon).SingleOrDefault());
            Assert.Equal(after, space.Store.ScanKeys("", null, commit).Last().Holon);
        }
    }

    [Fact]
    public void Paging_continues_after_a_key_that_is_gone_or_before_the_prefix()
    {
        using var space = new TestSpace();
        foreach (var key in (string[])["a1", "a2", "b1"]) space.Created(key);
        IEnumerable<string> After(string key) =>
            space.Store.ScanKeys("a", new KeyMatch(key, default, default), space.Latest).Select(match => match.Key);
        Assert.Equal(["a1", "a2"], After("Z"));
        Assert.Equal(["a2"], After("a11"));
        Assert.Empty(After("a2"));
        Assert.Empty(After("c"));
    }

    [Fact]
    public void A_key_that_is_no_string_is_no_key()
    {
        using var space = new TestSpace();
        var change = space.Create() with { Properties = PropertyMap.Empty.With(Names.Key, new IntegerValue(1)) };
        space.Commit(change);
        Assert.Empty(space.Store.ScanKeys("", null, space.Latest));
    }
}
