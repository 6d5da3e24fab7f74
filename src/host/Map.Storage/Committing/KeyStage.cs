using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Values;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Committing;

/// <summary>Which holons get and lose which keys. Holons without a type share the nil id as their type.</summary>
internal sealed class KeyStage(CommitDraft draft, List<CommitConflict> conflicts)
{
    private readonly Dictionary<(string Key, LocalId Type), LocalId> _claims = [];
    private readonly HashSet<(string Key, LocalId Type)> _releases = [];
    private readonly byte[] _row = new byte[Names.MaxKeyBytes + RowKeys.KeyTailSize];
    private readonly byte[] _sought = new byte[Names.MaxKeyBytes + RowKeys.KeyTailSize];
    private readonly ByteWriter _value = new();
    private int _soughtSize = -1;

    /// <summary>A holon no longer has a key.</summary>
    internal void Release(string key, LocalId type) =>
        Invariant.Require(_releases.Add((key, type)), "one live holon of a type has a key");

    /// <summary>A holon has a key from now on.</summary>
    internal void Claim(string key, LocalId type, LocalId holon)
    {
        if (!_claims.TryAdd((key, type), holon))
            conflicts.Add(new CommitConflict(ConflictKind.KeyTaken, holon, _claims[(key, type)], CommitNumber: 0, key));
    }

    /// <summary>Checks the claims and makes the rows.</summary>
    internal void Finish()
    {
        var claims = new KeyMatch[_claims.Count];
        var count = 0;
        foreach (var ((key, type), holon) in _claims) claims[count++] = new KeyMatch(key, type, holon);

        // In order, one look at the store answers for all keys up to the one that it finds.
        claims.AsSpan().Sort(static (x, y) => string.CompareOrdinal(x.Key, y.Key));
        foreach (var claim in claims)
        {
            if (!_releases.Contains((claim.Key, claim.Type))) Check(claim);
            Put(claim.Key, claim.Type, claim.Holon);
        }

        foreach (var (key, type) in _releases)
            if (!_claims.ContainsKey((key, type))) Put(key, type, holder: null);
    }

    private void Check(KeyMatch claim)
    {
        var size = Write(claim.Key, claim.Type);
        var group = _row.AsSpan(0, size - RowKeys.InverseSize);
        var rows = draft.Latest.Keys;
        if (!IsFoundAlready(rows, group))
        {
            group.CopyTo(_sought);
            _soughtSize = group.Length;
            rows.Seek(group);
        }

        if (!rows.IsValid || !rows.Key.StartsWith(group)) return;
        if (KeyRow.Read(rows.Value) is { } holder)
            conflicts.Add(new CommitConflict(
                ConflictKind.KeyTaken, claim.Holon, holder, RowKeys.CommitAtEnd(rows.Key), claim.Key));
    }

    /// <summary>Whether the iterator, by an earlier search, stands where a search for this would end.</summary>
    private bool IsFoundAlready(RowIterator rows, ReadOnlySpan<byte> group)
    {
        if (_soughtSize < 0 || group.SequenceCompareTo(_sought.AsSpan(0, _soughtSize)) < 0) return false;
        return !rows.IsValid || rows.Key.SequenceCompareTo(group) >= 0;
    }

    private void Put(string key, LocalId type, LocalId? holder)
    {
        var size = Write(key, type);
        KeyRow.Write(_value, holder);
        draft.Rows.Put(ColumnFamily.Keys, _row.AsSpan(0, size), _value);
    }

    private int Write(string key, LocalId type)
    {
        Span<byte> text = stackalloc byte[Names.MaxKeyBytes];
        var length = System.Text.Encoding.UTF8.GetBytes(key, text);
        return RowKeys.WriteKey(_row, text[..length], type, draft.Number);
    }
}
