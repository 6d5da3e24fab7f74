using System.Diagnostics;
using Map.Bench.Client;
using Map.Bench.Harness;
using Map.V1;

namespace Map.Bench.Rows;

/// <summary>What it costs to judge staged holons by their types, as each commit does.</summary>
internal sealed class ValidateRow : Row
{
    private const double BarMicros = 8;
    private const double MicrosPerSecond = 1_000_000;

    public override string Name => "validate";

    public override string Summary => "validation of staged holons of five properties and four links, each";

    public override async Task<IReadOnlyList<RowResult>> RunAsync(BenchContext context)
    {
        await using var server = await context.StartServerAsync();
        var space = await server.Client.CreateSpaceAsync("bench");
        var count = context.Settings.LoadHolons;
        var content = await server.Client.UploadAsync("tasks.json", TaskFiles.Tasks(count, isLinked: true));
        context.Progress("staging");
        var validate = Requests.Query(await space.StageAsync(content), new QueryCommand { Validate = new ValidateQuery() });
        await RunAsync(server.Client, validate);
        var micros = new double[context.Settings.LoadRounds];
        for (var round = 0; round < micros.Length; round++)
        {
            context.Progress($"round {round + 1} of {micros.Length}");
            var start = Stopwatch.GetTimestamp();
            await RunAsync(server.Client, validate);
            micros[round] = Stopwatch.GetElapsedTime(start).TotalSeconds * MicrosPerSecond / count;
        }

        return
        [
            RowResult.OfRounds($"validation of a holon, {count:N0} staged", "none", micros, new Bar(BarMicros, IsMostAllowed: true, "us")),
        ];
    }

    private static async Task RunAsync(BenchClient client, MapRequest validate)
    {
        var found = (await client.ExecuteAsync(validate))!.Findings;
        if (found.Errors.Count > 0) throw new BenchException($"What is validated is not valid: {found.Errors[0].Message}");
    }
}
