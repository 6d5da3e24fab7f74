using Map.Storage.Encoding;

namespace Map.Storage.Verifying;

/// <summary>
/// Goes through the periods of one group after the other, latest first: that each takes over what the one before ends
/// with, and that nobody is a member twice at once. Sums up what the group's head must say.
/// </summary>
internal sealed class PeriodCheck(VerifyScene scene, GroupLayout layout, Action<string> report)
{
    private readonly byte[] _period = new byte[layout.PeriodSize];
    private readonly byte[] _member = new byte[layout.MemberSize];
    private readonly byte[] _later = new byte[layout.MemberSize];

    // What counts can tell, which holds only where all rows were read.
    private readonly List<string> _doubts = [];
    private GroupHead _head;
    private bool _isInside;

    // Of the period that the rows are of: the commit that began it, and the one that began the next, if any.
    private long _began;
    private long? _next;
    private bool _hasFirstRow;
    private long _takenOver;
    private long _handedOver;

    // How many the next period took over, and when the row before added its member.
    private long _due;
    private long _addedLater;

    /// <summary>Starts with a group.</summary>
    internal void Start()
    {
        (_head, _isInside, _next, _due) = (default, false, null, 0);
        _doubts.Clear();
    }

    /// <summary>Checks one row.</summary>
    /// <returns>The row when the member lives or this period saw its end; else null.</returns>
    internal MemberRow? Check(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (!_isInside || !key.StartsWith(_period)) Enter(key);
        if (key.Length == layout.PeriodSize)
        {
            _hasFirstRow = true;
            return null;
        }

        var row = MemberRow.Read(key, value);
        if (row.Added < _began) _takenOver++;
        CheckTimes(row);
        CheckOverlap(key, row);
        Count(row);
        if (!row.IsLive || _next is null) return row;
        _handedOver++;
        CheckHandedOver(key, value);
        return null;
    }

    /// <summary>Ends with the group.</summary>
    /// <param name="isWhole">Whether all its rows were read.</param>
    /// <returns>What the head must say.</returns>
    internal GroupHead Finish(bool isWhole)
    {
        if (_isInside) Leave();
        if (_isInside && _began != 0) _doubts.Add($"have no period before the one since commit {_began}");
        if (isWhole) _doubts.ForEach(report);
        return _head;
    }

    private void Enter(ReadOnlySpan<byte> key)
    {
        if (_isInside) Leave();
        _isInside = true;
        key[.._period.Length].CopyTo(_period);
        _began = RowKeys.CommitAt(key, layout.GroupSize);
        if (_next is null) _head = _head with { Period = _began };
        if (_began < 0 || _began > scene.Head.Number)
            report($"have a period since commit {_began}, which is not there");
        _member.AsSpan().Clear();
        (_hasFirstRow, _takenOver, _handedOver) = (false, 0, 0);
    }

    private void Leave()
    {
        if (_hasFirstRow != (_began != 0))
            _doubts.Add($"have {(_hasFirstRow ? "a" : "no")} first row of the period since commit {_began}");
        if (_next is not null && _handedOver != _due)
            _doubts.Add($"were {_handedOver} when the period since commit {_next} began, which took over {_due}");
        (_next, _due) = (_began, _takenOver);
    }

    private void CheckTimes(MemberRow row)
    {
        var lastAdd = _next - 1 ?? scene.Head.Number;
        var lastRemoval = _next ?? scene.Head.Number;
        if (row.Added < 1 || row.Added > lastAdd) report($"have one of commit {row.Added}, which is not there");
        else if (!row.IsLive && (row.Removed <= Math.Max(row.Added, _began) || row.Removed > lastRemoval))
            report($"have a past one of the commits {row.Added} to {row.Removed}, which cannot be");
    }

    /// <summary>The rows of one member stand latest first.</summary>
    private void CheckOverlap(ReadOnlySpan<byte> key, MemberRow row)
    {
        var member = key[..^RowKeys.InverseSize];
        if (_member.AsSpan().StartsWith(member) && (row.IsLive || row.Removed > _addedLater))
            report($"have one twice as of commit {_addedLater}");
        member.CopyTo(_member);
        _addedLater = row.Added;
    }

    private void Count(MemberRow row)
    {
        _head = _head with
        {
            LastAdd = Math.Max(_head.LastAdd, row.Added),
            LastRemoval = Math.Max(_head.LastRemoval, row.Removed),
        };
        if (_next is not null) return;
        _head = row.IsLive ? _head with { Count = _head.Count + 1 } : _head with { Ended = _head.Ended + 1 };
    }

    private void CheckHandedOver(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        key.CopyTo(_later);
        RowKeys.WriteInverse(_later.AsSpan(layout.GroupSize), _next!.Value);
        using var later = scene.Get(layout.Members, _later);
        if (!later.Exists)
            report($"lack one of commit {RowKeys.CommitAtEnd(key)} in the period since commit {_next}, which began with it");
        else if (MemberRow.Read(key, later.Bytes).ForwardOrder != MemberRow.Read(key, value).ForwardOrder)
            report($"have one of commit {RowKeys.CommitAtEnd(key)} with another order in the period since commit {_next}");
    }
}
