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

    public void Add(IEnumerable<HolonReference> targets, MemberPosition position)
    {
        if (!_facts.IsOrdered && position.Place != MemberPlace.Last)
        {
            throw new HolonException(
                HolonErrorCode.InvalidRequest, $"\"{_name}\" is not ordered, so its members have no position.", _holon, "position");
        }

        foreach (var target in targets)
        {
            RequireTarget(target);
            // Several targets stand together, in the order given.
            if (Add(target, position) && position.Place != MemberPlace.Last) position = new MemberPosition(MemberPlace.After, target);
        }
    }

    public void Remove(IEnumerable<HolonReference> targets, uint? occurrence)
    {
        foreach (var target in targets) Remove(target, occurrence);
    }

    /// <summary>Adds a member.</summary>
    /// <returns>Whether it was added; else it was there already.</returns>
    private bool Add(HolonReference target, MemberPosition position)
    {
        var present = Present(target);
        if (present.Count > 0 && !_facts.AllowsDuplicates) return false;
        var occurrence = present.Count == 0 ? 0 : present.Max(link => link.Slot.Occurrence) + 1;
        var added = new LinkSlot(_facts.IsOrdered ? OrderAt(position) : 0, target.Id, occurrence);
        var link = new RelatedPosition(_facts.Id, added);
        // A saved link that was removed here and is added again is as it was.
        var isHidden = Draft.EditsOf(_name).Removed.Contains(link);
        _editor.Apply(isHidden ? new ShowLink(_holon.Id, _name, link) : new AddLink(_holon.Id, _name, added));
        return true;
    }

    private ulong OrderAt(MemberPosition position)
    {
        var (previous, next) = Placer().Neighbours(position);
        if (OrderPlacer.Between(previous, next) is { } order) return order;
        if (previous is { } member) Spread(member);
        (previous, next) = Placer().Neighbours(position);
        return OrderPlacer.Between(previous, next) ?? throw new HolonException(
            HolonErrorCode.OrderExhausted, $"There is no room at this place of \"{_name}\". Place the member elsewhere.", _holon, "position");
    }

    private OrderPlacer Placer() => new(_editor.View, _editor.View.Resolve(_holon), _facts);

    /// <summary>Moves the members behind one apart, in the same step, so that there is room before them.</summary>
    private void Spread(LinkSlot previous)
    {
        foreach (var (from, to) in Placer().Spread(previous).Reverse())
        {
            Take(new RelatedPosition(_facts.Id, from));
            _editor.Apply(new AddLink(_holon.Id, _name, to));
        }
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
