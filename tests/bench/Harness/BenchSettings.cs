namespace Map.Bench.Harness;

/// <summary>How much to measure.</summary>
/// <param name="Name">For the report.</param>
/// <param name="Rounds">Rounds of a row; each measures every probe.</param>
/// <param name="Calls">Calls of a probe in one round.</param>
/// <param name="WarmUpCalls">Calls of a probe before the first round.</param>
/// <param name="LargeStaged">Staged holons of the large transaction.</param>
/// <param name="SavedSizes">Saved holons of the spaces that are compared, smallest first.</param>
/// <param name="LoadHolons">Holons of one load.</param>
/// <param name="LoadRounds">Loads that are measured.</param>
/// <param name="Types">Types of the space that has many.</param>
/// <param name="OpenedHolons">Saved holons of the space that is opened.</param>
/// <param name="Toggles">Commits that remove links or bring them back.</param>
/// <param name="PastMembers">Members that a relationship once had.</param>
internal sealed record BenchSettings(
    string Name,
    int Rounds,
    int Calls,
    int WarmUpCalls,
    int LargeStaged,
    int[] SavedSizes,
    int LoadHolons,
    int LoadRounds,
    int Types,
    int OpenedHolons,
    int Toggles,
    int PastMembers)
{
    /// <summary>Staged holons of the small transaction.</summary>
    public const int SmallStaged = 10;

    /// <summary>How often a process is started, or many clients are measured.</summary>
    public int Starts => Math.Min(Rounds, 9);

    public static BenchSettings For(bool isQuick, bool isLong) => (isQuick, isLong) switch
    {
        (true, _) => new("quick", 4, 100, 400, 10_000, [1_000, 10_000], 10_000, 2, 100, 10_000, 200, 1_000),
        (_, true) => new("long", 40, 150, 5_000, 100_000, [1_000, 100_000, 1_000_000], 100_000, 5, 10_000, 1_000_000, 10_000, 10_000),
        _ => new("full", 40, 150, 5_000, 100_000, [1_000, 100_000], 100_000, 5, 10_000, 100_000, 300, 3_000),
    };
}
