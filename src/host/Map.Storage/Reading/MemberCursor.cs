using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Reading;

/// <summary>
/// Walks the members that a group of links or of a type had as of a commit. They stand together in the period of the
/// group that the commit is of, with those that came or went in that period.
/// </summary>
/// <param name="rows">Links or types, as of any moment that is not before the commits that are read as of.</param>
internal sealed class MemberCursor(RowIterator rows)
{
    private readonly byte[] _prefix = new byte[RowKeys.LinkSize];
    private int _prefixSize;
    private int _periodSize;
    private int _keySize;
    private long _asOf;
    private bool _isOnRow;
    private bool _isAhead;

    /// <summary>What follows the period and the shared start in the member's key, without the commit at its end.</summary>
    internal ReadOnlySpan<byte> Suffix => rows.Key[_prefixSize..^RowKeys.InverseSize];

    /// <summary>The member's row.</summary>
    internal MemberRow Row { get; private set; }

    /// <summary>Starts before the first member after <paramref name="after"/>.</summary>
    /// <param name="group">What the keys of the group start with.</param>
    /// <param name="shared">What the members that are wanted have in common at their start; empty for all.</param>
    /// <param name="suffixSize">What follows it in a key, without the commit at the end, in bytes.</param>
    /// <param name="after">The suffix to continue after; empty to start.</param>
    /// <param name="asOf">The commit to read as of.</param>
    internal void Start(
        ReadOnlySpan<byte> group, ReadOnlySpan<byte> shared, int suffixSize, ReadOnlySpan<byte> after, long asOf)
    {
        _asOf = asOf;
        _periodSize = group.Length + RowKeys.InverseSize;
        _prefixSize = _periodSize + shared.Length;
        _keySize = _prefixSize + suffixSize + RowKeys.InverseSize;
        group.CopyTo(_prefix);
        RowKeys.WriteInverse(_prefix.AsSpan(group.Length), asOf);
        _isAhead = true;

        // Periods stand latest first, so that this ends up on the first row of the one that began last before then.
        _isOnRow = rows.Seek(_prefix.AsSpan(0, _periodSize)) && rows.Key.StartsWith(group) && rows.Key.Length >= _periodSize;
        if (!_isOnRow) return;
        rows.Key[.._periodSize].CopyTo(_prefix);
        shared.CopyTo(_prefix.AsSpan(_periodSize));
        if (!after.IsEmpty) SeekAfter(after);
        else if (!shared.IsEmpty) _isOnRow = rows.Seek(_prefix.AsSpan(0, _prefixSize));
    }

    /// <summary>Goes to the next member.</summary>
    internal bool MoveNext()
    {
        while (Step())
        {
            var key = rows.Key;
            if (!key.StartsWith(_prefix.AsSpan(0, _prefixSize))) break;
            if (key.Length != _keySize) continue;
            Row = MemberRow.Read(key, rows.Value);
            if (Row.IsThereAsOf(_asOf)) return true;
        }

        return _isOnRow = false;
    }

    /// <summary>How many members are left.</summary>
    internal long CountRest()
    {
        long count = 0;
        while (MoveNext()) count++;
        return count;
    }

    /// <summary>Goes on, unless the row that the start found was not looked at yet.</summary>
    private bool Step()
    {
        if (_isAhead) _isAhead = false;
        else _isOnRow = _isOnRow && rows.Next();
        return _isOnRow;
    }

    private void SeekAfter(ReadOnlySpan<byte> after)
    {
        Span<byte> key = stackalloc byte[RowKeys.LinkSize];
        _prefix.AsSpan(0, _prefixSize).CopyTo(key);
        after.CopyTo(key[_prefixSize..]);
        // Commit 0 adds nobody, so that no row of the member has its inverse.
        RowKeys.WriteInverse(key[(_keySize - RowKeys.InverseSize)..], 0);
        _isOnRow = rows.Seek(key[.._keySize]);
    }
}
