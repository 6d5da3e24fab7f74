using Google.Protobuf;
using Map.Bench.Client;
using Map.Bench.Harness;
using Map.Bench.V1;

namespace Map.Bench.Rows;

/// <summary>What a query and a mutation cost beside the call that carries them.</summary>
internal sealed class EchoRow : Row
{
    private const double QueryBar = 1.15;
    private const double MutationBar = 1.3;

    public override string Name => "echo";

    public override string Summary => "property query and set property, against an echo of the same size";

    public override async Task<IReadOnlyList<RowResult>> RunAsync(BenchContext context)
    {
        await using var server = await context.StartServerAsync();
        var client = server.Client;
        var space = await client.CreateSpaceAsync("bench");
        var tasks = await client.UploadAsync("tasks.json", TaskFiles.Tasks(BenchSettings.SmallStaged, isLinked: false));
        var transaction = await space.StageAsync(tasks);
        var task = (await client.ListTasksAsync(transaction))[0];
        var query = Requests.PropertyValue(transaction, task, "Title");
        long effort = 0;
        var timings = await Interleaved.MeasureAsync(
            context,
            EchoOf(client, query),
            new Probe("property query", () => client.ExecuteAsync(query)),
            new Probe("set property", () => client.ExecuteAsync(Requests.SetEffort(transaction, task, effort++))));
        return
        [
            RowResult.Ratio("property query", timings[1], timings[0], QueryBar),
            RowResult.Ratio("set property", timings[2], timings[0], MutationBar),
        ];
    }

    /// <summary>An echo as large as a request.</summary>
    public static Probe EchoOf(BenchClient client, IMessage request)
    {
        var message = new EchoMessage { Payload = ByteString.CopyFrom(new byte[request.CalculateSize()]) };
        return new Probe("echo", () => client.EchoAsync(message));
    }
}
