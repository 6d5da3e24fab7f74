using System.Diagnostics;
using Map.Bench.Client;
using Map.Bench.Guests;
using Map.Bench.Harness;
using Map.Bench.Server;
using Map.Daemon.Hosting;
using Map.Guests.Modules;

namespace Map.Bench.Rows;

/// <summary>What others feel of clients that run hostile dances without pause, and whether memory comes back afterwards.</summary>
internal sealed class AttackRow : Row
{
    private const int Tasks = 1_000;
    private const int MaxRounds = 5;
    private const int QueriesInTurn = 10;
    private const double MiB = 1 << 20;
    private const double Settled = 1.1;
    private static readonly TimeSpan MaxSettling = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SettlingStep = TimeSpan.FromMilliseconds(100);

    private int _keys = Tasks;
    private double _mostResident;

    public override string Name => "attack";

    public override string Summary => $"calls of others while {AttackFiles.Attacks.Count} clients run hostile dances";

    public override async Task<IReadOnlyList<RowResult>> RunAsync(BenchContext context)
    {
        var data = context.NewPath("data");
        await using var server = await context.StartServerAsync(data);
        var space = await FillAsync(server, data);
        using var attackers = await Attackers.ConnectAsync(space);

        // Once for nothing, so that modules and code are compiled, and what is made once is not counted.
        await MeasureAsync(context, server, space);
        await attackers.WhileAttackingAsync(() => MeasureAsync(context, server, space));
        await server.Client.MeasureHeapAsync();

        await MeasureAsync(context, server, space);
        var before = server.ResidentBytes;
        var heapBefore = await server.Client.MeasureHeapAsync();
        _mostResident = 0;
        var rounds = Math.Min(context.Settings.Starts, MaxRounds);
        var (quiet, attacked) = (new Calls[rounds], new Calls[rounds]);
        for (var round = 0; round < rounds; round++)
        {
            context.Progress($"round {round + 1} of {rounds}");
            quiet[round] = await MeasureAsync(context, server, space);
            attacked[round] = await attackers.WhileAttackingAsync(() => MeasureAsync(context, server, space));
        }

        var settling = await SettleAsync(server, before);
        var idle = server.ResidentBytes;
        await MeasureAsync(context, server, space);
        var after = server.ResidentBytes;
        var heapAfter = await server.Client.MeasureHeapAsync();
        return
        [
            Ratio("query", 0.5, calls => calls.Queries, attacked, quiet),
            Ratio("query", 0.99, calls => calls.Queries, attacked, quiet),
            Ratio("commit", 0.5, calls => calls.Commits, attacked, quiet),
            Ratio("commit", 0.99, calls => calls.Commits, attacked, quiet),
            Memory("resident memory kept after the attack", before, after) with
            {
                Figures =
                [
                    new("before", before / MiB, "MiB"), new("at most during it", _mostResident / MiB, "MiB"),
                    new($"after {settling.TotalSeconds:0.0} s without calls", idle / MiB, "MiB"), new("after further calls", after / MiB, "MiB"),
                    .. attackers.Ended.Select(static each => new Figure($"{each.Dance} ended", each.Ended, "")),
                ],
            },
            Memory("managed heap kept after the attack", heapBefore.HeapBytes, heapAfter.HeapBytes) with
            {
                Figures =
                [
                    new("before", heapBefore.HeapBytes / MiB, "MiB"), new("after", heapAfter.HeapBytes / MiB, "MiB"),
                    new("resident then, before", heapBefore.ResidentBytes / MiB, "MiB"),
                    new("after", heapAfter.ResidentBytes / MiB, "MiB"),
                ],
            },
        ];
    }

    private static async Task<BenchSpace> FillAsync(ServerProcess server, string data)
    {
        var sha256 = new ModuleStore(DaemonPaths.Of(data).Guests).Add(AttackFiles.Module());
        var space = await server.Client.CreateSpaceAsync("bench");
        await space.LoadAsync(await server.Client.UploadAsync("attacks.json", AttackFiles.Holons(sha256)));
        await space.LoadAsync(await server.Client.UploadAsync("tasks.json", TaskFiles.Tasks(Tasks, isLinked: true)));
        return space;
    }

    /// <summary>Queries and commits, by turns, as many as there is time for.</summary>
    private async Task<Calls> MeasureAsync(BenchContext context, ServerProcess server, BenchSpace space)
    {
        var calls = new Calls([], []);
        var transaction = await space.BeginAsync();
        var time = TimeSpan.FromMilliseconds(context.Settings.Rounds > 10 ? 5_000 : 500);
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < time;)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            for (var i = 0; i < QueriesInTurn; i++)
            {
                var query = Requests.GetByKey(transaction, TaskFiles.KeyOf(calls.Queries.Count % Tasks));
                calls.Queries.Add(await TimeAsync(() => space.Client.ExecuteAsync(query)));
            }

            var commit = Requests.Commit(await space.StageOneAsync(TaskFiles.KeyOf(_keys++)));
            calls.Commits.Add(await TimeAsync(() => space.Client.ExecuteAsync(commit)));
            _mostResident = Math.Max(_mostResident, server.ResidentBytes);
        }

        await space.Client.ExecuteAsync(Requests.Rollback(transaction));
        return calls;
    }

    private static async Task<double> TimeAsync(Func<Task> call)
    {
        var start = Stopwatch.GetTimestamp();
        await call();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }

    /// <summary>Waits until memory is about what it was, or long enough.</summary>
    private static async Task<TimeSpan> SettleAsync(ServerProcess server, double before)
    {
        var start = Stopwatch.GetTimestamp();
        while (server.ResidentBytes > before * Settled && Stopwatch.GetElapsedTime(start) < MaxSettling) await Task.Delay(SettlingStep);
        return Stopwatch.GetElapsedTime(start);
    }

    private static RowResult Ratio(string name, double quantile, Func<Calls, List<double>> calls, Calls[] attacked, Calls[] quiet)
    {
        double[] Of(Calls[] rounds, double quantile) => [.. rounds.Select(round => Statistics.Quantile(calls(round), quantile))];
        var (under, without) = (Of(attacked, quantile), Of(quiet, quantile));
        return RowResult.OfRounds(
            $"{name} during an attack, {quantile:0%}",
            "the same without",
            [.. under.Zip(without, static (a, b) => a / b)],
            new Bar(null, IsMostAllowed: true, "x")) with
        {
            Figures =
            [
                new("during it", Statistics.Quantile(under, 0.5), "us"), new("without", Statistics.Quantile(without, 0.5), "us"),
                new("longest during it", Of(attacked, 1).Max(), "us"), new("longest without", Of(quiet, 1).Max(), "us"),
                new("calls during it", attacked.Sum(round => calls(round).Count), ""),
                new("calls without", quiet.Sum(round => calls(round).Count), ""),
            ],
        };
    }

    private static RowResult Memory(string name, double before, double after)
    {
        var kept = (after - before) / MiB;
        return new RowResult(name, "none", kept, kept, kept, new Bar(null, IsMostAllowed: true, "MiB"));
    }

    /// <summary>The times of calls, in microseconds.</summary>
    private sealed record Calls(List<double> Queries, List<double> Commits);
}
