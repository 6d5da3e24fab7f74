using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Types;
using Map.Core.Views;

namespace Map.Core.Editing;

/// <summary>
/// Links follow their name when the type of a draft changes: those of a relationship that the name no longer stands for
/// are moved to the one that it stands for now, which is the bare name where the type declares none. They keep their order
/// where there is one; those that may stand but once by now do so.
/// </summary>
/// <param name="view">The transaction, in which the draft has its type.</param>
/// <param name="most">How many saved links of one draft may be moved.</param>
internal sealed class LinkMover(TransactionView view, int most = int.MaxValue)
{
    private readonly DescriptorLinks _descriptors = view.Descriptors;
    private readonly IHolonService _saved = view.Saved;

    /// <summary>What moves the links of all drafts that have another type than the saved version that they change.</summary>
    public static IEnumerable<StateChange> ChangesOfRetyped(TransactionView view) => view.State.Nursery.OfSaved
        .Where(draft => draft.IsLive && draft.Descriptor != draft.Base!.Descriptor).SelectMany(new LinkMover(view).Changes);

    /// <summary>What moves the links of a draft.</summary>
    /// <exception cref="HolonException">There are more to move than may be.</exception>
    public IReadOnlyList<StateChange> Changes(DraftHolon draft)
    {
        var contract = view.ContractOf(draft.Descriptor);
        var astray = Astray(draft, contract);
        var changes = new List<StateChange>();
        foreach (var name in astray.Select(link => link.Name).Concat(draft.Links.Keys).Distinct(StringComparer.Ordinal))
        {
            var links = astray.Where(link => link.Name == name).Select(link => link.Position).ToList();
            changes.AddRange(Changes(draft, contract.Declared(name), links));
        }

        return changes;
    }

    /// <summary>The saved links, in order, that are of another relationship than their name stands for, and are not removed.</summary>
    private List<(string Name, RelatedPosition Position)> Astray(DraftHolon draft, Contract contract)
    {
        var astray = new List<(string, RelatedPosition)>();
        if (draft.Base is null) return astray;
        foreach (var group in _saved.LinkGroups(draft.Id, LinkDirection.Forward, view.State.Snapshot))
        {
            if (_descriptors.NameOf(group) is not { } name || contract.Declared(name).Id == group.Relationship) continue;
            var removed = draft.EditsOf(name).Removed;
            foreach (var slot in _saved.Links(draft.Id, LinkDirection.Forward, group.Relationship, null, view.State.Snapshot))
            {
                view.Cancellation.ThrowIfCancellationRequested();
                var position = new RelatedPosition(group.Relationship, slot);
                if (removed.Contains(position)) continue;
                if (astray.Count == most) throw TooMany(draft);
                astray.Add((name, position));
            }
        }

        return astray;
    }

    private List<StateChange> Changes(DraftHolon draft, RelationshipFacts facts, List<RelatedPosition> astray)
    {
        var (id, name, edits) = (draft.Id, facts.Name, draft.EditsOf(facts.Name));
        var present = new Dictionary<LocalId, HashSet<uint>>();
        var changes = astray.Select(StateChange (position) => new HideLink(id, name, position)).ToList();
        var adds = new List<StateChange>();
        var isNumbered = astray.Count == 0 || !facts.IsOrdered;
        foreach (var (slot, isAdded) in InOrder(edits, astray))
        {
            if (!present.TryGetValue(slot.Other, out var occurrences))
                present[slot.Other] = occurrences = astray.Count == 0 ? [] : [.. SavedOccurrences(draft, facts, slot.Other)];
            var place = Place(slot, facts, occurrences);
            // A saved link that was removed here and is added again is as it was.
            var back = new RelatedPosition(facts.Id, (place ?? slot) with { Order = 0 });
            var isBack = place is not null && !facts.IsOrdered && edits.Removed.Contains(back);
            var isAsItWas = isAdded && !isBack && place == slot;
            if (isAdded && !isAsItWas) changes.Add(new TakeLink(id, name, slot));
            if (isBack) adds.Add(new ShowLink(id, name, back));
            else if (place is { } now && !isAsItWas) adds.Add(new AddLink(id, name, now));
            isNumbered &= place is null || isBack || slot.Order != 0 == facts.IsOrdered;
        }

        changes.AddRange(adds);
        if (!isNumbered) changes.Add(new NumberLinks(id, name, facts.IsOrdered));
        return changes;
    }

    /// <summary>The links that a draft adds and those that are moved beside them, in the order in which they stood.</summary>
    private static IEnumerable<(LinkSlot Slot, bool IsAdded)> InOrder(LinkEdits edits, List<RelatedPosition> astray) =>
        edits.Added.Select(slot => (slot, true)).Concat(astray.Select(position => (position.Slot, false))).OrderBy(each => each.Item1);

    /// <summary>The occurrence numbers of the saved links to a member that stay.</summary>
    private IEnumerable<uint> SavedOccurrences(DraftHolon draft, RelationshipFacts facts, LocalId member) => draft.Base is null
        ? []
        : _saved.LinksBetween(draft.Id, facts.Id, member, view.State.Snapshot)
            .Where(slot => !draft.EditsOf(facts.Name).Removed.Contains(new RelatedPosition(facts.Id, slot)))
            .Select(slot => slot.Occurrence);

    /// <summary>The link beside those to the same member that are there; null where it may stand but once.</summary>
    private static LinkSlot? Place(LinkSlot slot, RelationshipFacts facts, HashSet<uint> occurrences)
    {
        if (!facts.AllowsDuplicates) return occurrences.Count == 0 && occurrences.Add(0) ? slot with { Occurrence = 0 } : null;
        var occurrence = occurrences.Contains(slot.Occurrence) ? occurrences.Max() + 1 : slot.Occurrence;
        occurrences.Add(occurrence);
        return slot with { Occurrence = occurrence };
    }

    private HolonException TooMany(DraftHolon draft)
    {
        var message = $"More than {most:N0} links of {view.Display(draft.Id)} would have to become links of other relationships, "
            + "which is too many for one command. Keep its type, or remove some of them first.";
        return new HolonException([new HolonError(HolonErrorCode.TooLarge, message) { Subject = view.ReferenceTo(draft.Id), Limit = most }]);
    }
}
