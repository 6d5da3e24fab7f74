using System.Runtime.InteropServices;
using Map.Core.Identity;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Committing;

/// <summary>Which holons join and leave which types.</summary>
internal sealed class TypeStage(CommitDraft draft)
{
    private readonly Dictionary<LocalId, GroupHead> _heads = [];

    internal void Add(LocalId type, LocalId holon)
    {
        Span<byte> key = stackalloc byte[RowKeys.TypeMemberSize];
        RowKeys.WriteTypeMember(key, type, holon);
        MemberRow.Write(draft.Value, new MemberRow(draft.Number, 0));
        draft.PutValue(ColumnFamily.Types, key);
        ref var head = ref Head(type);
        head = head with { Count = head.Count + 1, LastAdd = draft.Number };
    }

    internal void Remove(LocalId type, LocalId holon)
    {
        Span<byte> key = stackalloc byte[RowKeys.TypeMemberSize + RowKeys.InverseSize];
        var live = key[..RowKeys.TypeMemberSize];
        RowKeys.WriteTypeMember(live, type, holon);
        RowKeys.WriteInverse(key[RowKeys.TypeMemberSize..], draft.Number);
        MemberRow.Write(draft.Value, draft.Latest.GetTypeMember(live));
        draft.Rows.Delete(ColumnFamily.Types, live);
        draft.PutValue(ColumnFamily.TypesPast, key);
        ref var head = ref Head(type);
        head = head with { Count = head.Count - 1, LastRemoval = draft.Number };
        Invariant.Require(head.Count >= 0, "a type has no more leavers than instances");
    }

    /// <summary>What is known of a type's instances, after the changes so far.</summary>
    internal GroupHead Find(LocalId type)
    {
        if (_heads.TryGetValue(type, out var head)) return head;
        Span<byte> key = stackalloc byte[LocalId.Size];
        type.Write(key);
        return draft.Latest.FindGroup(ColumnFamily.TypeHeads, key);
    }

    /// <summary>Makes the head rows.</summary>
    internal void Finish()
    {
        Span<byte> key = stackalloc byte[LocalId.Size];
        foreach (var (type, head) in _heads)
        {
            type.Write(key);
            GroupHead.Write(draft.Value, head);
            draft.PutValue(ColumnFamily.TypeHeads, key);
        }
    }

    private ref GroupHead Head(LocalId type)
    {
        ref var head = ref CollectionsMarshal.GetValueRefOrAddDefault(_heads, type, out var isKnown);
        if (isKnown || draft.StandingOf(type).IsNew) return ref head;
        Span<byte> key = stackalloc byte[LocalId.Size];
        type.Write(key);
        head = draft.Latest.FindGroup(ColumnFamily.TypeHeads, key);
        return ref head;
    }
}
