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

    public bool MeetsBar => Bar.IsMostAllowed ? Value <= Bar.Limit : Value >= Bar.Limit;

    /// <summary>Whether some rounds met the bar and some did not: the machine was too busy to tell, or it is close.</summary>
    public bool IsUnsure => Low <= Bar.Limit && High >= Bar.Limit;

    /// <summary>How many times its floor a probe takes.</summary>
    public static RowResult Ratio(string name, Timing subject, Timing floor, double mostAllowed)
    {
        var ratios = subject.Over(floor);
        return new RowResult(
            name,
            floor.Name,
            Statistics.Quantile(ratios, 0.5),
            Statistics.Quantile(ratios, 0.1),
            Statistics.Quantile(ratios, 0.9),
            new Bar(mostAllowed, IsMostAllowed: true, "x"))
        {
            Figures = [new(subject.Name, subject.Median, "us"), new(floor.Name, floor.Median, "us")],
        };
    }
}

/// <summary>A limit.</summary>
/// <param name="Limit">The value.</param>
/// <param name="IsMostAllowed">Whether less is better.</param>
/// <param name="Unit">Of the limit and of the row's value; "x" for ratios.</param>
internal sealed record Bar(double Limit, bool IsMostAllowed, string Unit);

/// <summary>A measured figure.</summary>
/// <param name="Name">Of what.</param>
/// <param name="Value">How much.</param>
/// <param name="Unit">In what.</param>
internal sealed record Figure(string Name, double Value, string Unit);

/// <summary>A measurement could not be made.</summary>
internal sealed class BenchException(string message) : Exception(message);
