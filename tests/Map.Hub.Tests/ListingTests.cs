using System.Text;
using Map.Hub.Spaces;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests;

/// <summary>GetAll and GetByKey: types and subtypes, prefixes and order, staged over saved.</summary>
public sealed class ListingTests : IDisposable
{
    private static readonly string[] Keys =
    [
        "a", "A", "ab", "a b", "abc", "b", "ä", "äb", "Ärger", "e\u0301", "é", "z", "日本", "日本語", "\uE000", "\uFFFD", "\uFFFF", "😀", "😀x", "𝒜",
    ];

    private readonly TestHub _hub = new();
    private readonly HolonSpaceManager _space;

    public ListingTests() => _space = _hub.NewLibrary();

    public void Dispose() => _hub.Dispose();

    [Fact]
    public void A_type_lists_its_own_holons_and_with_subtypes_those_of_all_that_extend_it_in_order_of_creation()
    {
        var transaction = _hub.Begin(_space);
        (string Type, string Key)[] holons =
            [(TestSchema.Novel, "N1"), (TestSchema.Item, "I1"), (TestSchema.Book, "B1"), (TestSchema.Person, "P1"), (TestSchema.Novel, "N2"), (TestSchema.Item, "I2")];
        foreach (var (type, key) in holons) transaction.StageOf(type, key);
        AssertListings(transaction);
        transaction.Commit();
        transaction = _hub.Begin(_space);
        AssertListings(transaction);

        // Staged ones stand among the saved ones, by their age.
        transaction.StageVersion(transaction.ByKey("N1"));
        transaction.StageVersion(transaction.ByKey("I2"));
        AssertListings(transaction);
        transaction.StageOf(TestSchema.Book, "B2");
        transaction.Delete(transaction.ByKey("I1"));
        Assert.Equal(["N1", "B1", "N2", "I2", "B2"], Items(transaction, 2));

        // A holon moves with its type.
        transaction.Describe(transaction.ByKey("N1"), transaction.ByKey(TestSchema.Person));
        Assert.Equal(["B1", "N2", "I2", "B2"], Items(transaction, 1));
        Assert.Equal(["N1", "P1"], transaction.All(new GetAllQuery { Type = transaction.ByKey(TestSchema.Person) }));

        static void AssertListings(TestTransaction transaction)
        {
            foreach (var size in (uint[])[0, 1, 2, 3])
            {
                Assert.Equal(["I1", "I2"], transaction.All(new GetAllQuery { Type = transaction.ByKey(TestSchema.Item) }, size));
                Assert.Equal(["N1", "N2"], transaction.All(new GetAllQuery { Type = transaction.ByKey(TestSchema.Novel), WithSubtypes = true }, size));
                Assert.Equal(["N1", "B1", "N2"], transaction.All(new GetAllQuery { Type = transaction.ByKey(TestSchema.Book), WithSubtypes = true }, size));
                Assert.Equal(["N1", "I1", "B1", "N2", "I2"], Items(transaction, size));
            }
        }

        static List<string> Items(TestTransaction transaction, uint size) =>
            transaction.All(new GetAllQuery { Type = transaction.ByKey(TestSchema.Item), WithSubtypes = true }, size);
    }

    [Fact]
    public void A_subtype_staged_in_the_transaction_counts_and_one_staged_for_delete_does_not()
    {
        var transaction = _hub.Begin(_space);
        transaction.Load(TestSchema.File(
            "poem.json",
            TestSchema.Holon("Poem.HolonType", "MetaHolonType.MetaTypeDescriptor", new { TypeName = "Poem" }, ("Extends", TestSchema.Novel)),
            TestSchema.Holon("Ode", "Poem.HolonType")));
        Assert.Equal(["Ode"], Books());
        transaction.Delete(transaction.ByKey(TestSchema.Novel));
        Assert.Empty(Books());
        transaction.Undo();
        Assert.Equal(["Ode"], Books());

        List<string> Books() => transaction.All(new GetAllQuery { Type = transaction.ByKey(TestSchema.Book), WithSubtypes = true });
    }

    [Theory]
    [InlineData("saved")]
    [InlineData("staged")]
    [InlineData("both")]
    public void A_prefix_lists_by_key_in_order_of_code_points_in_every_script(string where)
    {
        var transaction = _hub.Begin(_space);
        for (var i = 0; i < Keys.Length; i++)
            if (where != "both" || i % 2 == 0) transaction.StageOf(TestSchema.Book, Keys[i]);
        if (where != "staged") transaction.Commit();
        if (where != "staged") transaction = _hub.Begin(_space);
        for (var i = 1; i < Keys.Length && where == "both"; i += 2) transaction.StageOf(TestSchema.Book, Keys[i]);
        var book = transaction.ByKey(TestSchema.Book);
        foreach (var prefix in (string[])["", "a", "ab", "ä", "Ä", "e", "é", "日", "日本語", "😀", "😀x", "\uE000", "\uFFFF", "zz"])
        {
            var expected = Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal))
                .OrderBy(key => Convert.ToHexString(Encoding.UTF8.GetBytes(key)), StringComparer.Ordinal);
            foreach (var size in (uint[])[0, 1, 3])
                Assert.Equal(expected, transaction.All(new GetAllQuery { Type = book, KeyPrefix = prefix }, size));
        }

        Assert.All(Keys, key => Assert.Equal(key, transaction.Content(transaction.ByKey(key)).Key));
    }

    [Fact]
    public void A_prefix_lists_by_the_keys_in_view_and_leaves_out_keyless_holons()
    {
        var transaction = _hub.Begin(_space);
        foreach (var key in (string[])["x1", "x2", "x3"]) transaction.StageOf(TestSchema.Book, key);
        transaction.StageOf(TestSchema.Book, null);
        transaction.Commit();
        transaction = _hub.Begin(_space);
        transaction.Set(transaction.StageVersion(transaction.ByKey("x1")), "Key", Text("x4"));
        transaction.Remove(transaction.StageVersion(transaction.ByKey("x2")), "Key");
        Assert.Equal(["x3", "x4"], transaction.All(new GetAllQuery { KeyPrefix = "x" }, 1));
        transaction.Send(ByKeyQuery("x1")).Refused(ErrorCode.KeyNotFound);
        transaction.Send(ByKeyQuery("x2")).Refused(ErrorCode.KeyNotFound);
        Assert.Equal(4, transaction.All(new GetAllQuery { Type = transaction.ByKey(TestSchema.Book) }).Count);
        transaction.Commit();
        Assert.Equal(["x3", "x4"], _hub.Begin(_space).All(new GetAllQuery { KeyPrefix = "x" }));
    }

    [Fact]
    public void A_prefix_with_a_type_lists_that_type_and_with_subtypes_those_that_extend_it()
    {
        var transaction = _hub.Begin(_space);
        foreach (var type in (string[])[TestSchema.Book, TestSchema.Novel, TestSchema.Person]) transaction.StageOf(type, "same");
        transaction.StageOf(TestSchema.Novel, "saga");
        var book = transaction.ByKey(TestSchema.Book);
        Assert.Equal(["same"], transaction.All(new GetAllQuery { Type = book, KeyPrefix = "sa" }));
        Assert.Equal(["saga", "same", "same"], transaction.All(new GetAllQuery { Type = book, WithSubtypes = true, KeyPrefix = "sa" }, 1));
        Assert.Equal(["saga", "same", "same", "same"], transaction.All(new GetAllQuery { KeyPrefix = "sa" }, 1));
    }
}
