using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Verifying;

/// <summary>Where the members of groups stand: those of links, or those of types.</summary>
/// <param name="Members">The members, by period.</param>
/// <param name="Heads">What is known of each group without reading it.</param>
/// <param name="GroupSize">What the keys of one group start with, in bytes.</param>
/// <param name="MemberSize">The size of a member's key.</param>
internal sealed record GroupLayout(ColumnFamily Members, ColumnFamily Heads, int GroupSize, int MemberSize)
{
    /// <summary>What the keys of one period start with, and what the key of its first row is, in bytes.</summary>
    internal int PeriodSize => GroupSize + RowKeys.InverseSize;
}

/// <summary>Walks groups of members and their heads side by side, and checks each against the other.</summary>
internal abstract class GroupCheck(VerifyScene scene, GroupLayout layout) : IDisposable
{
    private readonly byte[] _group = new byte[layout.GroupSize];
    private readonly RowWalk _members = new(scene, layout.Members);
    private readonly RowWalk _heads = new(scene, layout.Heads);
    private GroupHead _seen;

    /// <summary>The rows.</summary>
    protected VerifyScene Scene { get; } = scene;

    private PeriodCheck Periods => field ??= new PeriodCheck(
        Scene, layout, what => Scene.Report(layout.Members, $"{Describe(_group)} {what}."));

    /// <summary>Checks all groups.</summary>
    internal void Run()
    {
        _members.Start();
        _heads.Start();
        while (FindGroup()) CheckGroup();
        Finish(isWhole: !_members.HasGaps && !_heads.HasGaps);
    }

    public void Dispose()
    {
        _members.Dispose();
        _heads.Dispose();
    }

    /// <summary>Checks that a member is what its other side says: a live one, or a past one in the period that saw it end.</summary>
    protected abstract void CheckMember(ReadOnlySpan<byte> key, MemberRow row);

    /// <summary>Checks a group that has live members.</summary>
    protected virtual void CheckLiveGroup(ReadOnlySpan<byte> group)
    {
    }

    /// <summary>Checks what else a head says.</summary>
    protected virtual void CheckHead(ReadOnlySpan<byte> group, GroupHead head)
    {
    }

    /// <summary>Whether the last addition may be one that the same commit took back, so that no row has it.</summary>
    protected abstract bool MayAddWithoutRow { get; }

    /// <summary>What a group is, for a person.</summary>
    protected abstract string Describe(ReadOnlySpan<byte> group);

    /// <summary>Checks what only all groups can tell.</summary>
    protected virtual void Finish(bool isWhole)
    {
    }

    private bool FindGroup()
    {
        var found = false;
        foreach (var walk in (ReadOnlySpan<RowWalk>)[_members, _heads])
        {
            SkipMisshapen(walk);
            if (!walk.IsOnRow) continue;
            var group = walk.Key[..layout.GroupSize];
            if (found && group.SequenceCompareTo(_group) >= 0) continue;
            group.CopyTo(_group);
            found = true;
        }

        return found;
    }

    private void SkipMisshapen(RowWalk walk)
    {
        for (; walk.IsOnRow && !IsWellShaped(walk); walk.Next())
            Scene.Report(
                walk == _members ? layout.Members : layout.Heads,
                $"Row {Convert.ToHexStringLower(walk.Key)} has no key of this column family.");
    }

    private bool IsWellShaped(RowWalk walk) => walk == _heads
        ? walk.Key.Length == layout.GroupSize
        : walk.Key.Length == layout.MemberSize || walk.Key.Length == layout.PeriodSize;

    private void CheckGroup()
    {
        Periods.Start();
        for (; IsInGroup(_members); _members.Next()) Guard(layout.Members, _members, CheckRow);
        var isWhole = _members.HasAll(_group) && _heads.HasAll(_group);
        _seen = Periods.Finish(isWhole);
        if (_seen.Count > 0) Guard(layout.Members, null, () => CheckLiveGroup(_group));
        if (!IsInGroup(_heads))
        {
            if (isWhole) Scene.Report(layout.Heads, $"{Describe(_group)} have no head row.");
            return;
        }

        if (isWhole) Guard(layout.Heads, _heads, CheckHead);
        _heads.Next();
    }

    private void CheckRow()
    {
        if (Periods.Check(_members.Key, _members.Value) is { } row) CheckMember(_members.Key, row);
    }

    private bool IsInGroup(RowWalk walk)
    {
        SkipMisshapen(walk);
        return walk.IsOnRow && walk.Key.StartsWith(_group);
    }

    private void CheckHead()
    {
        var head = GroupHead.Read(_heads.Value);
        CheckHead(_group, head);
        if (head.Count != _seen.Count) Differs($"are {_seen.Count}", $"they are {head.Count}");
        var isAddRight = MayAddWithoutRow
            ? head.LastAdd >= _seen.LastAdd && head.LastAdd <= Scene.Head.Number
            : head.LastAdd == _seen.LastAdd;
        if (!isAddRight) Differs($"were last added to by commit {_seen.LastAdd}", $"it was {head.LastAdd}");
        if (head.LastRemoval != _seen.LastRemoval)
            Differs($"were last removed from by commit {_seen.LastRemoval}", $"it was {head.LastRemoval}");
        if (head.Period != _seen.Period)
            Differs($"have their last period since commit {_seen.Period}", $"it is since {head.Period}");
        if (head.Ended != _seen.Ended)
            Differs($"lost {_seen.Ended} in their last period", $"it was {head.Ended}");
    }

    private void Differs(string found, string said) =>
        Scene.Report(layout.Heads, $"{Describe(_group)} {found}; their head row says that {said}.");

    private void Guard(ColumnFamily family, RowWalk? walk, Action check)
    {
        try
        {
            check();
        }
        catch (StoreException failure)
        {
            var row = walk is null ? Describe(_group) : $"Row {Convert.ToHexStringLower(walk.Key)}";
            Scene.Report(family, row, failure);
        }
    }
}
