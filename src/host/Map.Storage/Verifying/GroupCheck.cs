using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Verifying;

/// <summary>Where the members of groups stand: those of links, or those of types.</summary>
/// <param name="Live">The live rows.</param>
/// <param name="Past">Those that were removed.</param>
/// <param name="Heads">What is known of each group without reading it.</param>
/// <param name="GroupSize">What the keys of one group start with, in bytes.</param>
/// <param name="MemberSize">The size of a live row's key.</param>
internal sealed record GroupLayout(
    ColumnFamily Live, ColumnFamily Past, ColumnFamily Heads, int GroupSize, int MemberSize);

/// <summary>Walks groups of members, live and past rows and heads side by side, and checks each against the others.</summary>
internal abstract class GroupCheck(VerifyScene scene, GroupLayout layout) : IDisposable
{
    private readonly byte[] _group = new byte[layout.GroupSize];
    private readonly byte[] _pastMember = new byte[layout.MemberSize];
    private readonly RowWalk _live = new(scene, layout.Live);
    private readonly RowWalk _past = new(scene, layout.Past);
    private readonly RowWalk _heads = new(scene, layout.Heads);
    private long _count;
    private long _lastAdd;
    private long _lastRemoval;
    private long _pastAdded;

    /// <summary>The rows.</summary>
    protected VerifyScene Scene { get; } = scene;

    /// <summary>Checks all groups.</summary>
    internal void Run()
    {
        _live.Start();
        _past.Start();
        _heads.Start();
        while (FindGroup()) CheckGroup();
        Finish(isWhole: !_live.HasGaps && !_past.HasGaps && !_heads.HasGaps);
    }

    public void Dispose()
    {
        _live.Dispose();
        _past.Dispose();
        _heads.Dispose();
    }

    /// <summary>Checks that a live member is what its other side says.</summary>
    protected abstract void CheckLive(ReadOnlySpan<byte> key, MemberRow row);

    /// <summary>Checks that a past member is what its other side says.</summary>
    protected abstract void CheckPast(ReadOnlySpan<byte> member, MemberRow row, long removal);

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
        foreach (var walk in (ReadOnlySpan<RowWalk>)[_live, _past, _heads])
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
        var (family, size) = walk == _live ? (layout.Live, layout.MemberSize)
            : walk == _past ? (layout.Past, layout.MemberSize + RowKeys.InverseSize)
            : (layout.Heads, layout.GroupSize);
        for (; walk.IsOnRow && walk.Key.Length != size; walk.Next())
            Scene.Report(family, $"Row {Convert.ToHexStringLower(walk.Key)} has no key of this column family.");
    }

    private void CheckGroup()
    {
        (_count, _lastAdd, _lastRemoval) = (0, 0, 0);
        for (; IsInGroup(_live); _live.Next()) Guard(layout.Live, _live, CheckLiveRow);
        _pastMember.AsSpan().Clear();
        for (; IsInGroup(_past); _past.Next()) Guard(layout.Past, _past, CheckPastRow);
        if (_count > 0) Guard(layout.Live, null, () => CheckLiveGroup(_group));
        var isWhole = _live.HasAll(_group) && _past.HasAll(_group) && _heads.HasAll(_group);
        if (!IsInGroup(_heads))
        {
            if (isWhole) Scene.Report(layout.Heads, $"{Describe(_group)} have no head row.");
            return;
        }

        if (isWhole) Guard(layout.Heads, _heads, CheckHead);
        _heads.Next();
    }

    private bool IsInGroup(RowWalk walk)
    {
        SkipMisshapen(walk);
        return walk.IsOnRow && walk.Key.StartsWith(_group);
    }

    private void CheckLiveRow()
    {
        _count++;
        var row = MemberRow.Read(_live.Value);
        _lastAdd = Math.Max(_lastAdd, row.Added);
        if (row.Added < 1 || row.Added > Scene.Head.Number)
            Scene.Report(layout.Live, $"{Describe(_group)} have one of commit {row.Added}, which is not there.");
        CheckLive(_live.Key, row);
    }

    private void CheckPastRow()
    {
        var member = _past.Key[..layout.MemberSize];
        var removal = RowKeys.CommitAtEnd(_past.Key);
        var row = MemberRow.Read(_past.Value);
        _lastAdd = Math.Max(_lastAdd, row.Added);
        _lastRemoval = Math.Max(_lastRemoval, removal);
        if (row.Added < 1 || row.Added >= removal || removal > Scene.Head.Number)
            Scene.Report(
                layout.Past, $"{Describe(_group)} have a past one of the commits {row.Added} to {removal}, which cannot be.");
        if (_pastMember.AsSpan().SequenceEqual(member) && _pastAdded < removal)
            Scene.Report(layout.Past, $"{Describe(_group)} have a past one twice as of commit {_pastAdded}.");
        member.CopyTo(_pastMember);
        _pastAdded = row.Added;
        CheckPast(member, row, removal);
        using var live = Scene.Get(layout.Live, member);
        if (live.Exists && MemberRow.Read(live.Bytes).Added < removal)
            Scene.Report(layout.Past, $"{Describe(_group)} have one that lives since before commit {removal} removed it.");
    }

    private void CheckHead()
    {
        var head = GroupHead.Read(_heads.Value);
        CheckHead(_group, head);
        if (head.Count != _count)
            Scene.Report(layout.Heads, $"{Describe(_group)} are {_count}; their head row says that they are {head.Count}.");
        var isAddRight = MayAddWithoutRow
            ? head.LastAdd >= _lastAdd && head.LastAdd <= Scene.Head.Number
            : head.LastAdd == _lastAdd;
        if (!isAddRight)
            Scene.Report(
                layout.Heads,
                $"{Describe(_group)} were last added to by commit {_lastAdd}; their head row says that it was {head.LastAdd}.");
        if (head.LastRemoval != _lastRemoval)
            Scene.Report(
                layout.Heads,
                $"{Describe(_group)} were last removed from by commit {_lastRemoval}; their head row says that it was "
                + $"{head.LastRemoval}.");
    }

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
