using Map.Core.Identity;
using Map.Core.Values;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Verifying;

/// <summary>Answers who had a key as of a commit.</summary>
internal sealed class KeyLookup(VerifyScene scene)
{
    private readonly byte[] _row = new byte[Names.MaxKeyBytes + RowKeys.KeyTailSize];

    /// <summary>The holon that had a key of a type; null when none had.</summary>
    internal LocalId? FindHolder(string key, LocalId type, long asOf)
    {
        if (!Names.IsValidKey(key)) return null;
        Span<byte> text = stackalloc byte[Names.MaxKeyBytes];
        var length = System.Text.Encoding.UTF8.GetBytes(key, text);
        var size = RowKeys.WriteKey(_row, text[..length], type, asOf);
        var rows = scene.Jump(ColumnFamily.Keys);
        var group = _row.AsSpan(0, size - RowKeys.InverseSize);
        return rows.Seek(_row.AsSpan(0, size)) && rows.Key.StartsWith(group) ? KeyRow.Read(rows.Value) : null;
    }
}
