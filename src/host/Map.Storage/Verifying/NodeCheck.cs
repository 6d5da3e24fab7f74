using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Verifying;

/// <summary>
/// Walks the versions of all holons, newest first: that they decode and are contiguous, and that keys and types know of
/// each what it says.
/// </summary>
internal sealed class NodeCheck(VerifyScene scene, RecordedRows recorded, LocalId spaceHolon)
    : FamilyCheck(scene, ColumnFamily.Nodes)
{
    private readonly KeyLookup _keys = new(scene);
    private long _rows;
    private long _live;
    private bool _isSpaceHolonLive;

    // The version looked at before, of the same holon a newer one.
    private LocalId _id;
    private long _commit;
    private NodeHeader _newer;
    private string _newerKey = "";
    private bool _isAnyNewer;

    // Since when the type knows the holon, for the time up to that version; null where it does not.
    private long? _memberSince;

    protected override void Check(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (key.Length != RowKeys.NodeSize)
        {
            Report($"Row {Convert.ToHexStringLower(key)} has no key of a version.");
            return;
        }

        var id = LocalId.Read(key[..LocalId.Size]);
        var commit = RowKeys.CommitAtEnd(key);
        if (commit < 0 || commit > Scene.Head.Number)
        {
            Report($"Holon {id} has a version of commit {commit}, which is not there.");
            return;
        }

        _rows++;
        var isOlder = _isAnyNewer && id == _id;
        if (!isOlder) FinishHolon();
        _ = NodeRow.Read(id, commit, value);
        var header = NodeRow.ReadKey(value, out var text);
        var keyText = System.Text.Encoding.UTF8.GetString(text);
        if (isOlder) CheckPair(id, header, keyText);
        else CheckHead(id, header);
        (_id, _commit, _newer, _newerKey, _isAnyNewer) = (id, commit, header, keyText, true);
        if (keyText.Length > 0 && !header.IsDeleted) CheckKey(id, commit, header, keyText);
    }

    protected override void Finish(bool isWhole)
    {
        FinishHolon();
        if (!isWhole || Scene.IsAnythingUnreadable) return;
        if (!_isSpaceHolonLive) Report($"The space's own holon {spaceHolon} does not live.");
        if (_live - 1 != Scene.Head.LiveHolons)
            Report($"{_live - 1} holons live; `meta` says that it is {Scene.Head.LiveHolons}.");
        if (recorded.IsComplete && _rows > recorded.Nodes) new ExtraRows(Scene).FindNodes();
    }

    private void CheckHead(LocalId id, NodeHeader header)
    {
        _memberSince = null;
        if (header.IsDeleted) return;
        _live++;
        if (id == spaceHolon) _isSpaceHolonLive = true;
        if (header.Descriptor is not { } type) return;
        _memberSince = Scene.FindInstance(type, id, Scene.Head.Number)?.Added;
        if (_memberSince is null)
            Scene.Report(ColumnFamily.Types, $"Holon {id} is missing among the instances of its type {type}.");
    }

    /// <summary>Checks a version against the next newer one.</summary>
    private void CheckPair(LocalId id, NodeHeader older, string olderKey)
    {
        if (older.IsDeleted) Report($"Holon {id} has a version {_newer.Ordinal} after its end.");
        if (_newer.Ordinal != older.Ordinal + 1L)
            Report($"Holon {id} has version {_newer.Ordinal} just after version {older.Ordinal}.");
        if (_newer.Predecessor != older.Predecessor)
            Report($"Version {_newer.Ordinal} of holon {id} names another predecessor than the version before.");
        var newerType = _newer.IsDeleted ? null : _newer.Descriptor;
        var olderType = older.IsDeleted ? null : older.Descriptor;
        if (newerType != olderType) ChangeType(id, olderType);
        var isGivenUp = olderKey.Length > 0 && !older.IsDeleted
            && (_newer.IsDeleted || _newerKey != olderKey || newerType != olderType);
        if (isGivenUp && _keys.FindHolder(olderKey, olderType ?? default, _commit) == id)
            Scene.Report(
                ColumnFamily.Keys,
                $"The key \"{olderKey}\" still belongs to holon {id} as of commit {_commit}, which took it away.");
    }

    /// <summary>The version looked at before began another membership; the one before that must be among the past.</summary>
    private void ChangeType(LocalId id, LocalId? olderType)
    {
        FinishMembership();
        _memberSince = null;
        if (olderType is not { } type) return;
        var left = Scene.FindInstance(type, id, _commit - 1);
        if (left?.Removed == _commit) _memberSince = left.Value.Added;
        else
            Scene.Report(
                ColumnFamily.Types,
                $"Holon {id} left the type {type} with commit {_commit}, but is missing among its past instances.");
    }

    private void FinishMembership()
    {
        if (_memberSince is { } since && since != _commit)
            Scene.Report(
                ColumnFamily.Types,
                $"Holon {_id} is an instance of its type since commit {_commit}; the type has it since commit {since}.");
    }

    private void FinishHolon()
    {
        if (!_isAnyNewer) return;
        _isAnyNewer = false;
        FinishMembership();
        if (_newer.Ordinal != 1) Report($"The versions before version {_newer.Ordinal} of holon {_id} are missing.");
    }

    private void CheckKey(LocalId id, long commit, NodeHeader header, string key)
    {
        var holder = _keys.FindHolder(key, header.Descriptor ?? default, commit);
        if (holder == id) return;
        Scene.Report(
            ColumnFamily.Keys,
            $"Version {header.Ordinal} of holon {id} has the key \"{key}\", which belongs to "
            + $"{(holder is null ? "nobody" : $"holon {holder}")} as of commit {commit}.");
    }
}
