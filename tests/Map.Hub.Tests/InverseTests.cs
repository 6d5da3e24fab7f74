using System.Globalization;
using Map.Hub.Tests.Inverses;
using Xunit.Abstractions;

namespace Map.Hub.Tests;

/// <summary>
/// After any commands the inverse of every relationship holds: in what each open transaction sees, and, once it is
/// committed, in what a new one sees and in the store.
/// </summary>
public sealed class InverseTests(ITestOutputHelper output)
{
    private const int StepsOfRun = 1_000;

    /// <summary>How many commands go between two checks.</summary>
    private const int Interval = 10;

    private static readonly string? _onlySeed = Environment.GetEnvironmentVariable("MAP_TEST_SEED");

    private static readonly int _runs = Environment.GetEnvironmentVariable("MAP_TEST_LONG") is null ? 5 : 125;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(0)]
    public void Every_relationship_and_its_inverse_agree(int fixedSeed)
    {
        var outcomes = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var first = (fixedSeed == 0 ? Random.Shared.Next(1_000, 1_000_000) : fixedSeed) * 1_000;
        foreach (var seed in _onlySeed is null ? Enumerable.Range(first, _runs) : [int.Parse(_onlySeed, CultureInfo.InvariantCulture)])
        {
            if (Run(seed, Interval, outcomes) is not { } failure) continue;
            // All of a run follows from its seed: what broke it is found by looking after each command.
            var exact = Run(seed, interval: 1, []);
            Assert.Fail($"Seed {seed}, {failure}\nChecked after each command, {exact ?? "it holds"}");
        }

        foreach (var (outcome, count) in outcomes) output.WriteLine($"{count,7} {outcome}");
    }

    /// <returns>What is broken; null when all holds.</returns>
    private static string? Run(int seed, int interval, SortedDictionary<string, int> outcomes)
    {
        using var run = new InverseRun(seed);
        var step = 0;
        try
        {
            while (step++ < StepsOfRun)
            {
                run.Step();
                if (step % interval == 0) run.Check();
            }

            run.CheckSaved();
        }
        catch (Exception failure)
        {
            return $"step {step}: {failure.Message}\n  {string.Join("\n  ", run.Log)}\n{(failure is InverseBroken ? "" : failure.StackTrace)}";
        }

        foreach (var (outcome, count) in run.Outcomes) outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + count;
        return null;
    }
}
