using Map.Core.Errors;
using Map.Core.References;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Types;
using Map.Core.Views;

namespace Map.Core.Editing;

/// <summary>Changes of one declared relationship of one draft.</summary>
internal sealed class LinkEditor
{
    private readonly TransactionEditor _editor;
    private readonly HolonReference _holon;
    private readonly string _name;
    private readonly RelationshipFacts _facts;

    public LinkEditor(TransactionEditor editor, HolonReference holon, string name)
    {
        _editor = editor;
        _holon = holon;
        _name = name;
        RequireDeclared();
        editor.Writable(holon);
        _facts = editor.View.ContractOf(editor.View.Resolve(holon)).Declared(name);
    }

    private DraftHolon Draft => _editor.Writable(_holon);

    public void Add(IReadOnlyCollection<HolonReference> targets, MemberPosition position)
    {
        if (!_facts.IsOrdered && position.Place != MemberPlace.Last)
        {
            throw new HolonException(
                HolonErrorCode.InvalidRequest, $"\"{_name}\" is not ordered, so its members have no position.", _holon, "position");
        }

        var left = targets.Count;
        var last = default(LinkSlot?);
        foreach (var target in targets)
        {
            RequireTarget(target);
            // Several targets stand together, in the order given.
            last = Add(target, () => Neighbours(position, last), left--) ?? last;
        }
    }

    public void Remove(IEnumerable<HolonReference> targets, uint? occurrence)
    {
        foreach (var target in targets) Remove(target, occurrence);
    }

    /// <summary>Adds a member.</summary>
    /// <param name="target">The member.</param>
    /// <param name="neighbours">Finds the members that it is to stand between.</param>
    /// <param name="left">How many more are to stand there, this one included.</param>
    /// <returns>The link; null when it was there already.</returns>
    private LinkSlot? Add(HolonReference target, Func<(LinkSlot? Previous, LinkSlot? Next)> neighbours, int left)
    {
        var present = Present(target);
        if (present.Count > 0 && !_facts.AllowsDuplicates) return null;
        var occurrence = present.Count == 0 ? 0 : present.Max(link => link.Slot.Occurrence) + 1;
        var added = new LinkSlot(_facts.IsOrdered ? OrderAt(neighbours, left) : 0, target.Id, occurrence);
        var link = new RelatedPosition(_facts.Id, added);
        // A saved link that was removed here and is added again is as it was.
        var isHidden = Draft.EditsOf(_name).Removed.Contains(link);
        _editor.Apply(isHidden ? new ShowLink(_holon.Id, _name, link) : new AddLink(_holon.Id, _name, added));
        return added;
    }

    private (LinkSlot? Previous, LinkSlot? Next) Neighbours(MemberPosition position, LinkSlot? last) =>
        last is { } slot && position.Place != MemberPlace.Last ? Placer().Behind(slot) : Placer().Neighbours(position);

    private ulong OrderAt(Func<(LinkSlot? Previous, LinkSlot? Next)> neighbours, int left)
    {
        var (previous, next) = neighbours();
        if (OrderPlacer.Between(previous, next, left) is { } order) return order;
        if (previous is { } member) Spread(member);
        (previous, next) = neighbours();
        return OrderPlacer.Between(previous, next, left) ?? throw new HolonException(
            HolonErrorCode.OrderExhausted, $"There is no room at this place of \"{_name}\". Place the member elsewhere.", _holon, "position");
    }

    private OrderPlacer Placer() => new(_editor.View, _editor.View.Resolve(_holon), _facts);

    /// <summary>Moves the members behind one apart, in the same step, so that there is room before them.</summary>
    private void Spread(LinkSlot previous)
    {
        foreach (var (from, to) in Placer().Spread(previous).Reverse())
            _editor.Apply(new MoveLink(_holon.Id, _name, new RelatedPosition(_facts.Id, from), to));
    }

    private void Remove(HolonReference target, uint? occurrence)
    {
        _editor.View.RequireOwn(target);
        var present = Present(target);
        // A member that was deleted meanwhile can still be removed, since its link is in the way of the commit.
        if (present.Count == 0) _editor.View.Resolve(target);
        if (occurrence is { } one) present = one < present.Count ? [present[(int)one]] : [];
        if (present.Count == 0)
        {
            throw new HolonException(
                HolonErrorCode.MemberNotFound, $"{_editor.View.Display(target.Id)} is not a member of \"{_name}\".", _holon, _name);
        }

        foreach (var link in present) Take(link);
    }

    /// <summary>Takes an added link back, or notes a saved one as removed.</summary>
    private void Take(RelatedPosition link)
    {
        var isAdded = link.Relationship == _facts.Id && Draft.EditsOf(_name).Added.Contains(link.Slot);
        _editor.Apply(isAdded ? new TakeLink(_holon.Id, _name, link.Slot) : new HideLink(_holon.Id, _name, link));
    }

    /// <summary>The links to a target now, in order: saved ones that are not removed, and added ones.</summary>
    private IReadOnlyList<RelatedPosition> Present(HolonReference target) =>
        _editor.View.MembersTo(_editor.View.Resolve(_holon), _name, target.Id);

    private void RequireDeclared()
    {
        if (CoreSchema.IsKeptBySystem(_name))
        {
            throw new HolonException(
                HolonErrorCode.RelationshipNotWritable,
                $"The system keeps \"{_name}\". Its command is WithDescriptor, WithPredecessor or none.",
                _holon,
                _name);
        }

        if (_editor.View.IsInverseName(_editor.View.Resolve(_holon), _name))
        {
            throw new HolonException(
                HolonErrorCode.InverseNotWritable,
                $"\"{_name}\" is the inverse of a declared relationship. Change that one, from its source.",
                _holon,
                _name);
        }
    }

    private void RequireTarget(HolonReference target)
    {
        var view = _editor.View;
        var snapshot = view.Resolve(target);
        if (target is SmartReference { Version: not null })
            throw new HolonException(HolonErrorCode.WrongReferenceKind, "A link leads to a holon, not to one version of it.", target, _name);
        if (target is TransientReference && Draft.Phase != HolonPhase.Transient)
            throw new HolonException(HolonErrorCode.WrongReferenceKind, "A staged holon cannot link to a transient one. Stage that first.", target, _name);
        if (snapshot.Draft is { IsLive: false } || (target is not TransientReference && view.IsHidden(target.Id)))
            throw new HolonException(HolonErrorCode.NotAccessible, "The target is staged for delete or abandoned.", target, _name);
    }
}
