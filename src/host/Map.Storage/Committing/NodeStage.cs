using System.Security.Cryptography;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Values;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Committing;

/// <summary>Checks the node changes of a plan and makes their rows, and those of the key and type indexes.</summary>
internal sealed class NodeStage
{
    private const int SaltsAtOnce = 256;

    private readonly CommitDraft _draft;
    private readonly IReadOnlyList<NodeChange> _changes;
    private readonly NodeHead?[] _heads;
    private readonly KeyStage _keys;
    private readonly TypeStage _types;
    private readonly ByteWriter _value = new();
    private readonly byte[] _salts = new byte[SaltsAtOnce * NodeRow.SaltSize];
    private int _saltsUsed = SaltsAtOnce;

    internal NodeStage(CommitDraft draft, IReadOnlyList<NodeChange> changes)
    {
        (_draft, _changes, _heads) = (draft, changes, new NodeHead?[changes.Count]);
        (_keys, _types) = (new KeyStage(draft, Conflicts), new TypeStage(draft));
    }

    /// <summary>What no longer holds.</summary>
    internal List<CommitConflict> Conflicts { get; } = [];

    /// <summary>How many more holons live after the commit.</summary>
    internal long LiveDelta { get; private set; }

    /// <summary>Compares the changes with what is in the store. After this it is known which holons live after the commit.</summary>
    internal void Check()
    {
        RequireNew(_changes);
        for (var i = 0; i < _heads.Length; i++) _heads[i] = Check(_changes[i]);
        foreach (var change in _changes) CheckDescriptor(change);
    }

    /// <summary>Makes the rows.</summary>
    internal void Run()
    {
        for (var i = 0; i < _heads.Length; i++)
            if (_changes[i].Kind == NodeChangeKind.Create || _heads[i] is not null) Stage(_changes[i], _heads[i]);
        foreach (var change in _changes)
            if (change.Kind == NodeChangeKind.Delete) CheckInstances(change.Id);
        _keys.Finish();
        _types.Finish();
    }

    /// <summary>
    /// Makes sure that nothing is known of created holons. Ids rise with time, so that one look past the last holon
    /// answers for all of them.
    /// </summary>
    private void RequireNew(IReadOnlyList<NodeChange> changes)
    {
        var ids = new List<LocalId>();
        for (var i = 0; i < changes.Count; i++)
            if (changes[i].Kind == NodeChangeKind.Create) ids.Add(changes[i].Id);
        if (ids.Count == 0) return;
        ids.Sort();
        var rows = _draft.Latest.Nodes;
        Span<byte> key = stackalloc byte[LocalId.Size];
        var isSought = false;
        foreach (var id in ids)
        {
            id.Write(key);
            if (!isSought || rows.IsValid && rows.Key.SequenceCompareTo(key) < 0) rows.Seek(key);
            isSought = true;
            if (!rows.IsValid) return;
            Invariant.Require(!rows.Key.StartsWith(key), "a created holon has an id that was never used");
        }
    }

    /// <summary>Compares the head with the version that the change was staged from.</summary>
    /// <returns>The head, also when it is not the base, so that keys are judged too; null where none is live.</returns>
    private NodeHead? Check(NodeChange change)
    {
        if (change.Kind == NodeChangeKind.Create)
        {
            Invariant.Require(change.Base is null, "a created holon has no base");
            _draft.SetStanding(change.Id, new Standing(IsLive: true, IsNew: true, Commit: 0));
            return null;
        }

        Invariant.Require(change.Base is not null, "an update or a deletion has a base");
        var head = _draft.Latest.FindHead(change.Id);
        Invariant.Require(head is not null, "a changed holon was saved before");
        var (commit, header, _) = head.Value;
        var isEnding = change.Kind == NodeChangeKind.Delete;
        _draft.SetStanding(
            change.Id, new Standing(!header.IsDeleted && !isEnding, IsNew: false, header.IsDeleted ? commit : 0));
        if (header.IsDeleted)
        {
            Conflict(ConflictKind.Deleted, change.Id, other: null, commit);
            return null;
        }

        if (commit == change.Base.Commit)
        {
            Invariant.Require(header.Ordinal == change.Base.Version, "the base is the version that its commit saved");
            return head;
        }

        Conflict(ConflictKind.Changed, change.Id, other: null, commit);
        return head;
    }

    private void CheckDescriptor(NodeChange change)
    {
        if (change.Kind == NodeChangeKind.Delete || change.Descriptor is not { } descriptor) return;
        var standing = _draft.StandingOf(descriptor);
        if (!standing.IsLive) Conflict(ConflictKind.DescriptorGone, change.Id, descriptor, standing.Commit);
    }

    /// <summary>Every holon has a type: one that still describes any, after this commit's own changes, stays.</summary>
    private void CheckInstances(LocalId type)
    {
        var instances = _types.Find(type);
        if (instances.Count > 0) Conflict(ConflictKind.NewInstance, type, other: null, instances.LastAdd);
    }

    private void Stage(NodeChange change, NodeHead? head)
    {
        var isEnding = change.Kind == NodeChangeKind.Delete;
        var header = new NodeHeader(
            isEnding, head is null ? 1 : checked(head.Value.Header.Ordinal + 1),
            isEnding ? head!.Value.Header.Descriptor : change.Descriptor,
            head is null ? change.Predecessor : head.Value.Header.Predecessor);
        PutRow(change, header);
        Index(change, head);
        if (change.Kind == NodeChangeKind.Create) LiveDelta++;
        if (isEnding) LiveDelta--;
    }

    private void PutRow(NodeChange change, NodeHeader header)
    {
        Span<byte> key = stackalloc byte[RowKeys.NodeSize];
        RowKeys.WriteNode(key, change.Id, _draft.Number);
        NodeRow.Write(_value, header, NextSalt(), header.IsDeleted ? PropertyMap.Empty : change.Properties);
        Span<byte> digest = stackalloc byte[MetaRows.HashSize];
        SHA256.HashData(_value.Written, digest);
        _draft.Body.AddNode(change.Kind, change.Id, header.Ordinal, digest);
        _draft.Rows.Put(ColumnFamily.Nodes, key, _value);
    }

    /// <summary>Moves the holon in the indexes when its type or its key is another one.</summary>
    private void Index(NodeChange change, NodeHead? head)
    {
        var isEnding = change.Kind == NodeChangeKind.Delete;
        var oldType = head?.Header.Descriptor;
        var newType = isEnding ? null : change.Descriptor;
        if (oldType != newType)
        {
            if (oldType is { } left) _types.Remove(left, change.Id);
            if (newType is { } joined) _types.Add(joined, change.Id);
        }

        var oldKey = head?.Key;
        var newKey = isEnding ? null : KeyOf(change);
        if (oldKey == newKey && oldType == newType) return;
        if (oldKey is not null) _keys.Release(oldKey, oldType ?? default);
        if (newKey is not null) _keys.Claim(newKey, newType ?? default, change.Id);
    }

    private void Conflict(ConflictKind kind, LocalId holon, LocalId? other, long commit) =>
        Conflicts.Add(new CommitConflict(kind, holon, other, commit, Key: null));

    private static string? KeyOf(NodeChange change)
    {
        if (change.Properties[Names.Key] is not StringValue key) return null;
        Invariant.Require(Names.IsValidKey(key.Value), "a key is short, well-formed text without U+0000");
        return key.Value;
    }

    private ReadOnlySpan<byte> NextSalt()
    {
        if (_saltsUsed == SaltsAtOnce)
        {
            RandomNumberGenerator.Fill(_salts);
            _saltsUsed = 0;
        }

        return _salts.AsSpan(_saltsUsed++ * NodeRow.SaltSize, NodeRow.SaltSize);
    }
}
