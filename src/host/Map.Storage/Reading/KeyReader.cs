using System.Text;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Values;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Reading;

/// <summary>Finds holons by their keys.</summary>
internal sealed class KeyReader(StoreGate gate)
{
    private const int StepsBeforeSeek = 4;

    private static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Holons of exactly a key. Text that cannot be a key finds nothing.</summary>
    internal IEnumerable<KeyMatch> Find(string key, long asOf)
    {
        if (!Names.IsValidKey(key)) return [];
        var prefix = new byte[_utf8.GetByteCount(key) + 1];
        _utf8.GetBytes(key, prefix);
        return Scan(prefix, prefix, asOf);
    }

    /// <summary>Holons whose keys start with a text. Text that no key can start with finds nothing.</summary>
    internal IEnumerable<KeyMatch> Scan(string prefix, KeyMatch? after, long asOf)
    {
        if (!Names.IsWellFormed(prefix)) return [];
        var prefixBytes = _utf8.GetBytes(prefix);
        var start = prefixBytes;
        if (after is { } last)
        {
            if (!Names.IsValidKey(last.Key)) throw new ArgumentException("It continues after what is no key.", nameof(after));
            var rest = KeyAfter(_utf8.GetBytes(last.Key), last.Type);
            if (rest.AsSpan().SequenceCompareTo(prefixBytes) > 0) start = rest;
        }

        return Scan(prefixBytes, start, asOf);
    }

    /// <summary>A key that sorts just after all rows of a key and type.</summary>
    private static byte[] KeyAfter(ReadOnlySpan<byte> text, LocalId type)
    {
        var key = new byte[text.Length + RowKeys.KeyTailSize + 1];
        var length = RowKeys.WriteKey(key, text, type, commit: 0);
        Invariant.Require(length == key.Length - 1, "commit 0 sorts last, and one more byte is after it");
        return key;
    }

    private IEnumerable<KeyMatch> Scan(byte[] prefix, byte[] start, long asOf)
    {
        using var read = gate.Read(ViewKind.Keys);
        var rows = read.View.Rows;
        var group = new byte[Names.MaxKeyBytes + RowKeys.KeyTailSize + 1];
        rows.Seek(start);
        while (rows.IsValid && rows.Key.StartsWith(prefix))
        {
            var size = CopyGroup(rows, group);
            if (RowKeys.CommitAtEnd(rows.Key) > asOf && !MoveToVersion(rows, group.AsSpan(0, size), asOf)) continue;
            var holder = KeyRow.Read(rows.Value);
            var match = holder is { } holon ? MatchOf(group.AsSpan(0, size), holon) : default;
            SkipGroup(rows, group, size);
            if (holder is not null) yield return match;
        }
    }

    /// <summary>The key and type of the row that it stands on.</summary>
    private static int CopyGroup(RowIterator rows, byte[] group)
    {
        var size = rows.Key.Length - RowKeys.InverseSize;
        var text = rows.Key.IndexOf((byte)0);
        if (text <= 0 || size != text + 1 + LocalId.Size || text > Names.MaxKeyBytes)
            throw new StoreException("A key row is damaged: it has no key and type. Restore the space from a backup.");
        rows.Key[..size].CopyTo(group);
        return size;
    }

    /// <summary>Goes to what holds as of a commit; false when the key was not there yet.</summary>
    private static bool MoveToVersion(RowIterator rows, ReadOnlySpan<byte> group, long asOf)
    {
        Span<byte> key = stackalloc byte[group.Length + RowKeys.InverseSize];
        group.CopyTo(key);
        RowKeys.WriteInverse(key[group.Length..], asOf);
        return rows.Seek(key) && rows.Key.StartsWith(group);
    }

    private static void SkipGroup(RowIterator rows, byte[] group, int size)
    {
        for (var step = 0; step < StepsBeforeSeek; step++)
            if (!rows.Next() || !rows.Key.StartsWith(group.AsSpan(0, size))) return;
        group.AsSpan(size, RowKeys.InverseSize).Fill(0xff);
        group[size + RowKeys.InverseSize] = 0;
        rows.Seek(group.AsSpan(0, size + RowKeys.InverseSize + 1));
    }

    private static KeyMatch MatchOf(ReadOnlySpan<byte> group, LocalId holon)
    {
        var text = group[..^(LocalId.Size + 1)];
        return new KeyMatch(_utf8.GetString(text), LocalId.Read(group[^LocalId.Size..]), holon);
    }
}
