using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Types;

namespace Map.Core.Views;

/// <summary>
/// How many members each relationship of one holon has: as many as <see cref="RelatedHolons.Members"/> gives. The store
/// knows the numbers of saved links; they are counted one by one only where something staged hides some of them, or
/// where an old version is read.
/// </summary>
internal sealed class RelatedCounts
{
    private readonly TransactionView _view;
    private readonly RelatedHolons _related;
    private readonly HolonSnapshot _holon;
    private readonly Lazy<Dictionary<LocalId, LinkGroup>> _forward;
    private readonly Lazy<Dictionary<LocalId, LinkGroup>> _reverse;
    private readonly bool _hidesSavedLinks;

    public RelatedCounts(TransactionView view, RelatedHolons related, HolonSnapshot holon)
    {
        _view = view;
        _related = related;
        _holon = holon;
        _forward = new(() => Groups(LinkDirection.Forward));
        _reverse = new(() => Groups(LinkDirection.Reverse));
        _hidesSavedLinks = IsPast || State.Nursery.Deletions > 0 || State.Nursery.Removers > 0;
    }

    private TransactionState State => _view.State;

    /// <summary>Whether links may lead to holons that were deleted since.</summary>
    private bool IsPast => _holon.AsOf != State.Snapshot;

    /// <summary>The relationships that have members, by name.</summary>
    public IEnumerable<(string Name, bool IsInverse, long Count)> All()
    {
        foreach (var name in Names())
        {
            var (isInverse, count) = Count(name);
            if (count > 0) yield return (name, isInverse, count);
        }
    }

    /// <summary>The names of the declared relationships, those without members too.</summary>
    public IEnumerable<string> Declared() => Names().Where(name => !CoreSchema.IsKeptBySystem(name) && !IsInverse(name));

    /// <summary>Every name under which the holon can have members.</summary>
    private SortedSet<string> Names()
    {
        var contract = _view.ContractOf(_holon);
        var names = new SortedSet<string>(CoreSchema.KeptBySystem, StringComparer.Ordinal);
        names.UnionWith(contract.DeclaredNames);
        names.UnionWith(contract.InverseNames);
        if (_holon.Properties[CoreSchema.TypeName] is not null) names.UnionWith(_view.ContractOf(_holon.Id).InverseNames);
        var declared = contract.Relationships.Values.Select(rule => rule.Facts.Id).ToHashSet();
        var descriptors = _view.Descriptors;
        foreach (var group in _forward.Value.Values)
            if (!declared.Contains(group.Relationship) && descriptors.NameOf(group) is { } name) names.Add(name);
        if (_holon.Draft is { } draft) names.UnionWith(draft.Links.Keys);
        return names;
    }

    /// <summary>How many members there are under a name, and whether it is read from the target's side.</summary>
    public (bool IsInverse, long Count) Count(string name)
    {
        if (_related.KeptBySystem(_holon, name, null) is { } members)
        {
            var isInverse = name is CoreSchema.Instances or CoreSchema.Owns or CoreSchema.Successor;
            return (isInverse, CountKept(name, members.Select(member => member.Id)));
        }

        return IsInverse(name)
            ? (true, _related.InverseRelationships(_holon, name).Sum(each => CountReverse(each.Key, each.Value)))
            : (false, CountForward(name));
    }

    private bool IsInverse(string name) =>
        !_view.ContractOf(_holon).Declares(name) && _related.InverseRelationships(_holon, name).Count > 0;

    private long CountKept(string name, IEnumerable<LocalId> members)
    {
        var nursery = State.Nursery;
        switch (name)
        {
            case CoreSchema.Instances:
                var moved = nursery.OfSaved.LongCount(draft => draft.Base!.Descriptor == _holon.Id);
                return _view.Saved.CountInstances(_holon.Id, State.Snapshot) - moved + nursery.OfType(_holon.Id, null).LongCount();
            case CoreSchema.Owns:
                var space = _view.Saved.SpaceHolon;
                var live = nursery.Count - nursery.Deletions - (nursery.Find(space) is { IsLive: true } ? 1 : 0);
                return _view.Saved.CountHolons(State.Snapshot) - nursery.OfSaved.LongCount(draft => draft.Id != space) + live;
            default:
                return Tally(members, mayBeGone: true);
        }
    }

    /// <summary>How many members there are under a declared name.</summary>
    public long CountForward(string name)
    {
        var edits = RelatedHolons.Edits(_holon, name);
        var facts = _view.ContractOf(_holon).Declared(name);
        var count = Tally(edits.Added.Select(slot => slot.Other), mayBeGone: true);
        foreach (var relationship in _related.Relationships(_holon, facts))
        {
            if (!_forward.Value.TryGetValue(relationship, out var saved)) continue;
            // An abandoned draft hides links from who refers to it, and from nobody else.
            count += _hidesSavedLinks || !edits.Removed.IsEmpty ? Tally(_related.SavedForward(_holon, edits, relationship, null)) : saved.Count;
        }

        return count;
    }

    /// <summary>How many links of a relationship lead here.</summary>
    public long CountReverse(LocalId relationship, RelationshipFacts facts)
    {
        var count = Tally(_related.Incoming(_holon, relationship, facts, null));
        if (!_reverse.Value.TryGetValue(relationship, out var saved)) return count;
        return count + (_hidesSavedLinks ? Tally(_related.SavedReverse(_holon, relationship, facts, null)) : saved.Count);
    }

    /// <summary>The saved groups of links, none of a holon that was never saved.</summary>
    private Dictionary<LocalId, LinkGroup> Groups(LinkDirection direction) => RelatedHolons.HasSavedSide(_holon)
        ? _view.Saved.LinkGroups(_holon.Id, direction, _holon.AsOf).ToDictionary(group => group.Relationship)
        : [];

    private long Tally(IEnumerable<LinkSlot> links) => Tally(links.Select(slot => slot.Other), mayBeGone: IsPast);

    private long Tally(IEnumerable<LocalId> members, bool mayBeGone)
    {
        long count = 0;
        foreach (var id in members)
        {
            _view.Cancellation.ThrowIfCancellationRequested();
            if (!_view.IsHidden(id) && (!mayBeGone || _view.Exists(id))) count++;
        }

        return count;
    }
}
