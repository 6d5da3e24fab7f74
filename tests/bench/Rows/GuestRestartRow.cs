using System.Diagnostics;
using Map.Bench.Client;
using Map.Bench.Guests;
using Map.Bench.Harness;
using Map.Daemon.Hosting;
using Map.Guests.Modules;

namespace Map.Bench.Rows;

/// <summary>What the first call of a dance costs after a start of the daemon, when its module is still to be compiled.</summary>
internal sealed class GuestRestartRow : Row
{
    public override string Name => "restart";

    public override string Summary => "the first call of a dance after a restart of the daemon";

    public override async Task<IReadOnlyList<RowResult>> RunAsync(BenchContext context)
    {
        var data = context.NewPath("data");
        await FillAsync(context, data);
        var rounds = context.Settings.Starts;
        var (first, second) = (new double[rounds], new double[rounds]);
        for (var round = 0; round < rounds; round++)
        {
            context.Progress($"round {round + 1} of {rounds}");
            (first[round], second[round]) = await MeasureAsync(context, data);
        }

        var name = $"first call of a dance after a restart, module of {DanceFiles.Module().Length / 1000} kB";
        return
        [
            RowResult.OfRounds(name, "none", first, new Bar(null, IsMostAllowed: true, "ms")) with
            {
                Figures = [new("second call", Statistics.Quantile(second, 0.5), "ms")],
            },
        ];
    }

    private static async Task FillAsync(BenchContext context, string data)
    {
        await using var server = await context.StartServerAsync(data);
        var sha256 = new ModuleStore(DaemonPaths.Of(data).Guests).Add(DanceFiles.Module());
        var space = await server.Client.CreateSpaceAsync("bench");
        await space.LoadAsync(await server.Client.UploadAsync("dance.json", DanceFiles.Holons(sha256)));
        await space.LoadAsync(await server.Client.UploadAsync("tasks.json", TaskFiles.Tasks(1, isLinked: false)));
    }

    /// <summary>The first and the second call, in milliseconds. The space is open by then, and the task found.</summary>
    private static async Task<(double First, double Second)> MeasureAsync(BenchContext context, string data)
    {
        await using var server = await context.StartServerAsync(data);
        var transaction = await (await server.Client.FindSpaceAsync("bench")).BeginAsync();
        var task = (await server.Client.ExecuteAsync(Requests.GetByKey(transaction, TaskFiles.KeyOf(0))))!.Reference;
        var dance = Requests.Dance(transaction, task, DanceFiles.Dance);
        var start = Stopwatch.GetTimestamp();
        await server.Client.ExecuteAsync(dance);
        var between = Stopwatch.GetTimestamp();
        await server.Client.ExecuteAsync(dance);
        return (Stopwatch.GetElapsedTime(start, between).TotalMilliseconds, Stopwatch.GetElapsedTime(between).TotalMilliseconds);
    }
}
