using Map.Bench.Harness;

namespace Map.Bench.Rows;

/// <summary>One line of the table, or several that are measured together.</summary>
internal abstract class Row
{
    /// <summary>For <c>--rows</c>.</summary>
    public abstract string Name { get; }

    /// <summary>For <c>--help</c>.</summary>
    public abstract string Summary { get; }

    public abstract Task<IReadOnlyList<RowResult>> RunAsync(BenchContext context);
}

/// <summary>All rows, in the order of the table.</summary>
internal static class RowList
{
    public static IReadOnlyList<Row> All { get; } =
        [
            new EchoRow(), new CommitRow(), new ClientsRow(), new StagedRow(), new HistoryRow(), new LoadRow(), new ValidateRow(), new ContractRow(),
            new SavedRow(), new ReadsRow(), new TraverseRow(), new OpenedRow(), new PastRow(), new MemoryRow(), new GuestComputeRow(), new GuestCallRow(), new GuestStopRow(),
            new DanceRow(), new GuestRestartRow(), new AttackRow(),
        ];
}
