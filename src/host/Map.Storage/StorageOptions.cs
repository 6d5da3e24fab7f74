namespace Map.Storage;

/// <summary>How the stores of a data directory are set up.</summary>
public sealed record StorageOptions
{
    /// <summary>The data directory; made when it is missing.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Size of the block cache that all spaces share, in bytes.</summary>
    public long BlockCacheBytes { get; init; } = 256L << 20;

    /// <summary>How much is kept decoded of what was read lately of all spaces, about, in bytes.</summary>
    public long RecentReadsBytes { get; init; } = 32L << 20;

    /// <summary>
    /// How much one space keeps in memory before it writes tables, in bytes. One commit may exceed it. It also limits
    /// the log, and with it the time to open a space after a crash.
    /// </summary>
    public long WriteBufferBytes { get; init; } = 64L << 20;

    /// <summary>
    /// How much all open spaces together keep in memory before the one with most is made to write tables, in bytes. Writes
    /// do not wait for that, and may exceed it for a moment.
    /// </summary>
    public long WriteBufferBudgetBytes { get; init; } = 128L << 20;

    /// <summary>How many spaces are open at once, unless more are being used at once.</summary>
    public int MaxOpenSpaces { get; init; } = 64;

    /// <summary>After how long without use a space is closed, to be opened when it is next used.</summary>
    public TimeSpan CloseIdleAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The clock and its timers.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How many files one space keeps open.</summary>
    public int MaxOpenFilesPerSpace { get; init; } = 512;

    /// <summary>
    /// How much must be free on the disk, beside the write buffers, before a space that stopped writing is opened anew.
    /// </summary>
    public const long RecoveryMarginBytes = 16L << 20;

    /// <summary>Whether a commit is on disk before it counts. Off in a test that shows that it would be noticed.</summary>
    internal bool IsSynced { get; init; } = true;

    /// <summary>Where tests make steps fail; null outside tests.</summary>
    internal Action<FaultPoint>? Faults { get; init; }
}

/// <summary>The named steps at which tests can make the store fail, or look at what is on disk.</summary>
internal enum FaultPoint
{
    /// <summary>A commit was checked; nothing is written. A failure is that of the commit alone.</summary>
    CommitPrepared,

    /// <summary>Just before the write. A failure counts as a failed write.</summary>
    CommitWriting,

    /// <summary>All commits of a group are written, none is synced. A failure counts as a failed write.</summary>
    GroupWritten,

    /// <summary>Written and synced, not yet published. A failure counts as a failed write.</summary>
    CommitSynced,

    /// <summary>Published; the head file is not yet written, and nobody is told. A failure counts as a failed write.</summary>
    CommitPublished,

    /// <summary>Just before a write to a journal. A failure counts as a failed write.</summary>
    JournalWriting,

    /// <summary>Written to a journal; the command is not answered. A failure counts as a failed write.</summary>
    JournalWritten,

    /// <summary>The database of a new space has commit 0; the space is not listed.</summary>
    SpaceCreated,

    /// <summary>The new catalogue is on disk under its temporary name.</summary>
    CatalogueWritten,

    /// <summary>The new catalogue has its name.</summary>
    CatalogueRenamed,

    /// <summary>A space of a backup was copied; no manifest names its files yet.</summary>
    BackupCopied,

    /// <summary>The manifest of a backup is on disk under its temporary name.</summary>
    BackupWritten,

    /// <summary>A space of a backup was restored beside the data directory.</summary>
    RestoreCopied,

    /// <summary>All of a backup was restored and checked; it has not the name of the data directory yet.</summary>
    RestoreChecked,
}
