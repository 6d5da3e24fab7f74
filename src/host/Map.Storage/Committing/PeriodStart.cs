using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Committing;

/// <summary>
/// Begins a period of a group with a commit: its first row, and the members that it takes over, which are those that
/// the period before has and the commit leaves.
/// </summary>
internal static class PeriodStart
{
    /// <summary>Puts the rows.</summary>
    /// <param name="draft">The commit.</param>
    /// <param name="family">Where the members stand.</param>
    /// <param name="rows">The members in the store.</param>
    /// <param name="group">What the keys of the group start with.</param>
    /// <param name="before">The group before the commit.</param>
    /// <param name="after">The group after it.</param>
    /// <param name="ends">Whether the commit ends the member that has a key.</param>
    internal static void Put(
        CommitDraft draft, ColumnFamily family, RowIterator rows, ReadOnlySpan<byte> group, GroupHead before,
        GroupHead after, Func<ReadOnlySpan<byte>, bool> ends)
    {
        Span<byte> prefix = stackalloc byte[group.Length + RowKeys.InverseSize];
        Span<byte> key = stackalloc byte[RowKeys.LinkSize];
        group.CopyTo(prefix);
        group.CopyTo(key);
        RowKeys.WriteInverse(prefix[group.Length..], before.Period);
        RowKeys.WriteInverse(key[group.Length..], after.Period);
        draft.Rows.Put(family, key[..prefix.Length], MemberRow.PeriodValue);
        if (after.Count == 0) return;
        for (var isOnRow = rows.Seek(prefix); isOnRow && rows.Key.StartsWith(prefix); isOnRow = rows.Next())
        {
            var member = rows.Key[prefix.Length..];
            if (member.IsEmpty || !MemberRow.Read(rows.Key, rows.Value).IsLive || ends(rows.Key)) continue;
            member.CopyTo(key[prefix.Length..]);
            draft.Rows.Put(family, key[..rows.Key.Length], rows.Value);
        }
    }
}
