namespace Map.Storage.Verifying;

/// <summary>
/// How many rows the commit records tell of and were found. Where a column family has more, some belong to no commit.
/// </summary>
internal sealed class RecordedRows
{
    /// <summary>Versions of holons.</summary>
    internal long Nodes { get; set; }

    /// <summary>Links that were added, from their sources.</summary>
    internal long AddedLinks { get; set; }

    /// <summary>Links that were removed, from their sources.</summary>
    internal long RemovedLinks { get; set; }

    /// <summary>Whether all records could be read.</summary>
    internal bool IsComplete { get; set; } = true;
}
