using System.Diagnostics;
using Map.Bench.Client;
using Map.Bench.Harness;
using Map.Bench.Server;
using Map.V1;

namespace Map.Bench.Rows;

/// <summary>How many commits of many clients are saved in a second, against as many raw synced writes.</summary>
internal sealed class ClientsRow : Row
{
    private const double Bar = 0.3;
    private const int Clients = 32;
    private const int CommitsEach = 40;

    private int _keys;

    public override string Name => "clients";

    public override string Summary => $"commits of {Clients} clients at once, against raw synced writes of {Clients} threads";

    public override async Task<IReadOnlyList<RowResult>> RunAsync(BenchContext context)
    {
        await using var server = await context.StartServerAsync();
        var space = await server.Client.CreateSpaceAsync("bench");
        var rows = await CommitRow.RowsOfCommitAsync(context, space);
        using var raw = new RawStore(context.NewPath("raw"));
        var spaces = Enumerable.Range(0, Clients)
            .Select(_ => space with { Client = new BenchClient(server.Client.Socket) }).ToArray();
        try
        {
            // Once for nothing: connections, and code that is not compiled yet.
            await CommitAsync(spaces);
            await TransactAsync(spaces);
            var rounds = context.Settings.Starts;
            var (commits, whole, floor) = (new double[rounds], new double[rounds], new double[rounds]);
            for (var round = 0; round < rounds; round++)
            {
                context.Progress($"round {round + 1} of {rounds}");
                if (round % 2 == 0) floor[round] = WriteRaw(raw, rows);
                commits[round] = await CommitAsync(spaces);
                whole[round] = await TransactAsync(spaces);
                if (round % 2 == 1) floor[round] = WriteRaw(raw, rows);
            }

            return
            [
                ToResult($"Commit calls of {Clients} clients", commits, floor),
                ToResult($"begin, stage and commit of {Clients} clients", whole, floor),
            ];
        }
        finally
        {
            foreach (var each in spaces) each.Client.Dispose();
        }
    }

    private static RowResult ToResult(string name, double[] speeds, double[] floor) => RowResult.OfRounds(
        name,
        $"raw synced writes of {Clients} threads",
        [.. speeds.Zip(floor, static (speed, most) => speed / most)],
        new Bar(Bar, IsMostAllowed: false, "x")) with
    {
        Figures = [new(name, Statistics.Quantile(speeds, 0.5), "/s"), new("raw", Statistics.Quantile(floor, 0.5), "/s")],
    };

    /// <summary>Commits of transactions that are begun and staged before the clock starts.</summary>
    private async Task<double> CommitAsync(BenchSpace[] spaces)
    {
        var requests = await Task.WhenAll(spaces.Select(async space =>
        {
            var staged = new List<MapRequest>();
            for (var i = 0; i < CommitsEach; i++) staged.Add(Requests.Commit(await space.StageOneAsync(NextKey())));
            return staged;
        }));
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(spaces.Select((space, i) => Task.Run(async () =>
        {
            foreach (var request in requests[i]) await space.Client.ExecuteAsync(request);
        })));
        return PerSecond(start);
    }

    private async Task<double> TransactAsync(BenchSpace[] spaces)
    {
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(spaces.Select(space => Task.Run(async () =>
        {
            for (var i = 0; i < CommitsEach; i++)
                await space.Client.ExecuteAsync(Requests.Commit(await space.StageOneAsync(NextKey())));
        })));
        return PerSecond(start);
    }

    private static double WriteRaw(RawStore raw, List<StoredRow> rows)
    {
        using var begin = new Barrier(Clients + 1);
        var threads = Enumerable.Range(0, Clients).Select(_ => new Thread(() =>
        {
            begin.SignalAndWait();
            for (var i = 0; i < CommitsEach; i++) raw.Write(rows);
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        begin.SignalAndWait();
        var start = Stopwatch.GetTimestamp();
        foreach (var thread in threads) thread.Join();
        return PerSecond(start);
    }

    private static double PerSecond(long start) => Clients * CommitsEach / Stopwatch.GetElapsedTime(start).TotalSeconds;

    private string NextKey() => TaskFiles.KeyOf(Interlocked.Increment(ref _keys));
}
