using Map.Bench.Client;
using Map.Bench.Harness;
using Map.Bench.Server;
using Map.Core.Identity;
using Map.Core.References;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Traversing;
using Map.Core.Types;
using Map.Core.Views;
using Map.Storage;
using MapRequest = Map.V1.MapRequest;

namespace Map.Bench.Rows;

/// <summary>What queries over many hops cost, and whether that is the same beside much that they do not ask for.</summary>
internal sealed class TraverseRow : Row
{
    private const double Flat = 1.5;
    private const double BarMicros = 410;
    private const double MicrosPerMilli = 1_000;
    private const int Times = 10;

    /// <summary>What three hops over as many links take elsewhere, measured once, of Node clients, in milliseconds.</summary>
    private static readonly (string Name, double Millis)[] Elsewhere =
        [("Redis 7", 0.41), ("PostgreSQL 15", 0.43), ("SQLite", 0.62), ("etcd 3.4", 3.5), ("SurrealDB 3", 7.6), ("Kuzu 0.11", 20.9)];

    public override string Name => "traverse";

    public override string Summary => "three hops, a filtered scan and the first ten in an order, also beside ten times as much";

    public override async Task<IReadOnlyList<RowResult>> RunAsync(BenchContext context)
    {
        var data = context.NewPath("data");
        var results = new List<RowResult>();
        BenchSpace hops;
        await using (var server = await context.StartServerAsync(data))
        {
            hops = await WebAsync(context, server, 0);
            results.AddRange(await HopsAsync(context, hops, await WebAsync(context, server, Times * TaskFiles.Web)));
            results.AddRange(await ScansAsync(context, server));
        }

        results.Insert(1, await InProcessAsync(context, data, hops));
        return results;
    }

    private static async Task<IReadOnlyList<RowResult>> HopsAsync(BenchContext context, BenchSpace few, BenchSpace many)
    {
        var request = await Traversals.ThreeHopsAsync(few);
        var times = await Interleaved.MeasureAsync(
            context,
            EchoRow.EchoOf(few.Client, request),
            Of(few, "three hops", request, TaskFiles.Web),
            Of(many, "three hops beside unrelated", await Traversals.ThreeHopsAsync(many), TaskFiles.Web));
        var hops = RowResult.OfRounds(
            $"three hops over {TaskFiles.Web:N0} holons of {TaskFiles.FanOut} links", "elsewhere", times[1].RoundMedians,
            new Bar(BarMicros, IsMostAllowed: true, "us"));
        return
        [
            hops with
            {
                Figures =
                [
                    new("echo", times[0].Median, "us"),
                    .. Elsewhere.Select(other => new Figure(other.Name, other.Millis * MicrosPerMilli, "us")),
                ],
            },
            RowResult.Ratio($"the same beside {Times * TaskFiles.Web:N0} unrelated", times[2], times[1], Flat),
        ];
    }

    private static async Task<IReadOnlyList<RowResult>> ScansAsync(BenchContext context, ServerProcess server)
    {
        var count = context.Settings.LoadHolons;
        var (few, many) = (await ListAsync(context, server, count, 0), await ListAsync(context, server, count, Times * count));
        var (fewBegun, manyBegun) = (await few.BeginAsync(), await many.BeginAsync());
        var (filtered, ordered) = ($"filtered scan over {count:N0}", $"first 10 in order of {count:N0}");
        var settings = context.Settings with { Rounds = context.Settings.Starts, Calls = 20, WarmUpCalls = 20 };
        var times = await Interleaved.MeasureAsync(
            context,
            settings,
            Of(few, filtered, Traversals.Filtered(fewBegun), (uint)count / 100),
            Of(many, $"{filtered} beside unrelated", Traversals.Filtered(manyBegun), (uint)count / 100),
            Of(few, ordered, Traversals.Ordered(fewBegun), 10),
            Of(many, $"{ordered} beside unrelated", Traversals.Ordered(manyBegun), 10));
        return
        [
            Figure(times[0]),
            RowResult.Ratio($"the same beside {Times * count:N0} unrelated", times[1], times[0], Flat),
            Figure(times[2]),
            RowResult.Ratio($"the same beside {Times * count:N0} unrelated", times[3], times[2], Flat),
        ];
    }

    /// <summary>The three hops without the way to the daemon.</summary>
    private static async Task<RowResult> InProcessAsync(BenchContext context, string data, BenchSpace space)
    {
        using var catalog = SpaceCatalog.Open(new StorageOptions { DataDirectory = data });
        var store = catalog.Open(new SpaceId(LocalId.Read(space.Id.Span)));
        var state = new TransactionState
        {
            Transaction = new TransactionId(store.Space, new LocalId(1)),
            Snapshot = store.LatestCommit,
            SchemaEpoch = store.SchemaEpoch(store.LatestCommit),
        };
        var contracts = new ContractCache();
        var traversal = new Traversal(
            [new KeySeed(TaskFiles.KeyOf(0), null)], [new ExpandStep([TaskFiles.Relationship], Traversals.Hops, Traversals.Hops)])
        { IsDistinct = true };
        var times = await Interleaved.MeasureAsync(context, new Probe("three hops in process", () =>
        {
            var view = new TransactionView(state, store, contracts);
            var page = PreparedTraversal.Of(view, traversal, new TraversalLimits()).Page(null, TaskFiles.Web);
            return page.Rows.Count == TaskFiles.Web ? Task.CompletedTask : throw new BenchException($"It found {page.Rows.Count} holons.");
        }));
        return Figure(times[0]);
    }

    private static RowResult Figure(Timing timing) => RowResult.OfRounds(
        timing.Name, "none", timing.RoundMedians, new Bar(null, IsMostAllowed: true, "us"));

    private static Probe Of(BenchSpace space, string name, MapRequest request, uint rows) => new(name, async () =>
    {
        var found = (await space.Client.ExecuteAsync(request))!.Traverse;
        if (found.Rows.Count != rows) throw new BenchException($"{name} found {found.Rows.Count} holons.");
    });

    /// <summary>A space with tasks in a web, and maybe as many others in a web of their own.</summary>
    private static async Task<BenchSpace> WebAsync(BenchContext context, ServerProcess server, int others)
    {
        context.Progress("saving a web of tasks");
        var space = await server.Client.CreateSpaceAsync($"web beside {others}");
        await space.LoadAsync(await server.Client.UploadAsync("tasks.json", TaskFiles.Fans(0, TaskFiles.Web)));
        if (others > 0) await space.LoadAsync(await server.Client.UploadAsync("others.json", TaskFiles.Fans(TaskFiles.Web, others)));
        return space;
    }

    /// <summary>A space with tasks, and maybe holons of another type.</summary>
    private static async Task<BenchSpace> ListAsync(BenchContext context, ServerProcess server, int count, int others)
    {
        var space = await server.Client.CreateSpaceAsync($"list beside {others}");
        await space.LoadAsync(await server.Client.UploadAsync("types.json", TypeFiles.Types(1)));
        await space.LoadAsync(await server.Client.UploadAsync("tasks.json", TaskFiles.Tasks(count, isLinked: false)));
        for (var saved = 0; saved < others; saved += count)
        {
            context.Progress($"saving {others:N0} unrelated holons");
            var content = TaskFiles.Others(TypeFiles.KeyOf(0), count + saved, count);
            await space.LoadAsync(await server.Client.UploadAsync("others.json", content));
        }

        return space;
    }
}
