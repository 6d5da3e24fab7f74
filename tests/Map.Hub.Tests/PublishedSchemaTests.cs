using Map.Core.Loading;
using Map.Fixtures;
using Map.V1;

namespace Map.Hub.Tests;

/// <summary>The schemas that the field publishes load as they are: input that this project did not write.</summary>
public sealed class PublishedSchemaTests : IDisposable
{
    private readonly TestHub _hub = new();

    public void Dispose() => _hub.Dispose();

    [PublishedSchemasFact]
    public void They_load_unmodified_with_every_reference_resolved()
    {
        var space = _hub.NewSpace("published", [], enforces: false);
        foreach (var (files, holons, targets) in Sets())
        {
            var transaction = _hub.Begin(space);
            var result = transaction.Load(files);
            Assert.Equal((holons, targets), (result.Holons, result.Targets));
            Assert.Equal(holons, transaction.StagedCount());
            Assert.Equal((int)holons, transaction.Commit().Saved.Count);
        }

        Assert.Equal((4, 325), (space.Figures.LastCommit, space.Figures.Holons));
    }

    [PublishedSchemasFact]
    public void Inverse_relationships_can_be_read_by_name_staged_and_saved()
    {
        var space = _hub.NewSpace("published", [], enforces: false);
        var transaction = _hub.Begin(space);
        transaction.Load([.. Sets().SelectMany(set => set.Files)]);
        AssertInverses(transaction);
        transaction.Commit();
        AssertInverses(_hub.Begin(space));
        _hub.Restart();
        AssertInverses(_hub.Begin(_hub.Spaces.Get("published")));
    }

    [PublishedSchemasFact]
    public void Four_altered_files_report_four_errors_with_their_places_and_change_nothing()
    {
        var core = Core();
        ImportSource[] altered =
        [
            Alter(core, "root.json", "\"$ref\": \"NoneRule.KeyRuleType\"", "\"$ref\": \"NoSuch.KeyRuleType\""),
            Alter(core, "loader-types.json", "\"key\": \"LinksCreated.PropertyType\"", "\"key\": \"HolonsStaged.PropertyType\""),
            Alter(core, "concrete-value-types.json", "\"holons\": [", "\"holons\": [@"),
            Alter(core, "keyrules.json", "\"DisplayName\": \"Abstract Key Rule Type\"", "\"DisplayName\": null"),
        ];
        var files = core.Select(file => altered.FirstOrDefault(each => each.Name == file.Name) ?? file).ToArray();
        var space = _hub.NewSpace("published", [], enforces: false);
        var transaction = _hub.Begin(space);
        var response = transaction.Send(TestTransaction.LoadCommand(files));

        Assert.False(response.Success);
        AssertPlace(response, ErrorCode.UnresolvedReference, altered[0], "\"NoSuch.KeyRuleType\"");
        AssertPlace(response, ErrorCode.ImportSyntax, altered[2], "@");
        AssertPlace(response, ErrorCode.ImportNullValue, altered[3], "null");
        AssertPlace(response, ErrorCode.ImportDuplicateKey, altered[1], "\"HolonsStaged.PropertyType\"", isLast: true);
        Assert.Equal(4, response.Errors.Count);
        Assert.Equal(0UL, transaction.StagedCount());
        transaction.Send(new MutationCommand { Undo = new UndoCommand() }).Refused(ErrorCode.NothingToUndo);
    }

    private static void AssertInverses(TestTransaction transaction)
    {
        var book = transaction.ByKey("Book.HolonType");
        Assert.Equal(["HolonType.TypeDescriptor"], transaction.Related(book, "Extends"));
        Assert.Contains("Book.HolonType", transaction.Related(transaction.ByKey("HolonType.TypeDescriptor"), "ExtendedBy", 7));
        Assert.Equal(["Book.HolonType"], transaction.Related(transaction.ByKey("Title.PropertyType"), "InstancePropertyFor"));
        Assert.Equal(320, transaction.Related(transaction.ByKey("MAP Core Schema-v0.0.7"), "Components", 50).Count
            + transaction.Related(transaction.ByKey("MAP Dance Schema-v0.1.0"), "Components", 50).Count
            + transaction.Related(transaction.ByKey("MAP Commands Schema-v0.1.0"), "Components", 50).Count
            + transaction.Related(transaction.ByKey("BookAuthorInverseSchema"), "Components").Count);
        Assert.Equal(4, transaction.Related(transaction.ByKey("Schema.HolonType"), "Instances").Count);
        Assert.Equal(["MetaHolonType.MetaTypeDescriptor"], transaction.Related(book, "DescribedBy"));
    }

    private static void AssertPlace(MapResponse response, ErrorCode code, ImportSource file, string text, bool isLast = false)
    {
        var content = System.Text.Encoding.UTF8.GetString(file.Content.Span);
        var at = isLast ? content.LastIndexOf(text, StringComparison.Ordinal) : content.IndexOf(text, StringComparison.Ordinal);
        var before = content[..at];
        var error = response.Errors.First(each => each.Code == code);
        Assert.Equal(
            (file.Name, (uint)before.Count(c => c == '\n') + 1, (uint)(before.Length - before.LastIndexOf('\n'))),
            (error.Details.Place.File, error.Details.Place.Line, error.Details.Place.Column));
    }

    private static ImportSource Alter(ImportSource[] files, string name, string from, string to)
    {
        var text = System.Text.Encoding.UTF8.GetString(files.Single(file => file.Name == name).Content.Span);
        var at = text.IndexOf(from, StringComparison.Ordinal);
        Assert.True(at >= 0, $"{name} no longer has {from}");
        return new ImportSource(name, System.Text.Encoding.UTF8.GetBytes(string.Concat(text.AsSpan(0, at), to, text.AsSpan(at + from.Length))));
    }

    private static ImportSource[] Core() => [.. TestHub.Files(Path.Combine(RepositoryFiles.PublishedSchemas, "core"))];

    private static IEnumerable<(ImportSource[] Files, ulong Holons, ulong Targets)> Sets()
    {
        yield return (Core(), 191, 672);
        yield return (Files("dance", "schema.json"), 83, 301);
        yield return (Files("commands", "schema.json"), 42, 132);
        yield return (Files("test", "book-person-inverse.json"), 9, 33);
    }

    private static ImportSource[] Files(string folder, string file) =>
        [TestHub.File(Path.Combine(RepositoryFiles.PublishedSchemas, folder, file))];
}
