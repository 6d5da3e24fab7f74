using Map.Core.Identity;
using Map.Core.Transactions;

namespace Map.Core.Tests;

public class IdentityTests
{
    [Fact]
    public void An_id_reads_what_it_wrote()
    {
        var guid = Guid.CreateVersion7();
        var id = LocalId.Read(guid.ToByteArray(bigEndian: true));
        Span<byte> bytes = stackalloc byte[LocalId.Size];
        id.Write(bytes);
        Assert.Equal(guid, new Guid(bytes, bigEndian: true));
        Assert.Equal(guid.ToString(), id.ToString());
        Assert.False(id.IsOfName);
    }

    [Fact]
    public void The_id_of_a_name_is_a_uuid_of_version_8_and_depends_on_the_name_alone()
    {
        var id = LocalId.OfName("AuthoredBy");
        Assert.True(id.IsOfName);
        Assert.Equal(id, LocalId.OfName("AuthoredBy"));
        Assert.NotEqual(id, LocalId.OfName("AuthorOf"));
        var text = id.ToString();
        Assert.Equal('8', text[14]);
        Assert.Contains(text[19], "89ab");
    }

    [Fact]
    public void Keys_sort_as_their_utf8_bytes_do()
    {
        string[] keys = ["", "A", "AB", "a", "é", "\uFFFD", "🜁", "🜁a", "\uE000", "\uD7FF"];
        foreach (var a in keys)
        {
            foreach (var b in keys)
            {
                var expected = Math.Sign(System.Text.Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(b)));
                Assert.Equal(expected, Math.Sign(KeyEntry.CompareKeys(a, b)));
            }
        }
    }
}
