using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Views;

namespace Map.Core.Editing;

/// <summary>
/// Puts the link edits of a draft on top of the links of a later commit, so that they say the same of those: an added
/// link that is there by now, and a removed one that is gone, are no edits any more.
/// </summary>
/// <param name="view">The transaction as of the later commit.</param>
internal sealed class LinkRefresher(TransactionView view)
{
    private readonly IHolonService _saved = view.Saved;
    private readonly long _asOf = view.State.Snapshot;

    /// <summary>What changes in the edits of a draft.</summary>
    public IEnumerable<StateChange> Changes(DraftHolon draft)
    {
        if (draft.Links.IsEmpty) yield break;
        var (mine, theirs) = (view.ContractOf(draft.Descriptor), view.ContractOf(draft.Base?.Descriptor));
        foreach (var (name, edits) in draft.Links)
        {
            var facts = mine.Declared(name);
            // Under another type the saved links may be of another relationship of that name.
            LocalId[] relationships = [.. new[] { facts.Id, theirs.Declared(name).Id, LocalId.OfName(name) }.Distinct()];
            var hidden = new HashSet<RelatedPosition>();
            foreach (var link in edits.Removed)
            {
                var now = FindRemoved(draft.Id, link, facts) ?? FindMoved(draft.Id, link, facts, relationships);
                if (now is { } there) hidden.Add(there);
                if (now == link) continue;
                yield return new ShowLink(draft.Id, name, link);
                if (now is { } moved) yield return new HideLink(draft.Id, name, moved);
            }

            foreach (var change in Added(draft.Id, facts, edits, hidden, relationships)) yield return change;
        }
    }

    /// <summary>The saved link that a removal is of: the very one, or where there is but one of a member, that.</summary>
    private RelatedPosition? FindRemoved(LocalId source, RelatedPosition link, RelationshipFacts facts)
    {
        RelatedPosition? other = null;
        foreach (var slot in _saved.LinksBetween(source, link.Relationship, link.Slot.Other, _asOf))
        {
            if (slot == link.Slot) return link;
            if (link.Relationship == facts.Id && !facts.AllowsDuplicates) other = new RelatedPosition(link.Relationship, slot);
        }

        return other;
    }

    /// <summary>The saved link that a removal is of, where it followed its name to another relationship.</summary>
    private RelatedPosition? FindMoved(LocalId source, RelatedPosition link, RelationshipFacts facts, LocalId[] relationships)
    {
        foreach (var relationship in relationships.Append(link.Relationship))
        {
            if (relationship == link.Relationship && relationship == facts.Id) continue;
            foreach (var slot in _saved.LinksBetween(source, relationship, link.Slot.Other, _asOf))
                if (slot.Occurrence == link.Slot.Occurrence) return new RelatedPosition(relationship, slot);
        }

        return null;
    }

    private IEnumerable<StateChange> Added(
        LocalId source, RelationshipFacts facts, LinkEdits edits, HashSet<RelatedPosition> hidden, LocalId[] relationships)
    {
        foreach (var links in edits.Added.GroupBy(slot => slot.Other))
        {
            var there = relationships
                .SelectMany(id => _saved.LinksBetween(source, id, links.Key, _asOf).Select(slot => new RelatedPosition(id, slot)))
                .Where(link => !hidden.Contains(link)).Select(link => link.Slot.Occurrence).ToHashSet();
            if (there.Count == 0) continue;
            var next = there.Concat(links.Select(slot => slot.Occurrence)).Max() + 1;
            foreach (var slot in links)
            {
                if (facts.AllowsDuplicates && !there.Contains(slot.Occurrence)) continue;
                yield return new TakeLink(source, facts.Name, slot);
                // Beside those of others it is one more of the same.
                if (facts.AllowsDuplicates) yield return new AddLink(source, facts.Name, slot with { Occurrence = next++ });
            }
        }
    }
}
