namespace Map.Core.Transactions;

/// <summary>How much one transaction may hold. Reaching a limit refuses the command and drops nothing.</summary>
public sealed record TransactionLimits
{
    /// <summary>Staged holons.</summary>
    public int MaxStagedHolons { get; init; } = 1_000_000;

    /// <summary>Transient holons.</summary>
    public int MaxTransientHolons { get; init; } = 100_000;

    /// <summary>Undo steps.</summary>
    public int MaxSteps { get; init; } = 100_000;

    /// <summary>
    /// Size in bytes of all commands of a transaction as they are journaled, undone ones included. It bounds how long a
    /// transaction takes to come back after a restart.
    /// </summary>
    public long MaxHistoryBytes { get; init; } = 1L << 30;

    /// <summary>Undo markers.</summary>
    public int MaxMarkers { get; init; } = 10_000;

    /// <summary>Properties of one holon.</summary>
    public int MaxProperties { get; init; } = 1_000;

    /// <summary>Size of one property value in bytes (text as UTF-8).</summary>
    public int MaxValueBytes { get; init; } = 1 << 20;

    /// <summary>Items of one array value.</summary>
    public int MaxArrayItems { get; init; } = 10_000;

    /// <summary>Targets of one command that adds or removes links.</summary>
    public int MaxTargets { get; init; } = 10_000;

    /// <summary>Size of all properties of one holon in bytes, so that a reply can always hold it.</summary>
    public int MaxHolonBytes { get; init; } = 8 << 20;
}
