using Map.Bench.Client;
using Map.Bench.Harness;
using Map.V1;

namespace Map.Bench.Rows;

/// <summary>Whether what a type says of its instances is found as fast however many types a space has.</summary>
internal sealed class ContractRow : Row
{
    private const double Bar = 1.5;
    private const int Few = 10;

    public override string Name => "contract";

    public override string Summary => "the properties that types declare, in a space with many types, against few";

    public override async Task<IReadOnlyList<RowResult>> RunAsync(BenchContext context)
    {
        await using var server = await context.StartServerAsync();
        var many = context.Settings.Types;
        var few = await LookUpAsync(context, server.Client, Few);
        var timings = await Interleaved.MeasureAsync(context, few, await LookUpAsync(context, server.Client, many));
        return [RowResult.Ratio($"contract lookup with {many:N0} types", timings[1], timings[0], Bar)];
    }

    /// <summary>Asks by turns for what ten of the types declare.</summary>
    private static async Task<Probe> LookUpAsync(BenchContext context, BenchClient client, int types)
    {
        context.Progress($"saving {types:N0} types");
        var space = await client.CreateSpaceAsync($"types {types}");
        await space.LoadAsync(await client.UploadAsync("types.json", TypeFiles.Types(types)));
        var transaction = await space.BeginAsync();
        var requests = new List<MapRequest>();
        for (var i = 0; i < Few; i++)
        {
            var type = await client.ExecuteAsync(Requests.GetByKey(transaction, TypeFiles.KeyOf(i * (types / Few))));
            var content = TaskFiles.Content(type!.Reference, TaskFiles.KeyOf(i));
            var staged = await client.ExecuteAsync(Requests.Stage(transaction, content));
            requests.Add(Requests.Query(
                transaction,
                new QueryCommand { AvailableProperties = new AvailablePropertiesQuery { Holon = staged!.Reference } }));
        }

        var next = 0;
        return new Probe($"contract lookup with {types:N0} types", () => client.ExecuteAsync(requests[next++ % Few]));
    }
}
