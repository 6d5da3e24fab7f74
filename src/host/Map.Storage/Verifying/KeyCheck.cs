using Map.Core.Identity;
using Map.Core.Values;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Verifying;

/// <summary>Walks the keys: each row is of a version that took the key, or gave it up.</summary>
internal sealed class KeyCheck(VerifyScene scene) : FamilyCheck(scene, ColumnFamily.Keys)
{
    private byte[] _group = [];
    private bool _isNewerFree;

    protected override void Check(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var end = key.IndexOf((byte)0);
        if (end is <= 0 or > Names.MaxKeyBytes || key.Length != end + RowKeys.KeyTailSize)
        {
            Report($"Row {Convert.ToHexStringLower(key)} has no key and type.");
            return;
        }

        var text = System.Text.Encoding.UTF8.GetString(key[..end]);
        var type = LocalId.Read(key.Slice(end + 1, LocalId.Size));
        var commit = RowKeys.CommitAtEnd(key);
        var holder = KeyRow.Read(value);
        FinishGroup(key[..^RowKeys.InverseSize], holder is null);
        if (commit < 0 || commit > Scene.Head.Number)
        {
            Report($"The key \"{text}\" has a row of commit {commit}, which is not there.");
            return;
        }

        if (holder is not { } holon) return;
        var isRight = Scene.FindVersion(holon, commit, out var header, out var versionKey)
            && !header.IsDeleted && versionKey == text && (header.Descriptor ?? default) == type;
        if (!isRight)
            Report($"The key \"{text}\" belongs to holon {holon} since commit {commit}, which did not give it this key.");
    }

    protected override void Finish(bool isWhole) => FinishGroup([], isFree: false);

    /// <summary>A key was given up by somebody who had it: the row before says who.</summary>
    private void FinishGroup(ReadOnlySpan<byte> group, bool isFree)
    {
        var isSame = group.SequenceEqual(_group);
        if (_isNewerFree && (!isSame || isFree) && !Scene.IsAnythingUnreadable)
            Report(
                $"The key \"{System.Text.Encoding.UTF8.GetString(_group.AsSpan(0, _group.AsSpan().IndexOf((byte)0)))}\" "
                + "was given up without anybody having it.");
        if (!isSame) _group = group.ToArray();
        _isNewerFree = isFree;
    }
}
