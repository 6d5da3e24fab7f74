using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Encoding;

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
        foreach (var group in facts.Groups)
            if (!groups.FindStored(group).IsUnchangedSince(judgedAsOf)) return false;
        foreach (var (holon, type) in facts.Types)
            if (!IsStill(holon, type)) return false;
        foreach (var holon in facts.Retyped)
            if (IsLinkedSince(holon)) return false;
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
