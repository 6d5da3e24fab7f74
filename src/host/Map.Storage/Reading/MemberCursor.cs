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
    private readonly ReadView _view = view;
    private readonly byte[] _member = new byte[RowKeys.LinkSize];
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
            SuffixOf(_view.Past).CopyTo(_member.AsSpan(_groupSize));
            Row = _past;
        }

        if (order <= 0) FindLive(_view.Rows.Next());
        if (order >= 0) FindPast(_view.Past.Next());
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
        return SuffixOf(_view.Rows).SequenceCompareTo(SuffixOf(_view.Past));
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
        for (; isOnRow && IsOfGroup(rows, _memberSize + RowKeys.InverseSize); isOnRow = rows.Next())
        {
            if (RowKeys.CommitAtEnd(rows.Key) <= _asOf) continue;
            _past = MemberRow.Read(rows.Value);
            if (_past.Added > _asOf) continue;
            _isPastAhead = true;
            return;
        }

        _isPastAhead = false;
    }

    private bool IsOfGroup(RowIterator rows, int size) =>
        rows.Key.Length == size && rows.Key.StartsWith(_member.AsSpan(0, _groupSize));

    private ReadOnlySpan<byte> SuffixOf(RowIterator rows) => rows.Key[_groupSize.._memberSize];
}
