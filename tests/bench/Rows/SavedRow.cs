using Map.Bench.Client;
using Map.Bench.Harness;

namespace Map.Bench.Rows;

/// <summary>Whether saving and finding cost the same however much a space has saved.</summary>
internal sealed class SavedRow : Row
{
    private const double Bar = 1.5;

    public override string Name => "saved";

    public override string Summary => "commit and lookup by key with many saved holons, against few";

    public override async Task<IReadOnlyList<RowResult>> RunAsync(BenchContext context)
    {
        await using var server = await context.StartServerAsync();
        var sizes = context.Settings.SavedSizes;
        var commits = new List<Probe>();
        var lookups = new List<Probe>();
        foreach (var size in sizes)
        {
            context.Progress($"saving {size:N0} holons");
            var space = await server.Client.CreateSpaceAsync($"saved {size}");
            var content = await server.Client.UploadAsync("tasks.json", TaskFiles.Tasks(size, isLinked: true));
            await space.LoadAsync(content);
            commits.Add(await CommitAsync(space, size));
            lookups.Add(await LookupAsync(space, size));
        }

        // Lookups first: they read what was loaded, and commits between them would renew what reads keep.
        var lookupTimes = await Interleaved.MeasureAsync(context, [.. lookups]);
        var commitTimes = await Interleaved.MeasureAsync(context, [.. commits]);
        return
        [
            .. sizes.Select((size, i) => (size, i)).Skip(1).SelectMany(at => new[]
            {
                RowResult.Ratio($"commit at {at.size:N0} saved", commitTimes[at.i], commitTimes[0], Bar),
                RowResult.Ratio($"lookup by key at {at.size:N0} saved", lookupTimes[at.i], lookupTimes[0], Bar),
            }),
        ];
    }

    private static async Task<Probe> CommitAsync(BenchSpace space, int size)
    {
        var commit = Requests.Commit(await space.BeginAsync());
        var keys = size;
        return new Probe($"commit at {size:N0} saved", () => space.Client.ExecuteAsync(commit))
        {
            Prepare = async () => commit.TransactionId = await space.StageOneAsync(TaskFiles.KeyOf(keys++)),
        };
    }

    private static async Task<Probe> LookupAsync(BenchSpace space, int size)
    {
        var transaction = await space.BeginAsync();
        var random = new Random(Seed: 1);
        return new Probe(
            $"lookup by key at {size:N0} saved",
            () => space.Client.ExecuteAsync(Requests.GetByKey(transaction, TaskFiles.KeyOf(random.Next(size)))));
    }
}
