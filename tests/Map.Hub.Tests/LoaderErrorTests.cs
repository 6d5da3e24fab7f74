using System.Text;
using Map.Core.Loading;
using Map.Hub.Spaces;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests;

/// <summary>Every error of a load is told with its place, all of them at once, and none leaves a trace.</summary>
public sealed class LoaderErrorTests : IDisposable
{
    private readonly TestHub _hub = new();
    private readonly HolonSpaceManager _space;

    public LoaderErrorTests()
    {
        _space = _hub.NewSpace("library", [TestSchema.Alone]);
        var transaction = _hub.Begin(_space);
        transaction.StageOf(TestSchema.Book, "One");
        transaction.StageOf(TestSchema.Book, "Twin");
        transaction.StageOf(TestSchema.Person, "Twin");
        transaction.Commit();
    }

    /// <summary>Holons with one error, with a caret before the place that is told for it.</summary>
    public static TheoryData<ErrorCode, string> Errors => new()
    {
        { ErrorCode.ImportSyntax, "^@" },
        { ErrorCode.ImportSyntax, "{'type': 'Book.HolonType',\n 'properties': {'Title': ^'\\ud800'}}" },
        { ErrorCode.ImportFormat, "^5" },
        { ErrorCode.ImportFormat, "{'type': 'Book.HolonType', 'properties': {},\n ^'colour': 1}" },
        { ErrorCode.ImportFormat, "^{'properties': {}}" },
        { ErrorCode.ImportFormat, "^{'type': 'Book.HolonType'}" },
        { ErrorCode.ImportFormat, "{'type': ^5, 'properties': {}, 'key': 'x'}" },
        { ErrorCode.ImportFormat, "{'type': 'Book.HolonType', 'key': ^5, 'properties': {}}" },
        { ErrorCode.ImportFormat, "{'type': 'Book.HolonType', 'key': ^'a', 'properties': {'Key': 'b'}}" },
        { ErrorCode.ImportFormat, "{'type': 'Book.HolonType', 'properties': ^[]}" },
        { ErrorCode.ImportFormat, "{'type': 'Book.HolonType', 'properties': {'Title': 'a', ^'title': 'b'}}" },
        { ErrorCode.ImportFormat, "{'type': 'Book.HolonType', 'properties': {'Title': ^{'a': 1}}}" },
        { ErrorCode.ImportFormat, "{'type': 'Book.HolonType', 'properties': {'List': [^[1]]}}" },
        { ErrorCode.ImportFormat, Links("^5") },
        { ErrorCode.ImportFormat, Links("^{'name': 'Similar'}") },
        { ErrorCode.ImportFormat, Links("^{'target': 'One'}") },
        { ErrorCode.ImportFormat, Links("{'name': 'Similar', 'target': 'One', ^'order': 1}") },
        { ErrorCode.ImportFormat, Target("^5") },
        { ErrorCode.ImportFormat, Target("{'$ref': 'One', ^'type': 'Book.HolonType'}") },
        { ErrorCode.ImportFormat, Target("^{'id': '01'}") },
        { ErrorCode.ImportFormat, "{'$id': ^1, 'type': 'Book.HolonType', 'properties': {}}" },
        { ErrorCode.ImportFormat, "{'$id': ^'', 'type': 'Book.HolonType', 'properties': {}}" },
        { ErrorCode.ImportFormat, "{'$id': ^'@a', 'type': 'Book.HolonType', 'properties': {}}" },
        { ErrorCode.ImportFormat, "{'type': {'$ref': 'Book.HolonType', ^'x': 1}, 'properties': {}}" },
        { ErrorCode.ImportFormat, Value("^{}") },
        { ErrorCode.ImportFormat, Value("^{'$long': '1'}") },
        { ErrorCode.ImportFormat, Value("{'$double': 1, ^'$enum': {'a': [1]}, 'b': 2}") },
        { ErrorCode.ImportFormat, Value("[{'$double': 1}, ^[1]]") },
        { ErrorCode.ValueKindMismatch, Value("{'$double': ^'one'}") },
        { ErrorCode.ValueKindMismatch, Value("{'$double': ^'0x'}") },
        { ErrorCode.ValueKindMismatch, Value("{'$double': ^1e999}") },
        { ErrorCode.ValueKindMismatch, Value("{'$double': ^[1]}") },
        { ErrorCode.ValueKindMismatch, Value("{'$enum': ^1}") },
        { ErrorCode.ValueKindMismatch, Value("{'$bytes': ^'?'}") },
        { ErrorCode.ValueKindMismatch, Value("{'$timestamp': ^'yesterday'}") },
        { ErrorCode.ValueKindMismatch, Value("{'$timestamp': ^1.5}") },
        { ErrorCode.ValueKindMismatch, Value("^[{'$double': 1}, {'$enum': 'a'}]") },
        { ErrorCode.ImportDuplicateLabel, "{'$id': 'a', 'type': 'Book.HolonType', 'properties': {}}, {'$id': ^'a', 'type': 'Book.HolonType', 'properties': {}}" },
        { ErrorCode.UnresolvedReference, "{'$id': 'a', 'type': 'Book.HolonType', 'properties': {}}, " + Target("^'a'") },
        { ErrorCode.ImportNullValue, "{'type': 'Book.HolonType', 'properties': {'Title': ^null}}" },
        { ErrorCode.ImportNullValue, "{'type': 'Book.HolonType', 'properties': {'List': [1, ^null]}}" },
        { ErrorCode.InvalidName, "{'type': 'Book.HolonType', 'properties': {^'--': 1}}" },
        { ErrorCode.InvalidName, "{'type': 'Book.HolonType', 'key': ^'', 'properties': {}}" },
        { ErrorCode.InvalidName, "{'type': 'Book.HolonType', 'properties': {'Key': ^''}}" },
        { ErrorCode.InvalidName, "{'type': ^'', 'properties': {}}" },
        { ErrorCode.InvalidName, Links("{'name': ^'', 'target': 'One'}") },
        { ErrorCode.InvalidName, Target("^'#'") },
        { ErrorCode.ValueKindMismatch, "{'type': 'Book.HolonType', 'properties': {'List': ^[1, 'a']}}" },
        { ErrorCode.ValueKindMismatch, "{'type': 'Book.HolonType', 'properties': {'Key': ^5}}" },
        { ErrorCode.ValueOutOfRange, "{'type': 'Book.HolonType', 'properties': {'Pages': ^9223372036854775808}}" },
        { ErrorCode.ValueOutOfRange, "{'type': 'Book.HolonType', 'properties': {'Pages': ^1e999}}" },
        { ErrorCode.UnresolvedReference, "{'type': ^'Absent', 'properties': {}}" },
        { ErrorCode.UnresolvedReference, Target("^'Absent'") },
        { ErrorCode.UnresolvedReference, Target("['One',\n  ^'Absent']") },
        { ErrorCode.UnresolvedReference, Target("{'$ref': ^'Absent'}") },
        { ErrorCode.UnresolvedReference, Target("^'id:01890000-0000-7000-8000-000000000000'") },
        { ErrorCode.UnresolvedReference, Target("^{'space': 'SPACE', 'id': '01890000-0000-7000-8000-000000000000'}") },
        { ErrorCode.UnresolvedReference, Target("^{'space': 'SPACE', 'id': 'none'}") },
        { ErrorCode.OtherSpace, Target("^{'space': '01890000-0000-7000-8000-000000000000', 'id': '01890000-0000-7000-8000-000000000000'}") },
        { ErrorCode.OtherSpace, Target("^'@elsewhere:One'") },
        { ErrorCode.OtherSpace, Target("^'ext:One'") },
        { ErrorCode.AmbiguousReference, Target("^'Twin'") },
        { ErrorCode.AmbiguousReference, Target("^'x'") + ", " + Plain("x", "Book") + ", " + Plain("x", "Person") },
        { ErrorCode.ImportDuplicateKey, Plain("x", "Book") + ", {'type': 'Book.HolonType', 'key': ^'x', 'properties': {}}" },
        { ErrorCode.ImportDuplicateKey, Plain("x", "Book") + ", ^{'type': 'Book.HolonType', 'properties': {'Key': 'x'}}" },
        { ErrorCode.ImportDuplicateKey, "{'type': 'Book.HolonType', 'key': ^'One', 'properties': {}}" },
        { ErrorCode.RelationshipNotWritable, Links("{'name': ^'DescribedBy', 'target': 'One'}") },
        { ErrorCode.RelationshipNotWritable, Links("{'name': ^'owned_by', 'target': 'One'}") },
        { ErrorCode.ImportInverseMismatch, Links("{'name': 'SimilarFrom', 'target': ['One', ^'Type']}") },
        { ErrorCode.ImportInverseMismatch, Plain("x", "Person") + ", {'type': 'Person.HolonType', 'properties': {}, "
            + "'relationships': [{'name': 'AuthorOf', 'target': {'$ref': ^'x'}}]}" },
    };

    public void Dispose() => _hub.Dispose();

    [Theory]
    [MemberData(nameof(Errors))]
    public void An_error_is_told_with_its_place_and_nothing_is_loaded(ErrorCode code, string holons)
    {
        var (file, place) = Marked("wrong.json", "{'holons': [\n  " + holons + "\n]}");
        var transaction = _hub.Begin(_space);
        var before = transaction.Full();
        var response = transaction.Send(LoadCommand(Fine, file));
        response.Refused(code);
        Assert.Equal(place, Assert.Single(response.Errors).Details.Place);
        Assert.Equal(before, transaction.Full());
    }

    [Theory]
    [InlineData(ErrorCode.ImportSyntax, "^")]
    [InlineData(ErrorCode.ImportSyntax, "{'holons': []^")]
    [InlineData(ErrorCode.ImportSyntax, "{'holons': []} ^x")]
    [InlineData(ErrorCode.ImportFormat, "^[]")]
    [InlineData(ErrorCode.ImportFormat, "^{}")]
    [InlineData(ErrorCode.ImportFormat, "{'holons': ^{}}")]
    [InlineData(ErrorCode.ImportFormat, "{'holons': [], ^'Holons': []}")]
    public void A_file_that_is_none_is_told_with_the_place(ErrorCode code, string text)
    {
        var (file, place) = Marked("wrong.json", text);
        var response = _hub.Begin(_space).Send(LoadCommand(Fine, file));
        response.Refused(code);
        Assert.Equal(place, Assert.Single(response.Errors).Details.Place);
    }

    [Fact]
    public void All_errors_of_all_files_and_of_all_kinds_are_told_at_once()
    {
        (ErrorCode Code, string Holons)[] wrong =
        [
            (ErrorCode.ImportFormat, "{'type': 'Book.HolonType', 'properties': {}, ^'colour': 1}"),
            (ErrorCode.ImportNullValue, "{'type': 'Book.HolonType', 'properties': {'Title': ^null}}"),
            (ErrorCode.ImportDuplicateKey, "{'type': 'Book.HolonType', 'key': ^'One', 'properties': {}}"),
            (ErrorCode.UnresolvedReference, Target("^'Absent'")),
            (ErrorCode.AmbiguousReference, Target("^'Twin'")),
            (ErrorCode.OtherSpace, Target("^'@elsewhere:One'")),
            (ErrorCode.RelationshipNotWritable, Links("{'name': ^'OwnedBy', 'target': 'One'}")),
            (ErrorCode.ImportInverseMismatch, Links("{'name': 'SimilarFrom', 'target': ^'Type'}")),
            (ErrorCode.ImportSyntax, "^@"),
        ];
        var files = wrong.Select((each, i) => Marked($"{i}.json", "{'holons': [" + each.Holons + "]}")).ToList();
        var errors = _hub.Begin(_space).Send(LoadCommand([Fine, .. files.Select(file => file.Source)])).Errors;
        Assert.Equal(
            wrong.Zip(files, (each, file) => (each.Code, file.Place)).OrderBy(each => each.Place.File),
            errors.Select(error => (error.Code, error.Details.Place)).OrderBy(each => each.Place.File));
    }

    [Fact]
    public void Several_errors_of_one_file_are_told_in_order()
    {
        var (file, _) = Marked("wrong.json", """
            {'holons': [
              {'type': 'Book.HolonType', 'properties': {'A': null, 'B': null}},
              {'type': 'Book.HolonType'},
              {'type': 'Book.HolonType', 'properties': {'C': {}}}
            ]}
            """);
        var errors = _hub.Begin(_space).Send(LoadCommand(file)).Errors;
        Assert.Equal([2U, 2U, 3U, 4U], errors.Select(error => error.Details.Place.Line));
        Assert.Equal(["A", "B", "properties", "C"], errors.Select(error => error.Field));
    }

    [Fact]
    public void What_stands_in_a_broken_file_is_not_told_as_missing_in_the_others()
    {
        var (broken, place) = Marked("broken.json", "{'holons': [" + Plain("Before", "Book") + ", ^@, {'key': 'After', 'type': 'Book.HolonType'}]}");
        var (file, _) = Marked("file.json", "{'holons': [" + Target("['Before', 'After']") + "]}");
        var response = _hub.Begin(_space).Send(LoadCommand(broken, file));
        response.Refused(ErrorCode.ImportSyntax);
        Assert.Equal(place, Assert.Single(response.Errors).Details.Place);
    }

    [Fact]
    public void Beyond_a_number_of_errors_the_rest_is_counted()
    {
        const int most = Core.Errors.ErrorLists.MaxListed;
        var (file, _) = Marked("wrong.json", "{'holons': [" + string.Join(", ", Enumerable.Repeat(Target("'Absent'"), most + 7)) + "]}");
        var errors = _hub.Begin(_space).Send(LoadCommand(file)).Errors;
        Assert.Equal(most + 1, errors.Count);
        Assert.All(errors.Take(most), error => Assert.NotNull(error.Details.Place));
        Assert.Equal((ErrorCode.MoreErrors, (ulong)most), (errors[most].Code, errors[most].Details.Limit));
        Assert.StartsWith("7 more", errors[most].Message, StringComparison.Ordinal);
    }

    private static ImportSource Fine => TestSchema.File("fine.json", TestSchema.Holon("Fine", TestSchema.Book));

    private static string Plain(string key, string type) => $"{{'type': '{type}.HolonType', 'key': '{key}', 'properties': {{}}}}";

    private static string Value(string value) => "{'type': 'Book.HolonType', 'properties': {'Value': " + value + "}}";

    private static string Links(string relationship) =>
        "{'type': 'Book.HolonType', 'properties': {}, 'relationships': [" + relationship + "]}";

    private static string Target(string target) => Links("{'name': 'Similar', 'target': " + target + "}");

    /// <summary>A file written with single quotes, and the place of the caret in it.</summary>
    private (ImportSource Source, SourcePlace Place) Marked(string name, string text)
    {
        text = text.Replace('\'', '"').Replace("SPACE", _space.Space.Id.ToString(), StringComparison.Ordinal);
        var before = text[..Math.Max(text.IndexOf('^'), 0)];
        var line = before.Count(c => c == '\n') + 1;
        var column = before.Length - before.LastIndexOf('\n');
        var source = new ImportSource(name, Encoding.UTF8.GetBytes(text.Replace("^", "", StringComparison.Ordinal)));
        return (source, new SourcePlace { File = name, Line = (uint)line, Column = (uint)column });
    }
}
