using Map.Hub.Tests.Model;
using Xunit.Abstractions;

namespace Map.Hub.Tests;

/// <summary>Random commands in several transactions of one space, on the hub and on a naive model: both must agree.</summary>
public sealed class ModelTests(ITestOutputHelper output)
{
    private static readonly int Commands = Environment.GetEnvironmentVariable("MAP_TEST_LONG") is null ? 5_000 : 50_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(0)]
    public void The_hub_answers_and_shows_what_a_naive_model_does(int fixedSeed)
    {
        var seed = fixedSeed == 0 ? Environment.TickCount : fixedSeed;
        using var run = new ModelRun(seed);
        for (var command = 0; command < Commands; command++)
        {
            try
            {
                run.Step();
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed}, command {command}, {run.Last}", e);
            }
        }

        run.CompareAll();
        foreach (var (outcome, count) in run.Outcomes) output.WriteLine($"{count,6} {outcome}");
    }
}
