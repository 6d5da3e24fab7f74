using Map.Core.Dancing;
using Map.Core.Loading;
using Map.Core.Transactions;
using Map.Core.Traversing;

namespace Map.Hub;

/// <summary>What the hub may use and hold.</summary>
public sealed record HubOptions
{
    /// <summary>The import files of the core schema, loaded into a new space by default.</summary>
    public required IReadOnlyList<ImportSource> CoreSchema { get; init; }

    /// <summary>What one transaction may hold.</summary>
    public TransactionLimits Limits { get; init; } = new();

    /// <summary>Runs guests.</summary>
    public IGuestRunner Guests { get; init; } = NoGuests.Instance;

    /// <summary>How long the validators of one commit may run, all together.</summary>
    public TimeSpan ValidatorTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How large the managed heap may grow, in bytes, before nothing more is staged.</summary>
    public long MaxMemoryBytes { get; init; } = long.MaxValue;

    /// <summary>Open transactions of one space.</summary>
    public int MaxOpenTransactions { get; init; } = 10_000;

    /// <summary>How long a transaction in which nothing was staged stays open without any use.</summary>
    public TimeSpan EmptyTransactionLifetime { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Spaces of the daemon.</summary>
    public int MaxSpaces { get; init; } = 10_000;

    /// <summary>Watchers of one space at once.</summary>
    public int MaxWatchersOfSpace { get; init; } = 100;

    /// <summary>Watchers of all spaces and transactions at once.</summary>
    public int MaxWatchers { get; init; } = 1_000;

    /// <summary>Exports that run at once: each holds what it is writing until its client takes it.</summary>
    public int MaxExports { get; init; } = 16;

    /// <summary>How long a watcher is told nothing before it gets a sign of life.</summary>
    public TimeSpan WatchHeartbeat { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a watcher may keep a message waiting before it is cut off.</summary>
    public TimeSpan WatchPatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Members of one page when the client does not say.</summary>
    public int DefaultPageSize { get; init; } = 100;

    /// <summary>Members of one page at most.</summary>
    public int MaxPageSize { get; init; } = 1_000;

    /// <summary>Members of each relationship that AllRelatedHolons tells at most.</summary>
    public int MaxMembersEach { get; init; } = 100;

    /// <summary>Relationships and members that AllRelatedHolons tells at most, all together.</summary>
    public int MaxRelatedMembers { get; init; } = 10_000;

    /// <summary>How much one query over many hops may take.</summary>
    public TraversalLimits Traversals { get; init; } = new();

    /// <summary>How long one query over many hops may take.</summary>
    public TimeSpan TraversalTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Uploaded content kept at once, in bytes.</summary>
    public long MaxContentBytes { get; init; } = 512L << 20;

    /// <summary>Uploaded files kept at once.</summary>
    public int MaxContentFiles { get; init; } = 20_000;

    /// <summary>How long uploaded content is kept after its last use.</summary>
    public TimeSpan ContentLifetime { get; init; } = TimeSpan.FromMinutes(15);
}
