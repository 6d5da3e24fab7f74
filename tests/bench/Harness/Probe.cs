namespace Map.Bench.Harness;

/// <summary>Something whose calls are timed, one after the other.</summary>
/// <param name="Name">For the report.</param>
/// <param name="Call">What is timed.</param>
internal sealed record Probe(string Name, Func<Task> Call)
{
    /// <summary>Runs before each call and is not timed.</summary>
    public Func<Task>? Prepare { get; init; }
}

/// <summary>Times of a probe.</summary>
/// <param name="Name">The probe.</param>
/// <param name="RoundMedians">The median of each round, in microseconds.</param>
internal sealed record Timing(string Name, double[] RoundMedians)
{
    /// <summary>The median of the rounds' medians, in microseconds.</summary>
    public double Median => Statistics.Quantile(RoundMedians, 0.5);

    /// <summary>What two things would take one after the other.</summary>
    public Timing Plus(Timing other) => new(
        $"{Name} + {other.Name}", [.. RoundMedians.Zip(other.RoundMedians, static (a, b) => a + b)]);

    /// <summary>Round for round, how many times another one this takes.</summary>
    public double[] Over(Timing floor) => [.. RoundMedians.Zip(floor.RoundMedians, static (a, b) => a / b)];
}

/// <summary>Order statistics.</summary>
internal static class Statistics
{
    /// <summary>A quantile, interpolated between neighbours.</summary>
    public static double Quantile(IReadOnlyCollection<double> values, double quantile)
    {
        var sorted = values.Order().ToArray();
        var at = quantile * (sorted.Length - 1);
        var low = (int)at;
        return sorted[low] + (sorted[Math.Min(low + 1, sorted.Length - 1)] - sorted[low]) * (at - low);
    }
}
