using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Committing;

/// <summary>Whether something can be linked to or be described by a holon, once the commit is done.</summary>
/// <param name="IsLive">Whether it lives then.</param>
/// <param name="IsNew">Whether this commit creates it: nothing in the store can be about it.</param>
/// <param name="Commit">The commit that ended it, when known.</param>
internal readonly record struct Standing(bool IsLive, bool IsNew, long Commit);

/// <summary>What the parts of one commit's preparation share.</summary>
internal sealed class CommitDraft(LatestRows latest, long number, int nodeCount)
{
    private readonly Dictionary<LocalId, Standing> _standings = new(nodeCount);
    private readonly Dictionary<LocalId, NodeHead?> _heads = [];

    /// <summary>The number that the commit will have.</summary>
    internal long Number { get; } = number;

    /// <summary>What is in the store.</summary>
    internal LatestRows Latest { get; } = latest;

    /// <summary>The rows to write.</summary>
    internal RowBatch Rows { get; } = new();

    /// <summary>The list of what changes, for the record.</summary>
    internal CommitBody Body { get; } = new();

    /// <summary>What no longer holds.</summary>
    internal List<CommitConflict> Conflicts { get; } = [];

    /// <summary>For the value of one row after the other.</summary>
    internal ByteWriter Value { get; } = new();

    /// <summary>States what the plan does to a holon. Once for each.</summary>
    internal void SetStanding(LocalId id, Standing standing) =>
        Invariant.Require(_standings.TryAdd(id, standing), "a plan changes each holon once");

    /// <summary>Whether a holon lives after the commit.</summary>
    internal Standing StandingOf(LocalId id)
    {
        if (_standings.TryGetValue(id, out var standing)) return standing;
        var head = HeadOf(id);
        standing = new Standing(head is { Header.IsDeleted: false }, IsNew: false, head?.Commit ?? 0);
        _standings.Add(id, standing);
        return standing;
    }

    /// <summary>The newest version of a holon before the commit, or null when there was never one.</summary>
    internal NodeHead? HeadOf(LocalId id)
    {
        if (_heads.TryGetValue(id, out var head)) return head;
        head = Latest.FindHead(id);
        _heads.Add(id, head);
        return head;
    }

    internal void Conflict(ConflictKind kind, LocalId holon, LocalId? other, long commit, string? key = null) =>
        Conflicts.Add(new CommitConflict(kind, holon, other, commit, key));

    /// <summary>Puts a row whose value is in <see cref="Value"/>, which is cleared.</summary>
    internal void PutValue(ColumnFamily family, ReadOnlySpan<byte> key)
    {
        Rows.Put(family, key, Value.Written);
        Value.Clear();
    }
}
