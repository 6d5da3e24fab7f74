using System.Runtime.InteropServices;
using Map.Core.Identity;
using Map.Storage.Encoding;

namespace Map.Storage.Committing;

/// <summary>Whether something can be linked to or be described by a holon, once the commit is done.</summary>
/// <param name="IsLive">Whether it lives then.</param>
/// <param name="IsNew">Whether this commit creates it: nothing in the store can be about it.</param>
/// <param name="Commit">The commit that ended it, when known.</param>
internal readonly record struct Standing(bool IsLive, bool IsNew, long Commit);

/// <summary>
/// What the parts of one commit's preparation share. The holons that it is about are numbered as they are met: what is
/// counted for each then stands in arrays.
/// </summary>
internal sealed class CommitDraft(LatestRows latest, long number, int nodeCount)
{
    private readonly Dictionary<LocalId, int> _numbers = new(nodeCount);
    private readonly List<(LocalId Id, Standing Standing)> _holons = new(nodeCount);
    private readonly Dictionary<LocalId, NodeHead?> _heads = [];

    /// <summary>The number that the commit will have.</summary>
    internal long Number { get; } = number;

    /// <summary>What is in the store.</summary>
    internal LatestRows Latest { get; } = latest;

    /// <summary>The rows to write.</summary>
    internal RowBatch Rows { get; } = new();

    /// <summary>The list of what changes, for the record.</summary>
    internal CommitBody Body { get; } = new();

    /// <summary>States what the plan does to a holon. Once for each.</summary>
    internal void SetStanding(LocalId id, Standing standing)
    {
        Invariant.Require(_numbers.TryAdd(id, _holons.Count), "a plan changes each holon once");
        _holons.Add((id, standing));
    }

    /// <summary>Whether a holon lives after the commit.</summary>
    internal Standing StandingOf(LocalId id) => _holons[NumberOf(id)].Standing;

    /// <summary>The number of a holon, 0 first.</summary>
    internal int NumberOf(LocalId id)
    {
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, id, out var isKnown);
        if (isKnown) return known;
        known = _holons.Count;
        var head = HeadOf(id);
        _holons.Add((id, new Standing(head is { Header.IsDeleted: false }, IsNew: false, head?.Commit ?? 0)));
        return known;
    }

    /// <summary>The newest version of a holon before the commit, or null when there was never one.</summary>
    internal NodeHead? HeadOf(LocalId id)
    {
        if (_heads.TryGetValue(id, out var head)) return head;
        head = Latest.FindHead(id);
        _heads.Add(id, head);
        return head;
    }

    /// <summary>The holons by number.</summary>
    internal ReadOnlySpan<(LocalId Id, Standing Standing)> Holons => CollectionsMarshal.AsSpan(_holons);

    /// <summary>The numbers of the holons in order of id.</summary>
    internal int[] NumbersById()
    {
        var ids = new LocalId[_holons.Count];
        var numbers = new int[ids.Length];
        var isSorted = true;
        for (var i = 0; i < ids.Length; i++)
        {
            (ids[i], numbers[i]) = (_holons[i].Id, i);
            isSorted = isSorted && (i == 0 || ids[i - 1].CompareTo(ids[i]) < 0);
        }

        if (!isSorted) Array.Sort(ids, numbers);
        return numbers;
    }
}
