using Map.Core.Values;

namespace Map.Core.Tests;

public class NamesTests
{
    [Theory]
    [InlineData("Title", "Title")]
    [InlineData("title", "Title")]
    [InlineData("page_count", "PageCount")]
    [InlineData("page-count of_book", "PageCountOfBook")]
    [InlineData("PageCount", "PageCount")]
    [InlineData("ISBN13", "ISBN13")]
    [InlineData("élan", "Élan")]
    [InlineData("3d_model", "3dModel")]
    public void Raw_names_have_one_canonical_form(string raw, string expected)
    {
        Assert.Equal(expected, Names.Canonicalise(raw));
        Assert.Equal(expected, Names.Canonicalise(expected));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("--")]
    [InlineData("a\0b")]
    public void What_cannot_be_a_name_has_no_canonical_form(string raw) => Assert.Null(Names.Canonicalise(raw));

    [Fact]
    public void A_name_has_a_longest_length()
    {
        Assert.NotNull(Names.Canonicalise(new string('A', Names.MaxLength)));
        Assert.Null(Names.Canonicalise(new string('A', Names.MaxLength + 1)));
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("(A)-[B]->(C) ünï 🜁", true)]
    [InlineData("", false)]
    [InlineData("a\0", false)]
    public void Keys_are_well_formed_text(string key, bool isValid) => Assert.Equal(isValid, Names.IsValidKey(key));

    [Fact]
    public void Half_a_character_is_no_key()
    {
        Assert.False(Names.IsValidKey("\uDC00"));
        Assert.False(Names.IsValidKey("\uD800x"));
    }

    [Fact]
    public void A_key_is_limited_in_bytes()
    {
        Assert.True(Names.IsValidKey(new string('é', Names.MaxKeyBytes / 2)));
        Assert.False(Names.IsValidKey(new string('é', (Names.MaxKeyBytes / 2) + 1)));
    }
}
