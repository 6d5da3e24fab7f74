using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Reading;

/// <summary>
/// Walks the members that a group of links or of a type had as of a commit. When nothing was removed since, these are
/// live rows; else live and past rows are merged in their common order. A member that was removed while this reads may
/// stand in both; it is told once.
/// </summary>
internal sealed class MemberCursor(ReadView view)
{
    /// <summary>How many rows of one member are gone through before its right row, or the next member, is sought.</summary>
    private const int MaxSteps = 8;

    private readonly ReadView _view = view;
    private readonly byte[] _member = new byte[RowKeys.LinkSize];
    private readonly byte[] _pastMember = new byte[RowKeys.LinkSize];
    private int _groupSize;
    private int _memberSize;
    private long _asOf;
    private bool _isLiveAhead;
    private bool _isPastAhead;
    private MemberRow _live;
    private MemberRow _past;

    /// <summary>The member's key after the group.</summary>
    internal ReadOnlySpan<byte> Suffix => _member.AsSpan(_groupSize, _memberSize - _groupSize);

    /// <summary>The member's row.</summary>
    internal MemberRow Row { get; private set; }

    /// <summary>Starts before the first member after <paramref name="after"/>.</summary>
    /// <param name="group">What the keys of the group start with.</param>
    /// <param name="suffixSize">What follows it in a live row's key, in bytes.</param>
    /// <param name="after">Where to continue, exclusive; empty to start.</param>
    /// <param name="head">The group's head, read after the view was rented: then no removal stays unseen.</param>
    /// <param name="asOf">The commit to read as of.</param>
    internal void Start(
        ReadOnlySpan<byte> group, int suffixSize, ReadOnlySpan<byte> after, GroupHead head, long asOf)
    {
        _asOf = asOf;
        _groupSize = group.Length;
        _memberSize = group.Length + suffixSize;
        _isPastAhead = false;
        group.CopyTo(_member);
        SeekAfter(after, isMerging: head.LastRemoval > asOf);
    }

    /// <summary>Goes to the next member.</summary>
    internal bool MoveNext()
    {
        if (!_isLiveAhead && !_isPastAhead) return false;
        var order = Compare();
        if (order <= 0)
        {
            SuffixOf(_view.Rows).CopyTo(_member.AsSpan(_groupSize));
            Row = _live;
        }
        else
        {
            PastSuffix.CopyTo(_member.AsSpan(_groupSize));
            Row = _past;
        }

        if (order <= 0) FindLive(_view.Rows.Next());
        if (order >= 0) FindPast(LeavePastMember());
        return true;
    }

    /// <summary>How many members are left.</summary>
    internal long CountRest()
    {
        long count = 0;
        while (MoveNext()) count++;
        return count;
    }

    /// <summary>Negative when the live row comes first, zero when both are one member.</summary>
    private int Compare()
    {
        if (!_isPastAhead) return -1;
        if (!_isLiveAhead) return 1;
        return SuffixOf(_view.Rows).SequenceCompareTo(PastSuffix);
    }

    private void SeekAfter(ReadOnlySpan<byte> after, bool isMerging)
    {
        Span<byte> key = stackalloc byte[RowKeys.MaxMemberSize + 1];
        _member.AsSpan(0, _groupSize).CopyTo(key);
        after.CopyTo(key[_groupSize..]);
        var length = _groupSize + after.Length;
        key[length] = 0;
        FindLive(_view.Rows.Seek(key[..(after.IsEmpty ? length : length + 1)]));
        if (!isMerging) return;
        if (!after.IsEmpty)
        {
            key.Slice(length, RowKeys.InverseSize).Fill(0xff);
            length += RowKeys.InverseSize;
            key[length++] = 0;
        }

        FindPast(_view.Past.Seek(key[..length]));
    }

    private void FindLive(bool isOnRow)
    {
        var rows = _view.Rows;
        for (; isOnRow && IsOfGroup(rows, _memberSize); isOnRow = rows.Next())
        {
            _live = MemberRow.Read(rows.Value);
            if (_live.Added > _asOf) continue;
            _isLiveAhead = true;
            return;
        }

        _isLiveAhead = false;
    }

    private void FindPast(bool isOnRow)
    {
        var rows = _view.Past;
        for (; isOnRow && IsOfGroup(rows, _memberSize + RowKeys.InverseSize); isOnRow = LeavePastMember())
        {
            rows.Key[.._memberSize].CopyTo(_pastMember);
            _isPastAhead = FindPastRow(rows);
            if (_isPastAhead) return;
        }

        _isPastAhead = false;
    }

    /// <summary>
    /// Finds the row of a past member that tells of the time of the commit. Its rows stand latest removal first, and
    /// their times do not overlap; however often it came and went, this takes a few steps or one search.
    /// </summary>
    /// <returns>Whether it was a member then.</returns>
    private bool FindPastRow(RowIterator rows)
    {
        for (var step = 0; step < MaxSteps; step++)
        {
            if (RowKeys.CommitAtEnd(rows.Key) <= _asOf) return false;
            _past = MemberRow.Read(rows.Value);
            if (_past.Added <= _asOf) return true;
            if (!rows.Next() || !IsOfPastMember(rows)) return false;
        }

        if (RowKeys.CommitAtEnd(rows.Key) <= _asOf) return false;
        Span<byte> key = stackalloc byte[RowKeys.MaxMemberSize];
        _pastMember.AsSpan(0, _memberSize).CopyTo(key);
        RowKeys.WriteInverse(key[_memberSize..], _asOf + 1);
        Invariant.Require(
            rows.SeekBackward(key[..(_memberSize + RowKeys.InverseSize)]) && IsOfPastMember(rows),
            "the search ends at the row that it began at, or behind it");
        _past = MemberRow.Read(rows.Value);
        return _past.Added <= _asOf;
    }

    /// <summary>Goes to the first row of the next past member.</summary>
    private bool LeavePastMember()
    {
        var rows = _view.Past;
        for (var step = 0; step < MaxSteps; step++)
        {
            if (!rows.IsValid || !IsOfPastMember(rows)) return rows.IsValid;
            rows.Next();
        }

        Span<byte> key = stackalloc byte[RowKeys.MaxMemberSize + 1];
        _pastMember.AsSpan(0, _memberSize).CopyTo(key);
        key.Slice(_memberSize, RowKeys.InverseSize).Fill(0xff);
        key[_memberSize + RowKeys.InverseSize] = 0;
        return rows.Seek(key[..(_memberSize + RowKeys.InverseSize + 1)]);
    }

    private bool IsOfPastMember(RowIterator rows) =>
        rows.Key.Length == _memberSize + RowKeys.InverseSize && rows.Key.StartsWith(_pastMember.AsSpan(0, _memberSize));

    private bool IsOfGroup(RowIterator rows, int size) =>
        rows.Key.Length == size && rows.Key.StartsWith(_member.AsSpan(0, _groupSize));

    private ReadOnlySpan<byte> PastSuffix => _pastMember.AsSpan(_groupSize, _memberSize - _groupSize);

    private ReadOnlySpan<byte> SuffixOf(RowIterator rows) => rows.Key[_groupSize.._memberSize];
}
