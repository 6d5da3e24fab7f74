namespace Map.Storage.Native;

/// <summary>The column families, in the order in which they are opened. docs/storage-format.md tells their rows.</summary>
internal enum ColumnFamily
{
    /// <summary>RocksDB wants it; it stays empty.</summary>
    Default,
    Meta,
    Nodes,
    Links,
    LinkHeads,
    Keys,
    Types,
    TypeHeads,
    Commits,
    Transactions,
    Journal,
}

/// <summary>What is known of each column family when it is opened.</summary>
internal static class ColumnFamilies
{
    /// <summary>How many there are.</summary>
    internal const int Count = (int)ColumnFamily.Journal + 1;

    /// <summary>The names on disk.</summary>
    internal static readonly string[] Names =
    [
        "default", "meta", "nodes", "links", "link_heads", "keys", "types", "type_heads", "commits", "transactions",
        "journal",
    ];

    /// <summary>
    /// How many leading bytes of a key the bloom filters know, so that reads inside one holon or one group skip files
    /// without it; 0 when there is no such prefix.
    /// </summary>
    internal static int PrefixLength(ColumnFamily family) => family switch
    {
        ColumnFamily.Nodes => 16,
        ColumnFamily.Links => 33,
        ColumnFamily.Types => 16,
        _ => 0,
    };
}
