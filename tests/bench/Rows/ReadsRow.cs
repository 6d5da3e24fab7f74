using Map.Bench.Client;
using Map.Bench.Harness;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage;

namespace Map.Bench.Rows;

/// <summary>What the reads cost that queries are made of, in process, without a transaction's view over them.</summary>
internal sealed class ReadsRow : Row
{
    private const double NanosPerMicro = 1_000;

    public override string Name => "reads";

    public override string Summary => "reads of saved holons and links in process, which queries are made of";

    public override async Task<IReadOnlyList<RowResult>> RunAsync(BenchContext context)
    {
        var data = context.NewPath("data");
        SpaceId space;
        await using (var server = await context.StartServerAsync(data))
        {
            var made = await server.Client.CreateSpaceAsync("bench");
            await made.LoadAsync(await server.Client.UploadAsync("tasks.json", TaskFiles.Fans(0, TaskFiles.Web)));
            space = new SpaceId(LocalId.Read(made.Id.Span));
        }

        var options = new StorageOptions { DataDirectory = data };
        return
        [
            .. await MeasureAsync(context, options with { RecentReadsBytes = 0 }, space, reads => reads.All),
            .. await MeasureAsync(context, options, space, reads => reads.Again),
        ];
    }

    private static async Task<IEnumerable<RowResult>> MeasureAsync(
        BenchContext context, StorageOptions options, SpaceId space, Func<Reads, IEnumerable<(string Name, Action Run)>> of)
    {
        using var catalog = SpaceCatalog.Open(options);
        var settings = context.Settings with { Calls = context.Settings.Calls / 10, WarmUpCalls = 200 };
        var probes = of(new Reads(catalog.Open(space))).Select(read => new Probe(read.Name, () =>
        {
            read.Run();
            return Task.CompletedTask;
        }));
        return (await Interleaved.MeasureAsync(context, settings, [.. probes])).Select(PerRead);
    }

    private static RowResult PerRead(Timing timing) => RowResult.OfRounds(
        timing.Name, "none", [.. timing.RoundMedians.Select(micros => micros * NanosPerMicro / TaskFiles.Web)],
        new Bar(null, IsMostAllowed: true, "ns"));

    /// <summary>Reads of all tasks, one after the other in an order as it falls.</summary>
    private sealed class Reads
    {
        private readonly IHolonService _saved;
        private readonly long _asOf;
        private readonly LocalId[] _tasks;
        private readonly LocalId _type;
        private readonly LocalId _relationship;
        private readonly LocalId _absent = LocalId.OfName(TaskFiles.Relationship);

        public Reads(IHolonService saved)
        {
            (_saved, _asOf) = (saved, saved.LatestCommit);
            _type = saved.FindByKey(TaskFiles.TypeKey, _asOf).Single().Holon;
            _tasks = [.. saved.ScanInstances(_type, null, _asOf)];
            new Random(Seed: 1).Shuffle(_tasks);
            _relationship = saved.LinkGroups(_tasks[0], LinkDirection.Forward, _asOf).Single().Relationship;
        }

        public IReadOnlyList<(string Name, Action Run)> All =>
        [
            ("a holon", FindHolons),
            ("10 links of a holon", () => Links(_relationship)),
            ("no links of a holon", () => Links(_absent)),
            ("an instance in a scan", () => Count(_saved.ScanInstances(_type, null, _asOf))),
            ("a holon in a scan of instances", () => Count(Scan(null))),
            ("a holon with one property in a scan of instances", () => Count(Scan(["Effort"]))),
        ];

        /// <summary>What is read time and again.</summary>
        public IReadOnlyList<(string Name, Action Run)> Again =>
        [
            ("a holon read lately", FindHolons),
            ("10 links read lately", () => Links(_relationship)),
            ("no links, read lately", () => Links(_absent)),
        ];

        private IEnumerable<SavedHolon> Scan(string[]? properties) =>
            _saved.FindHolons(_saved.ScanInstances(_type, null, _asOf), properties, _asOf);

        private void FindHolons()
        {
            foreach (var id in _tasks)
                if (_saved.FindHolon(id, _asOf) is null) throw new BenchException("A task is missing.");
        }

        private void Links(LocalId relationship)
        {
            foreach (var id in _tasks) Count(_saved.Links(id, LinkDirection.Forward, relationship, null, _asOf));
        }

        private static int Count<T>(IEnumerable<T> items)
        {
            var count = 0;
            foreach (var item in items) count++;
            return count;
        }
    }
}
