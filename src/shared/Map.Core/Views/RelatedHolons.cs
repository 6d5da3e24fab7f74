using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Types;

namespace Map.Core.Views;

/// <summary>
/// The members of relationships, staged over saved, from either end. Forward links of a saved holon that is staged
/// here are those of the reference used: a staged reference sees the edits, a saved one the saved links. Links from
/// the target's side are always those in view, since they belong to other holons.
/// </summary>
internal sealed class RelatedHolons(TransactionView view)
{
    private TransactionState State => view.State;

    private IHolonService Saved => view.Saved;

    /// <summary>Members by declared or inverse name, in order, after a position.</summary>
    public IEnumerable<(RelatedPosition Position, LocalId Id)> Members(
        HolonSnapshot holon, string name, RelatedPosition? after)
    {
        var members = KeptBySystem(holon, name, after)
            ?? (view.ContractOf(holon).Declares(name) ? Forward(holon, name, after) : null)
            ?? Inverse(holon, name, after)
            ?? Forward(holon, name, after);
        return members.Where(member => !view.IsHidden(member.Id));
    }

    /// <summary>What the order of the members hangs on: as long as it is the same, their positions mean the same.</summary>
    public string OrderOf(HolonSnapshot holon, string name)
    {
        if (KeptBySystem(holon, name, null) is not null) return "kept by the system";
        var contract = view.ContractOf(holon);
        if (!contract.Declares(name) && InverseRelationships(holon, name) is { Count: > 0 } inverse)
            return string.Join(' ', inverse.Keys);
        var facts = contract.Declared(name);
        return $"{string.Join(' ', Relationships(holon, facts))} {facts.IsOrdered} {Edits(holon, name).Numbering}";
    }

    /// <summary>The links of a declared relationship between two holons, in order.</summary>
    public IReadOnlyList<RelatedPosition> Between(HolonSnapshot source, string name, LocalId target)
    {
        var found = new List<RelatedPosition>();
        var edits = Edits(source, name);
        var facts = view.ContractOf(source).Declared(name);
        foreach (var relationship in Relationships(source, facts))
        {
            var saved = HasSavedSide(source) ? Saved.LinksBetween(source.Id, relationship, target, source.AsOf) : [];
            var left = saved.Where(slot => !edits.Removed.Contains(new RelatedPosition(relationship, slot)));
            var added = relationship == facts.Id ? Added(source, name, target) : [];
            // An added link may stand before a saved one.
            found.AddRange(left.Concat(added).Order().Select(slot => new RelatedPosition(relationship, slot)));
        }

        return found;
    }

    private IEnumerable<LinkSlot> Added(HolonSnapshot source, string name, LocalId target) => source.Draft switch
    {
        null => [],
        { Phase: HolonPhase.Transient } => State.Transients.Between(source.Id, name, target),
        _ => State.Nursery.Between(source.Id, name, target),
    };

    /// <summary>Members of a relationship that the system keeps; null where a name is none of those.</summary>
    public IEnumerable<(RelatedPosition Position, LocalId Id)>? KeptBySystem(HolonSnapshot holon, string name, RelatedPosition? after) =>
        name switch
        {
            CoreSchema.DescribedBy => One(holon.Descriptor, after),
            CoreSchema.OwnedBy => One(holon.Id == Saved.SpaceHolon ? null : Saved.SpaceHolon, after),
            CoreSchema.Instances => Listed(new ListFilter { Type = holon.Id }, after),
            CoreSchema.Owns when holon.Id == Saved.SpaceHolon =>
                Listed(new ListFilter(), after).Where(member => member.Id != holon.Id),
            _ => null,
        };

    private static IEnumerable<(RelatedPosition Position, LocalId Id)> One(LocalId? id, RelatedPosition? after) =>
        id is null || after is not null
            ? []
            : [(new RelatedPosition(default, new LinkSlot(0, id.Value, 0)), id.Value)];

    private IEnumerable<(RelatedPosition Position, LocalId Id)> Listed(ListFilter filter, RelatedPosition? after)
    {
        var from = after is { } position ? new ListPosition("", default, position.Slot.Other) : (ListPosition?)null;
        return new HolonListing(view).Holons(filter, from)
            .Select(member => (new RelatedPosition(default, new LinkSlot(0, member.Id, 0)), member.Id));
    }

    private IEnumerable<(RelatedPosition Position, LocalId Id)> Forward(HolonSnapshot holon, string name, RelatedPosition? after)
    {
        var edits = Edits(holon, name);
        var facts = view.ContractOf(holon).Declared(name);
        return Continue(Relationships(holon, facts), after, (relationship, slot) =>
        {
            var added = relationship == facts.Id ? edits.Added.From(slot ?? default, isExclusive: slot is not null) : [];
            return Merge(SavedForward(holon, edits, relationship, slot), added);
        });
    }

    /// <summary>Saved links of a holon that it does not remove, in order.</summary>
    public IEnumerable<LinkSlot> SavedForward(HolonSnapshot holon, LinkEdits edits, LocalId relationship, LinkSlot? after)
    {
        if (!HasSavedSide(holon)) return [];
        var saved = Saved.Links(holon.Id, LinkDirection.Forward, relationship, after, holon.AsOf);
        return edits.Removed.IsEmpty ? saved : saved.Where(link => !edits.Removed.Contains(new RelatedPosition(relationship, link)));
    }

    private IEnumerable<(RelatedPosition Position, LocalId Id)>? Inverse(HolonSnapshot holon, string name, RelatedPosition? after)
    {
        var declared = InverseRelationships(holon, name);
        if (declared.Count == 0) return null;
        return Continue([.. declared.Keys], after, (relationship, slot) => Reverse(holon, relationship, declared[relationship], slot));
    }

    /// <summary>The relationships of which the reverse side has a name, with what each is by its source's type.</summary>
    public SortedList<LocalId, RelationshipFacts> InverseRelationships(HolonSnapshot holon, string name)
    {
        var byId = new SortedList<LocalId, RelationshipFacts>();
        foreach (var facts in InverseFacts(holon, name))
            foreach (var relationship in Relationships(facts)) byId.TryAdd(relationship, facts);
        return byId;
    }

    /// <summary>
    /// The declared relationships that reach a holon under an inverse name: of its type, and of a descriptor also
    /// those to what it extends (a property type is a target of relationships to PropertyType).
    /// </summary>
    public List<RelationshipFacts> InverseFacts(HolonSnapshot holon, string name)
    {
        var rules = view.ContractOf(holon).Inverse(name);
        if (holon.Properties[CoreSchema.TypeName] is not null) rules = [.. rules, .. view.ContractOf(holon.Id).Inverse(name)];
        return [.. rules.Select(rule => rule.Facts).DistinctBy(facts => facts.Id)];
    }

    /// <summary>The holons that have a holon as a member of one relationship; one of several links stands as often.</summary>
    public IEnumerable<LocalId> Sources(HolonSnapshot target, RelationshipFacts facts) => Relationships(facts)
        .SelectMany(relationship => Reverse(target, relationship, facts, null))
        .Select(slot => slot.Other).Where(source => !view.IsHidden(source));

    private IEnumerable<LinkSlot> Reverse(
        HolonSnapshot holon, LocalId relationship, RelationshipFacts facts, LinkSlot? after)
    {
        var added = Incoming(holon, relationship, facts, after);
        return holon.Phase == HolonPhase.Transient ? added : Merge(SavedReverse(holon, relationship, facts, after), added);
    }

    /// <summary>Saved links to a holon that no draft removes, as slots seen from the target.</summary>
    public IEnumerable<LinkSlot> SavedReverse(HolonSnapshot holon, LocalId relationship, RelationshipFacts facts, LinkSlot? after) =>
        Saved.Links(holon.Id, LinkDirection.Reverse, relationship, after, holon.AsOf)
            .Where(slot => !IsRemoved(slot, relationship, facts, holon.Id));

    /// <summary>Links that drafts add, as slots seen from the target: by source and occurrence.</summary>
    public IEnumerable<LinkSlot> Incoming(HolonSnapshot holon, LocalId relationship, RelationshipFacts facts, LinkSlot? after)
    {
        var pool = holon.Phase == HolonPhase.Transient ? State.Transients : State.Nursery;
        var sources = pool.Incoming(holon.Id, facts.Name, after?.Other ?? default)
            .Where(link => view.ContractOf(pool.Find(link.Source)!.Descriptor).Declared(facts.Name).Id == relationship)
            .GroupAdjacent(link => link.Source);
        foreach (var links in sources)
        {
            foreach (var occurrence in links.Select(link => link.Slot.Occurrence).Order())
            {
                var slot = new LinkSlot(0, links[0].Source, occurrence);
                if (after is null || slot.CompareTo(after.Value) > 0) yield return slot;
            }
        }
    }

    private bool IsRemoved(LinkSlot slot, LocalId relationship, RelationshipFacts facts, LocalId target)
    {
        var removed = State.Nursery.Find(slot.Other)?.Links.GetValueOrDefault(facts.Name)?.Removed;
        if (removed is null || removed.IsEmpty) return false;
        // The reverse row does not tell the order, so that of an ordered relationship is looked for.
        return facts.IsOrdered && relationship == facts.Id
            ? removed.Any(link => link.Relationship == relationship
                && link.Slot.Other == target && link.Slot.Occurrence == slot.Occurrence)
            : removed.Contains(new RelatedPosition(relationship, new LinkSlot(0, target, slot.Occurrence)));
    }

    /// <summary>What a draft changes in a relationship.</summary>
    public static LinkEdits Edits(HolonSnapshot holon, string name) =>
        holon.Draft?.EditsOf(name) ?? LinkEdits.None;

    /// <summary>Whether a holon can have saved links.</summary>
    public static bool HasSavedSide(HolonSnapshot holon) => holon.Draft is null || holon.Draft.Base is not null;

    /// <summary>
    /// What a name stands for from the source's side: the relationship and, where the holon's type does not declare the name,
    /// those of that name of which it has links all the same, since its type declared them once.
    /// </summary>
    public IReadOnlyList<LocalId> Relationships(HolonSnapshot source, RelationshipFacts facts)
    {
        if (facts.IsTyped || !HasSavedSide(source)) return Relationships(facts);
        var names = view.Descriptors;
        return
        [
            facts.Id,
            .. Saved.LinkGroups(source.Id, LinkDirection.Forward, source.AsOf)
                .Where(group => group.Name is null && string.Equals(names.NameOf(group), facts.Name, StringComparison.Ordinal))
                .Select(group => group.Relationship),
        ];
    }

    /// <summary>A name stands for its typed relationship and for links made before a type declared it.</summary>
    public static LocalId[] Relationships(RelationshipFacts facts) =>
        facts.IsTyped ? [facts.Id, LocalId.OfName(facts.Name)] : [facts.Id];

    /// <summary>Reads relationships one after the other, beginning after a position.</summary>
    private static IEnumerable<(RelatedPosition Position, LocalId Id)> Continue(
        IReadOnlyList<LocalId> relationships,
        RelatedPosition? after,
        Func<LocalId, LinkSlot?, IEnumerable<LinkSlot>> read)
    {
        var isPast = after is null;
        foreach (var relationship in relationships)
        {
            var isHere = after?.Relationship == relationship;
            if (!isPast && !isHere) continue;
            isPast = true;
            foreach (var slot in read(relationship, isHere ? after!.Value.Slot : null))
                yield return (new RelatedPosition(relationship, slot), slot.Other);
        }
    }

    private static IEnumerable<LinkSlot> Merge(IEnumerable<LinkSlot> saved, IEnumerable<LinkSlot> staged) =>
        Sequences.MergeSorted(saved, staged, Comparer<LinkSlot>.Default);
}
