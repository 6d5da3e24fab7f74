using Map.V1;
using static Map.Hub.Tests.TestSchema;

namespace Map.Hub.Tests;

/// <summary>A load of many holons, committed and read back.</summary>
public sealed class LargeLoadTests
{
    private const int Books = 20_000;
    private const int People = 1_000;

    [Fact]
    public void Twenty_thousand_holons_with_links_are_loaded_committed_and_read_back()
    {
        using var hub = new TestHub();
        var space = hub.NewLibrary();
        var people = Enumerable.Range(0, People).Select(i => Holon($"Person {i:D4}", Person));
        var books = Enumerable.Range(0, Books).Select(i => Holon(
            $"Book {i:D5}", i % 2 == 0 ? Book : Novel, new { Title = $"Title {i}", Pages = i },
            (Authors, new[] { $"Person {i * 7 % People:D4}", $"Person {i * 11 % People:D4}" }),
            (Similar, $"Book {(i + 1) % Books:D5}")));
        var transaction = hub.Begin(space);
        var result = transaction.Load(File("people.json", [.. people]), File("books.json", [.. books]));
        Assert.Equal((Books + People, 3 * Books), ((int)result.Holons, (int)result.Targets));
        AssertRead(transaction);
        Assert.Equal(Books + People, transaction.Commit().Saved.Count);
        hub.Restart();
        AssertRead(hub.Begin(hub.Spaces.Get("library")));
    }

    [Fact]
    public void An_ordered_relationship_with_very_many_members_is_loaded_in_order()
    {
        using var hub = new TestHub();
        var space = hub.NewLibrary();
        var names = Enumerable.Range(0, Books).Select(i => $"P{i * 7_919 % Books:D5}").ToArray();
        var transaction = hub.Begin(space);
        transaction.Load(File("a.json", [
            Holon("A", Book, null, (Authors, names), (Credits, names.Concat(names))), .. names.Select(name => Holon(name, Person))]));
        Assert.Equal(names, transaction.Related(transaction.ByKey("A"), Authors, 1_000));
        Assert.Equal(2 * Books, transaction.Related(transaction.ByKey("A"), Credits, 1_000).Count);
        transaction.Commit();
        var after = hub.Begin(space);
        Assert.Equal(names, after.Related(after.ByKey("A"), Authors, 1_000));
        Assert.Equal(["A", "A"], after.Related(after.ByKey("P00001"), CreditedIn));
    }

    [Fact]
    public void Links_given_by_inverse_names_are_loaded_in_order_also_to_one_saved_holon()
    {
        var people = Environment.GetEnvironmentVariable("MAP_TEST_LONG") == "1" ? 100_000 : 5_000;
        using var hub = new TestHub();
        var space = hub.NewLibrary();
        var first = hub.Begin(space);
        first.StageOf(Book, "Saved");
        first.Commit();
        var transaction = hub.Begin(space);
        var names = Enumerable.Range(0, people).Select(i => $"P{i * 7_919 % people:D6}").ToArray();
        var books = Enumerable.Range(0, people).Select(i => Holon($"B{i:D6}", Book));
        var result = transaction.Load(
            File("people.json", [.. names.Select((name, i) => Holon(
                name, Person, null, (AuthorOf, new[] { "Saved", $"B{i:D6}", $"B{(i + 1) % people:D6}" })))]),
            File("books.json", [.. books]));
        Assert.Equal((2UL * (ulong)people, 3UL * (ulong)people, 1UL), (result.Holons, result.Targets, result.Updated));
        transaction.Commit();
        hub.Restart();
        var after = hub.Begin(hub.Spaces.Get("library"));
        Assert.Equal(names, after.Related(after.ByKey("Saved"), Authors, 1_000));
        Assert.Equal([names[6], names[7]], after.Related(after.ByKey("B000007"), Authors));
        Assert.Equal(["B000007", "B000008", "Saved"], after.Related(after.ByKey(names[7]), AuthorOf).Order());
    }

    private static void AssertRead(TestTransaction transaction)
    {
        Assert.Equal(
            Enumerable.Range(0, Books).Select(i => $"Book {i:D5}"),
            transaction.All(new GetAllQuery { Type = transaction.ByKey(Book), WithSubtypes = true }, 1_000));
        Assert.Equal(Books / 2, transaction.All(new GetAllQuery { Type = transaction.ByKey(Novel) }, 1_000).Count);
        for (var i = 0; i < Books; i += 997)
        {
            var book = transaction.ByKey($"Book {i:D5}");
            Assert.Equal(i, transaction.Value(book, "Pages").IntegerValue);
            Assert.Equal(
                ((string[])[$"Person {i * 7 % People:D4}", $"Person {i * 11 % People:D4}"]).Distinct(), transaction.Related(book, Authors));
            Assert.Equal([$"Book {(i + Books - 1) % Books:D5}"], transaction.Related(book, SimilarFrom));
        }

        // Each number of a person is met by both factors, each for one book in a thousand.
        Assert.Equal(2 * Books / People, transaction.Related(transaction.ByKey("Person 0001"), AuthorOf, 7).Count);
    }
}
