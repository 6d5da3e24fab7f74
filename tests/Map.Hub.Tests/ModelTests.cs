using System.Globalization;
using System.Text;
using Map.Hub.Tests.Model;
using Xunit.Abstractions;

namespace Map.Hub.Tests;

/// <summary>
/// Random commands in several transactions of one space, with commits, rollbacks and restarts, on the hub and on a naive
/// model: every answer must be the same. A run that fails is cut down to the steps that it takes.
/// </summary>
public sealed class ModelTests(ITestOutputHelper output)
{
    private const int StepsOfRun = 5_000;
    private const int ShrinkAttempts = 600;

    /// <summary>The one run that a seed names, to look at it again.</summary>
    private static readonly string? OnlySeed = Environment.GetEnvironmentVariable("MAP_TEST_SEED");

    private static readonly int Runs = Environment.GetEnvironmentVariable("MAP_TEST_LONG") is null ? 5 : 125;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(0)]
    public void The_hub_answers_what_a_naive_model_does(int fixedSeed)
    {
        var outcomes = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var first = (fixedSeed == 0 ? Random.Shared.Next(1_000, 1_000_000) : fixedSeed) * 1_000;
        foreach (var seed in OnlySeed is null ? Enumerable.Range(first, Runs) : [int.Parse(OnlySeed, CultureInfo.InvariantCulture)])
            Run(seed, outcomes);
        foreach (var (outcome, count) in outcomes) output.WriteLine($"{count,7} {outcome}");
    }

    private static void Run(int seed, SortedDictionary<string, int> outcomes)
    {
        var done = new List<ModelStep>();
        using var run = new ModelRun();
        var generator = new ModelGenerator(new Random(seed), run.Model);
        try
        {
            while (done.Count < StepsOfRun)
            {
                var step = generator.Next();
                done.Add(step);
                if (!run.Do(step)) done.RemoveAt(done.Count - 1);
            }
        }
        catch (Exception failure)
        {
            throw new Xunit.Sdk.XunitException(Describe(seed, done, failure), failure);
        }

        foreach (var (outcome, count) in run.Outcomes) outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + count;
    }

    private static string Describe(int seed, List<ModelStep> done, Exception failure)
    {
        var text = new StringBuilder($"Seed {seed}, step {done.Count}: {failure.Message}\n");
        if (Repeat(done) is null) return text.Append("It does not fail when it is repeated.").ToString();
        var shrunk = Shrinker.Shrink(done, steps => Repeat(steps) is not null, ShrinkAttempts);
        text.Append($"Cut down to {shrunk.Count} steps:\n");
        foreach (var step in shrunk) text.Append("  ").Append(step).Append('\n');
        return text.Append(Repeat(shrunk)).ToString();
    }

    /// <summary>Does recorded steps anew.</summary>
    /// <returns>Why they fail; null when they do not.</returns>
    private static Exception? Repeat(IReadOnlyList<ModelStep> steps)
    {
        using var run = new ModelRun();
        try
        {
            foreach (var step in steps) run.Do(step);
            return null;
        }
        catch (Exception failure)
        {
            return failure;
        }
    }
}
