using Map.Core.Services;
using Map.Storage.Native;

namespace Map.Storage.Verifying;

/// <summary>
/// Goes through all rows of a column family, in order. Where a block cannot be read, that is reported, and the walk
/// goes on after the table file that has the block: what lies between is a gap.
/// </summary>
internal sealed class RowWalk(VerifyScene scene, ColumnFamily family) : IDisposable
{
    private readonly RowIterator _rows = scene.Scan(family);
    private byte[] _key = [];
    private int _keySize;
    private byte[]? _gapStart;
    private byte[]? _gapEnd;
    private bool _isEndless;

    /// <summary>Whether it stands on a row.</summary>
    internal bool IsOnRow { get; private set; }

    /// <summary>The row's key.</summary>
    internal ReadOnlySpan<byte> Key => _key.AsSpan(0, _keySize);

    /// <summary>The row's value, until the next move.</summary>
    internal ReadOnlySpan<byte> Value => _rows.Value;

    /// <summary>Whether anything was passed over.</summary>
    internal bool HasGaps => _gapStart is not null;

    /// <summary>Goes to the first row.</summary>
    internal bool Start() => Move(isFirst: true);

    /// <summary>Goes to the next row.</summary>
    internal bool Next() => Move(isFirst: false);

    /// <summary>Whether all rows that start with a prefix were read, as far as the walk has come.</summary>
    internal bool HasAll(ReadOnlySpan<byte> prefix)
    {
        if (_gapStart is null) return true;
        var isAfterGap = !_isEndless && prefix.SequenceCompareTo(Head(_gapEnd, prefix.Length)) > 0;
        return isAfterGap || prefix.SequenceCompareTo(Head(_gapStart, prefix.Length)) < 0;
    }

    public void Dispose() => _rows.Dispose();

    private static ReadOnlySpan<byte> Head(byte[]? key, int length) => key.AsSpan(0, Math.Min(length, key!.Length));

    private bool Move(bool isFirst)
    {
        try
        {
            IsOnRow = isFirst ? _rows.Seek([]) : _rows.Next();
        }
        catch (StoreException failure)
        {
            PassOver(failure);
        }

        if (IsOnRow) Arrive();
        return IsOnRow;
    }

    private void Arrive()
    {
        var key = _rows.Key;
        if (_key.Length < key.Length) _key = new byte[key.Length];
        key.CopyTo(_key);
        _keySize = key.Length;
        scene.Tick(family);
    }

    /// <summary>Goes on after the file that cannot be read, and after further ones.</summary>
    private void PassOver(StoreException failure)
    {
        _gapStart = Key.ToArray();
        var last = _gapStart;
        IsOnRow = false;
        while (true)
        {
            scene.Report(family, "", failure);
            var largest = scene.LargestKeyOf(failure);
            _isEndless = largest is null || largest.AsSpan().SequenceCompareTo(last) < 0;
            if (_isEndless) return;
            last = [.. largest!, 0];
            try
            {
                IsOnRow = _rows.Seek(last);
                _isEndless = !IsOnRow;
                if (IsOnRow) _gapEnd = _rows.Key.ToArray();
                return;
            }
            catch (StoreException further)
            {
                failure = further;
            }
        }
    }
}
