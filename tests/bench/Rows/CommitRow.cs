using Map.Bench.Client;
using Map.Bench.Harness;
using Map.Bench.Server;

namespace Map.Bench.Rows;

/// <summary>What a commit costs beside the call that carries it and the write that makes it durable.</summary>
internal sealed class CommitRow : Row
{
    private const double Bar = 1.3;

    public override string Name => "commit";

    public override string Summary => "commit of one holon, against an echo and a raw synced write of the same rows";

    public override async Task<IReadOnlyList<RowResult>> RunAsync(BenchContext context)
    {
        await using var server = await context.StartServerAsync();
        var client = server.Client;
        var space = await client.CreateSpaceAsync("bench");
        var rows = await RowsOfCommitAsync(context, space);
        using var raw = new RawStore(context.NewPath("raw"));
        var commit = Requests.Commit(await space.BeginAsync());
        var keys = 0;
        var timings = await Interleaved.MeasureAsync(
            context,
            EchoRow.EchoOf(client, commit),
            new Probe("raw synced write", () =>
            {
                raw.Write(rows);
                return Task.CompletedTask;
            }),
            new Probe("commit", () => client.ExecuteAsync(commit))
            {
                Prepare = async () => commit.TransactionId = await space.StageOneAsync(TaskFiles.KeyOf(++keys)),
            });
        var floor = timings[0].Plus(timings[1]);
        return
        [
            RowResult.Ratio("commit of one holon", timings[2], floor, Bar) with
            {
                Figures =
                [
                    .. timings.Select(timing => new Figure(timing.Name, timing.Median, "us")),
                    new("rows", rows.Count, ""),
                    new("bytes of rows", rows.Sum(row => row.Key.Length + row.Value.Length), "B"),
                ],
            },
        ];
    }

    /// <summary>The rows that a commit of one holon writes.</summary>
    public static async Task<List<StoredRow>> RowsOfCommitAsync(BenchContext context, BenchSpace space)
    {
        var (before, after) = (context.NewPath("rows"), context.NewPath("rows"));
        await space.Client.DumpRowsAsync(space.Id, before);
        await space.Client.ExecuteAsync(Requests.Commit(await space.StageOneAsync("The first task")));
        await space.Client.DumpRowsAsync(space.Id, after);
        return RowFile.Since(RowFile.Read(before), RowFile.Read(after));
    }
}
