namespace Map.Bench.Harness;

/// <summary>One line of the table.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Against">Its floor or peer.</param>
/// <param name="Value">The median of the rounds' ratios, or the figure itself where there is no floor.</param>
/// <param name="Low">The tenth percentile of the rounds' values.</param>
/// <param name="High">The ninetieth.</param>
/// <param name="Bar">What the value is to keep.</param>
internal sealed record RowResult(string Name, string Against, double Value, double Low, double High, Bar Bar)
{
    /// <summary>The figures behind it, for the report.</summary>
    public IReadOnlyList<Figure> Figures { get; init; } = [];

    /// <summary>Whether it keeps its bar; one without a bar does.</summary>
    public bool MeetsBar => Bar.Limit is not { } limit || (Bar.IsMostAllowed ? Value <= limit : Value >= limit);

    /// <summary>Whether some rounds met the bar and some did not: the machine was too busy to tell, or it is close.</summary>
    public bool IsUnsure => Low <= Bar.Limit && High >= Bar.Limit;

    /// <summary>The median of rounds that were measured one by one.</summary>
    public static RowResult OfRounds(string name, string against, IReadOnlyCollection<double> values, Bar bar) => new(
        name,
        against,
        Statistics.Quantile(values, 0.5),
        Statistics.Quantile(values, 0.1),
        Statistics.Quantile(values, 0.9),
        bar);

    /// <summary>How many times its floor a probe takes.</summary>
    public static RowResult Ratio(string name, Timing subject, Timing floor, double? mostAllowed)
    {
        return OfRounds(name, floor.Name, subject.Over(floor), new Bar(mostAllowed, IsMostAllowed: true, "x")) with
        {
            Figures = [new(subject.Name, subject.Median, "us"), new(floor.Name, floor.Median, "us")],
        };
    }
}

/// <summary>A limit.</summary>
/// <param name="Limit">The value; null where the figure is only told.</param>
/// <param name="IsMostAllowed">Whether less is better.</param>
/// <param name="Unit">Of the limit and of the row's value; "x" for ratios.</param>
internal sealed record Bar(double? Limit, bool IsMostAllowed, string Unit);

/// <summary>A measured figure.</summary>
/// <param name="Name">Of what.</param>
/// <param name="Value">How much.</param>
/// <param name="Unit">In what.</param>
internal sealed record Figure(string Name, double Value, string Unit);

/// <summary>A measurement could not be made.</summary>
internal sealed class BenchException(string message) : Exception(message);
