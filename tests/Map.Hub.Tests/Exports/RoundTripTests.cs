using Map.Core.Loading;
using Map.Fixtures;
using Map.Hub.Spaces;

namespace Map.Hub.Tests.Exports;

/// <summary>Loading an export makes the same graph, of which an export has the same bytes.</summary>
public sealed class RoundTripTests : IDisposable
{
    private readonly TestHub _hub = new(GeneratedGraph.Options);

    public void Dispose() => _hub.Dispose();

    [Fact]
    public void The_sample_library_staged_and_saved()
    {
        var space = _hub.NewSpace("samples");
        var transaction = _hub.Begin(space);
        var loaded = transaction.Load([.. TestHub.Files(RepositoryFiles.Library)]);
        var staged = ExportedFile.Of(_hub, transaction);
        Assert.Equal((loaded.Holons, loaded.Targets, 0UL), (staged.Summary.Holons, staged.Summary.Links, staged.Summary.OutsideLinks));
        transaction.Commit();
        var saved = AssertRoundTrip(space, _hub.NewSpace("copy"));
        Assert.Equal(staged.Text, saved.Text);
    }

    [PublishedSchemasFact]
    public void The_published_schemas()
    {
        var space = _hub.NewSpace("published", [], enforces: false);
        var transaction = _hub.Begin(space);
        transaction.Load([.. new[] { "core", "dance", "commands", "test" }
            .SelectMany(folder => TestHub.Files(Path.Combine(RepositoryFiles.PublishedSchemas, folder)))]);
        transaction.Commit();
        Assert.Equal(325UL, AssertRoundTrip(space, _hub.NewSpace("copy", [], enforces: false)).Summary.Holons);
    }

    [Fact]
    public void The_core_schema_into_a_space_without_one()
    {
        var space = _hub.NewSpace("made with types of its own", [.. TestHub.Files(RepositoryFiles.CoreSchema), TestSchema.OverCore]);
        AssertRoundTrip(space, _hub.NewSpace("copy", []));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_generated_graph_of_everything_that_there_is(int seed)
    {
        AssertRoundTrip(NewSpaceOf(new GeneratedGraph(seed, 400)), _hub.NewSpace("copy", []));
    }

    [Fact]
    public void Many_holons()
    {
        var count = Environment.GetEnvironmentVariable("MAP_TEST_LONG") == "1" ? 100_000 : 5_000;
        var export = AssertRoundTrip(NewSpaceOf(new GeneratedGraph(7, count)), _hub.NewSpace("copy", []));
        Assert.InRange((int)export.Summary.Holons, count, int.MaxValue);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_same_graph_made_in_another_order_has_the_same_bytes(int seed)
    {
        var graph = new GeneratedGraph(seed, 200);
        var export = ExportedFile.Of(_hub, NewSpaceOf(graph));
        Assert.Equal(export.Text, ExportedFile.Of(_hub, NewSpaceOf(graph, new Random(seed))).Text);
    }

    private HolonSpaceManager NewSpaceOf(GeneratedGraph graph, Random? order = null)
    {
        ImportSource[] schema = [.. TestHub.Files(RepositoryFiles.CoreSchema), TestSchema.OverCore, GeneratedGraph.Types];
        var space = _hub.NewSpace(order is null ? "graph" : "graph in another order", schema);
        graph.Make(_hub, space, order);
        return space;
    }

    private ExportedFile AssertRoundTrip(HolonSpaceManager space, HolonSpaceManager copy)
    {
        var export = ExportedFile.Of(_hub, space);
        export.LoadInto(_hub, copy);
        Assert.Equal(GraphDump.Of(_hub.Begin(space)), GraphDump.Of(_hub.Begin(copy)));
        Assert.Equal(export.Text, ExportedFile.Of(_hub, copy).Text);
        return export;
    }
}
