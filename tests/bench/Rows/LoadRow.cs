using System.Diagnostics;
using Google.Protobuf;
using Map.Bench.Client;
using Map.Bench.Harness;
using Map.Bench.Server;

namespace Map.Bench.Rows;

/// <summary>How fast holons are loaded and saved, against writing their rows and nothing else.</summary>
internal sealed class LoadRow : Row
{
    private const double Bar = 0.4;

    public override string Name => "load";

    public override string Summary => "load and commit of linked holons, against a raw WriteBatch of the same rows";

    public override async Task<IReadOnlyList<RowResult>> RunAsync(BenchContext context)
    {
        await using var server = await context.StartServerAsync();
        var client = server.Client;
        var count = context.Settings.LoadHolons;
        var content = await client.UploadAsync("tasks.json", TaskFiles.Tasks(count, isLinked: true));

        // The first load warms up, and tells which rows there are.
        context.Progress("first load");
        var space = await client.CreateSpaceAsync("first");
        var (before, after) = (context.NewPath("rows"), context.NewPath("rows"));
        await client.DumpRowsAsync(space.Id, before);
        await LoadAsync(space, content);
        await client.DumpRowsAsync(space.Id, after);
        var rows = RowFile.Since(RowFile.Read(before), RowFile.Read(after));
        WriteRaw(context, rows);

        var rounds = context.Settings.LoadRounds;
        var (stage, commit, raw) = (new double[rounds], new double[rounds], new double[rounds]);
        for (var round = 0; round < rounds; round++)
        {
            context.Progress($"round {round + 1} of {rounds}");
            if (round % 2 == 0) raw[round] = WriteRaw(context, rows);
            (stage[round], commit[round]) = await LoadAsync(await client.CreateSpaceAsync($"round {round}"), content);
            if (round % 2 == 1) raw[round] = WriteRaw(context, rows);
        }

        return [ToResult(count, rows, stage, commit, raw)];
    }

    private static RowResult ToResult(int count, List<StoredRow> rows, double[] stage, double[] commit, double[] raw)
    {
        var load = stage.Zip(commit, static (a, b) => a + b).ToArray();
        var ratios = raw.Zip(load, static (floor, time) => floor / time).ToArray();
        var (rawMedian, loadMedian) = (Median(raw), Median(load));
        var name = $"load of {count:N0} holons, 4 links each";
        return RowResult.OfRounds(name, "raw WriteBatch", ratios, new Bar(Bar, IsMostAllowed: false, "x")) with
        {
            Figures =
            [
                new("load and commit", loadMedian, "s"),
                new("load", Median(stage), "s"),
                new("commit", Median(commit), "s"),
                new("holons per second", count / loadMedian, "/s"),
                new("raw WriteBatch", rawMedian, "s"),
                new("rows", rows.Count, ""),
                new("bytes of rows", rows.Sum(row => (long)row.Key.Length + row.Value.Length), "B"),
            ],
        };

        static double Median(double[] values) => Statistics.Quantile(values, 0.5);
    }

    private static async Task<(double Stage, double Commit)> LoadAsync(BenchSpace space, ByteString content)
    {
        var transaction = await space.BeginAsync();
        var start = Stopwatch.GetTimestamp();
        await space.Client.ExecuteAsync(Requests.Load(transaction, content));
        var staged = Stopwatch.GetTimestamp();
        await space.Client.ExecuteAsync(Requests.Commit(transaction));
        return (Stopwatch.GetElapsedTime(start, staged).TotalSeconds, Stopwatch.GetElapsedTime(staged).TotalSeconds);
    }

    private static double WriteRaw(BenchContext context, List<StoredRow> rows)
    {
        var path = context.NewPath("raw");
        double seconds;
        using (var raw = new RawStore(path))
        {
            var start = Stopwatch.GetTimestamp();
            raw.Write(rows);
            seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        Directory.Delete(path, recursive: true);
        return seconds;
    }
}
