using System.Runtime.InteropServices;
using Map.Core.Identity;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Committing;

/// <summary>Which holons join and leave which types. First all changes are gone through, then the rows are made.</summary>
internal sealed class TypeStage(CommitDraft draft)
{
    private sealed class Instances(GroupHead stored)
    {
        internal GroupHead Stored { get; } = stored;

        internal GroupHead Head { get; set; } = stored;

        internal List<LocalId> Joined { get; } = [];

        internal HashSet<LocalId> Left { get; } = [];
    }

    private readonly Dictionary<LocalId, Instances> _types = [];
    private readonly ByteWriter _value = new();

    internal void Add(LocalId type, LocalId holon)
    {
        var instances = Get(type);
        instances.Joined.Add(holon);
        instances.Head = instances.Head with { Count = instances.Head.Count + 1, LastAdd = draft.Number };
    }

    internal void Remove(LocalId type, LocalId holon)
    {
        var instances = Get(type);
        var head = instances.Head;
        Invariant.Require(instances.Left.Add(holon), "a holon leaves a type once");
        instances.Head = head with { Count = head.Count - 1, LastRemoval = draft.Number, Ended = head.Ended + 1 };
        Invariant.Require(instances.Head.Count >= 0, "a type has no more leavers than instances");
    }

    /// <summary>What is known of a type's instances, after the changes so far.</summary>
    internal GroupHead Find(LocalId type) => _types.TryGetValue(type, out var known) ? known.Head : FindStored(type);

    /// <summary>Makes the rows.</summary>
    internal void Finish()
    {
        foreach (var (type, instances) in _types) Put(type, instances);
    }

    private void Put(LocalId type, Instances instances)
    {
        var (stored, head) = (instances.Stored, instances.Head.After(draft.Number));
        Span<byte> key = stackalloc byte[RowKeys.TypeMemberSize];
        foreach (var holon in instances.Left)
        {
            var since = draft.Latest.FindInstanceSince(type, stored.Period, holon);
            RowKeys.WriteTypeMember(key, type, stored.Period, holon, since);
            MemberRow.Write(_value, new MemberRow(since, draft.Number));
            draft.Rows.Put(ColumnFamily.Types, key, _value);
        }

        foreach (var holon in instances.Joined)
        {
            RowKeys.WriteTypeMember(key, type, head.Period, holon, draft.Number);
            MemberRow.Write(_value, new MemberRow(draft.Number));
            draft.Rows.Put(ColumnFamily.Types, key, _value);
        }

        var group = key[..LocalId.Size];
        GroupHead.Write(_value, head);
        draft.Rows.Put(ColumnFamily.TypeHeads, group, _value);
        if (head.Period == stored.Period) return;
        PeriodStart.Put(
            draft, ColumnFamily.Types, draft.Latest.Types, group, stored, head,
            member => instances.Left.Contains(RowKeys.ReadTypeInstance(member)));
    }

    private Instances Get(LocalId type)
    {
        ref var instances = ref CollectionsMarshal.GetValueRefOrAddDefault(_types, type, out _);
        return instances ??= new Instances(FindStored(type));
    }

    private GroupHead FindStored(LocalId type)
    {
        Span<byte> key = stackalloc byte[LocalId.Size];
        type.Write(key);
        return draft.Latest.FindGroup(ColumnFamily.TypeHeads, key);
    }
}
