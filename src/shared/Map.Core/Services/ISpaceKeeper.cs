using Map.Core.Identity;

namespace Map.Core.Services;

/// <summary>Looks after the stores of a data directory: checks them, and makes backups while commits go on.</summary>
public interface ISpaceKeeper
{
    /// <summary>
    /// Reads everything that a space has, as of one moment, and checks it against itself. Changes nothing and holds up
    /// no commit.
    /// </summary>
    /// <param name="space">A listed space.</param>
    /// <param name="progress">Is told now and then how far it is; may be null.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>What is wrong. A store that cannot be opened is a finding, not an exception.</returns>
    StoreReport Verify(SpaceId space, Action<StepProgress>? progress, CancellationToken cancellation);

    /// <summary>
    /// Adds a backup of all spaces to a directory of backups. Each space is in it as of one commit. Spaces that cannot
    /// be opened, or with findings, are left out and told.
    /// </summary>
    /// <param name="destination">An absolute path outside the data directory; made when it is missing.</param>
    /// <param name="keep">How many backups stay there, the newest; null for all.</param>
    /// <param name="progress">Is told now and then how far it is; may be null.</param>
    /// <param name="cancellation">Ends it early; nothing of it is listed then.</param>
    /// <exception cref="BackupException">It failed; backups made earlier are as they were.</exception>
    BackupSummary Backup(string destination, int? keep, Action<StepProgress>? progress, CancellationToken cancellation);

    /// <summary>How a listed space is, without opening it.</summary>
    SpaceCondition Describe(SpaceId space);
}

/// <summary>Something that is wrong in a store.</summary>
/// <param name="Part">Where: a column family, <c>head file</c>, <c>table files</c> or <c>store</c>.</param>
/// <param name="Message">What, for a person.</param>
public sealed record StoreFinding(string Part, string Message);

/// <summary>What a check of a space found.</summary>
/// <param name="Commit">The last commit that was checked; null when the store cannot be opened.</param>
/// <param name="Rows">How many rows were read.</param>
/// <param name="Count">How many findings there are.</param>
/// <param name="Findings">The first of them.</param>
public sealed record StoreReport(long? Commit, long Rows, long Count, IReadOnlyList<StoreFinding> Findings);

/// <summary>One space of a backup.</summary>
/// <param name="Space">The space.</param>
/// <param name="Commit">The commit that it is as of.</param>
/// <param name="Hash">The hash of that commit, in hexadecimal digits.</param>
/// <param name="Bytes">The size of its files.</param>
public sealed record BackedUpSpace(SpaceRecord Space, long Commit, string Hash, long Bytes);

/// <summary>A space that a backup does not have.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Reason">Why, and what to do.</param>
public sealed record LeftOutSpace(string Name, string Reason);

/// <summary>A backup.</summary>
/// <param name="Id">Its name in the directory of backups; later ones sort later.</param>
/// <param name="TakenUnixMicros">When it was begun.</param>
/// <param name="ProductVersion">What made it.</param>
/// <param name="Spaces">What it has.</param>
/// <param name="LeftOut">What it does not have.</param>
/// <param name="NewBytes">How much it added to the directory; 0 for one that was read back.</param>
public sealed record BackupSummary(
    string Id, long TakenUnixMicros, string ProductVersion, IReadOnlyList<BackedUpSpace> Spaces,
    IReadOnlyList<LeftOutSpace> LeftOut, long NewBytes);

/// <summary>Whether the store of a space is in use, and how it is.</summary>
public enum SpaceState : byte
{
    /// <summary>Not opened yet, or closed again.</summary>
    Closed = 1,

    /// <summary>In use.</summary>
    Open = 2,

    /// <summary>A write failed; it reads, and takes no commits until it has been opened anew.</summary>
    InDoubt = 3,

    /// <summary>It could not be opened when it was last tried.</summary>
    Damaged = 4,
}

/// <summary>How a space is.</summary>
/// <param name="State">Whether it is open.</param>
/// <param name="Problem">Why it is not as it should be, and what to do; empty when it is.</param>
/// <param name="Commit">Its last commit; null when not known.</param>
/// <param name="Holons">How many holons live, the space's own not counted; null when it is not open.</param>
/// <param name="Bytes">What its store takes on disk.</param>
/// <param name="LastBackup">The last backup that has it; null when none is known.</param>
public sealed record SpaceCondition(
    SpaceState State, string Problem, long? Commit, long? Holons, long Bytes, LastBackup? LastBackup);

/// <summary>Where and when a space was last backed up.</summary>
/// <param name="Id">The backup.</param>
/// <param name="Destination">The directory of backups.</param>
/// <param name="TakenUnixMicros">When.</param>
/// <param name="Commit">As of which commit.</param>
public sealed record LastBackup(string Id, string Destination, long TakenUnixMicros, long Commit);

/// <summary>A backup or a restore that did not happen. The message is for a person and says what to do.</summary>
/// <param name="message">What happened and what to do.</param>
/// <param name="inner">The cause, if any.</param>
public sealed class BackupException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether another one runs in the directory, so that the same can succeed later.</summary>
    public bool IsBusy { get; init; }

    /// <summary>Whether the path itself cannot be one of backups.</summary>
    public bool IsWrongPath { get; init; }
}
