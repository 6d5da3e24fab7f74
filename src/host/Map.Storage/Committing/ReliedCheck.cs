using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Committing;

/// <summary>Whether all that validation relied on is still so, after what is written before this commit.</summary>
/// <param name="draft">The commit.</param>
/// <param name="groups">The heads of groups of links, as this commit has read them.</param>
/// <param name="judgedAsOf">The commit as of which it was so.</param>
internal sealed class ReliedCheck(CommitDraft draft, LinkGroups groups, long judgedAsOf)
{
    /// <summary>Checks the facts.</summary>
    internal bool Holds(ReliedFacts facts)
    {
        if (facts.ReadsAll && draft.Number - 1 > judgedAsOf) return false;
        foreach (var group in facts.Groups)
            if (!groups.FindStored(group).IsUnchangedSince(judgedAsOf)) return false;
        foreach (var (holon, type) in facts.Types)
            if (!IsStill(holon, type)) return false;
        foreach (var holon in facts.Retyped)
            if (IsLinkedSince(holon)) return false;
        return Holds(facts.Holons, IsAsItWas) && Holds(facts.Sides, IsAsItWas)
            && Holds(facts.Listed, IsListedAsItWas) && Holds(facts.Keys, IsAsItWas);
    }

    private static bool Holds<T>(IReadOnlyCollection<T> facts, Func<T, bool> isStill) => facts.Count == 0 || facts.All(isStill);

    private bool IsAsItWas(LocalId holon) => !(draft.HeadOf(holon)?.Commit > judgedAsOf);

    private bool IsAsItWas(LinkSide side)
    {
        Span<byte> prefix = stackalloc byte[RowKeys.LinkSideSize];
        RowKeys.WriteLinkSide(prefix, side.Holon, side.Direction);
        var heads = draft.Latest.LinkHeads;
        for (var isOnRow = heads.Seek(prefix); isOnRow && heads.Key.StartsWith(prefix); isOnRow = heads.Next())
            if (!GroupHead.Read(heads.Value).IsUnchangedSince(judgedAsOf)) return false;
        return true;
    }

    private bool IsListedAsItWas(LocalId type)
    {
        Span<byte> key = stackalloc byte[LocalId.Size];
        type.Write(key);
        return draft.Latest.FindGroup(ColumnFamily.TypeHeads, key).IsUnchangedSince(judgedAsOf);
    }

    private bool IsAsItWas(string key)
    {
        // A key text is ended by a zero byte; behind it are the types, of each the newest row first.
        byte[] prefix = [.. System.Text.Encoding.UTF8.GetBytes(key), 0];
        var rows = draft.Latest.ReliedKeys;
        for (var isOnRow = rows.Seek(prefix); isOnRow && rows.Key.StartsWith(prefix); isOnRow = rows.Next())
            if (RowKeys.CommitAtEnd(rows.Key) > judgedAsOf) return false;
        return true;
    }

    private bool IsStill(LocalId holon, LocalId? type)
    {
        var head = draft.HeadOf(holon);
        if (head is { Header.IsDeleted: false } living && living.Header.Descriptor == type) return true;
        Invariant.Require(head?.Commit > judgedAsOf, "the types that validation read were those of the commit it judged by");
        return false;
    }

    private bool IsLinkedSince(LocalId holon)
    {
        Span<byte> prefix = stackalloc byte[LocalId.Size];
        holon.Write(prefix);
        var heads = draft.Latest.LinkHeads;
        for (var isOnRow = heads.Seek(prefix); isOnRow && heads.Key.StartsWith(prefix); isOnRow = heads.Next())
            if (GroupHead.Read(heads.Value).LastAdd > judgedAsOf) return true;
        return false;
    }
}
