using Map.Core.Services;
using Map.Hub.Binding;
using Map.V1;

namespace Map.Rpc.Services;

/// <summary>What was found and made by looking after stores, as messages.</summary>
public static class KeepingMessages
{
    /// <summary>The findings of a check.</summary>
    public static VerifiedSpace ToWire(SpaceRecord space, StoreReport report)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(report);
        var wire = new VerifiedSpace { Name = space.Name, Rows = (ulong)report.Rows, FindingCount = (ulong)report.Count };
        if (report.Commit is { } commit) wire.LastCommit = (ulong)commit;
        foreach (var finding in report.Findings)
            wire.Findings.Add(new Finding { Part = finding.Part, Message = finding.Message });
        return wire;
    }

    /// <summary>A backup.</summary>
    public static BackupInfo ToWire(BackupSummary backup)
    {
        ArgumentNullException.ThrowIfNull(backup);
        var wire = new BackupInfo
        {
            BackupId = backup.Id,
            TakenAt = WireWriter.ToTimestamp(backup.TakenUnixMicros),
            ProductVersion = backup.ProductVersion,
            NewBytes = (ulong)backup.NewBytes,
        };
        foreach (var space in backup.Spaces)
            wire.Spaces.Add(new V1.BackedUpSpace
            {
                SpaceId = WireWriter.ToWire(space.Space.Id.Value),
                Name = space.Space.Name,
                CommitNumber = (ulong)space.Commit,
                CommitHash = space.Hash,
                Bytes = (ulong)space.Bytes,
            });
        foreach (var space in backup.LeftOut) wire.LeftOut.Add(new V1.LeftOutSpace { Name = space.Name, Reason = space.Reason });
        return wire;
    }

    /// <summary>How far a work is.</summary>
    internal static Progress ToWire(StepProgress progress) =>
        new() { Step = progress.Step, Done = (ulong)progress.Done, Total = (ulong)progress.Total };

    /// <summary>How a space is.</summary>
    internal static SpaceStatus ToWire(SpaceRecord space, SpaceCondition condition, int openTransactions)
    {
        var wire = new SpaceStatus
        {
            SpaceId = WireWriter.ToWire(space.Id.Value),
            Name = space.Name,
            State = (V1.SpaceState)condition.State,
            Problem = condition.Problem,
            DiskBytes = (ulong)condition.Bytes,
            OpenTransactions = (ulong)openTransactions,
        };
        if (condition.Commit is { } commit) wire.LastCommit = (ulong)commit;
        if (condition.Holons is { } holons) wire.Holons = (ulong)holons;
        if (condition.LastBackup is { } backup)
            wire.LastBackup = new V1.LastBackup
            {
                BackupId = backup.Id,
                Destination = backup.Destination,
                TakenAt = WireWriter.ToTimestamp(backup.TakenUnixMicros),
                CommitNumber = (ulong)backup.Commit,
            };
        return wire;
    }
}
