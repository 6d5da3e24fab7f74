using System.Buffers.Binary;
using Map.V1;

namespace Map.Crash.Tests.Tracing;

/// <summary>Whether each success was told after what it tells of was synced.</summary>
internal static class SyncOrder
{
    /// <summary>What is wrong with the order of calls; empty when all is well.</summary>
    public static List<string> Faults(IReadOnlyList<SystemCall> calls, IEnumerable<CommitResult> commits) =>
        [.. commits.Select(commit => Fault(calls, commit)).OfType<string>()];

    private static string? Fault(IReadOnlyList<SystemCall> calls, CommitResult commit)
    {
        var replies = calls.Where(call => call.IsSocket && commit.Saved.Any(holon => call.Holds(InReply(holon)))).ToList();
        if (replies.Count == 0) return $"commit {commit.CommitNumber}: no reply to it was seen";
        var write = calls.LastOrDefault(call =>
            call.IsWriteAheadLog && !call.IsSync && commit.Saved.Any(holon => call.Holds(InLog(holon, commit.CommitNumber))));
        if (write is null) return $"commit {commit.CommitNumber}: its rows were not written to a log";
        var sync = calls.FirstOrDefault(call => call.IsSync && call.File == write.File && call.Start > write.End && call.Result == 0);
        if (sync is null) return $"commit {commit.CommitNumber}: its rows were not synced";
        return sync.End < replies.Min(reply => reply.Start)
            ? null
            : $"commit {commit.CommitNumber}: written by line {write.End}, synced by line {sync.End}, "
                + $"but told at line {replies.Min(reply => reply.Start)}";
    }

    /// <summary>A HolonId message, which no other reply of the test has.</summary>
    private static byte[] InReply(HolonId holon) => [0x0a, 0x10, .. holon.SpaceId, 0x12, 0x10, .. holon.LocalId];

    /// <summary>The key of the version's row: the id, and the commit inverted.</summary>
    private static byte[] InLog(HolonId holon, ulong commit)
    {
        var inverted = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(inverted, ulong.MaxValue - commit);
        return [.. holon.LocalId, .. inverted];
    }
}
