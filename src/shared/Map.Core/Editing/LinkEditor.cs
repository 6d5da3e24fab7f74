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
        foreach (var target in targets)
        {
            _editor.View.Resolve(target);
            Remove(target, occurrence);
        }
    }

    /// <summary>Adds a member.</summary>
    /// <returns>Whether it was added; else it was there already.</returns>
    private bool Add(HolonReference target, MemberPosition position)
    {
        var draft = Draft;
        var edits = draft.EditsOf(_name);
        var present = Present(target);
        if (present.Count > 0 && !_facts.AllowsDuplicates) return false;
        var occurrence = present.Count == 0 ? 0 : present.Max(slot => slot.Occurrence) + 1;
        var added = new LinkSlot(_facts.IsOrdered ? OrderAt(position) : 0, target.Id, occurrence);
        // A saved link that was removed here and is added again is as it was.
        if (edits.Removed.Contains(added)) _editor.Put(draft.WithEdits(_name, edits with { Removed = edits.Removed.Remove(added) }));
        else _editor.PutLink(draft, _name, added);
        return true;
    }

    private ulong OrderAt(MemberPosition position) =>
        new OrderPlacer(_editor.View, _editor.View.Resolve(_holon), _name).OrderAt(position);

    private void Remove(HolonReference target, uint? occurrence)
    {
        var present = Present(target);
        if (occurrence is { } one) present = one < present.Count ? [present[(int)one]] : [];
        if (present.Count == 0)
        {
            throw new HolonException(
                HolonErrorCode.MemberNotFound, $"{_editor.View.Display(target.Id)} is not a member of \"{_name}\".", _holon, _name);
        }

        foreach (var slot in present)
        {
            var draft = Draft;
            var edits = draft.EditsOf(_name);
            if (edits.Added.Contains(slot)) _editor.TakeLink(draft, _name, slot);
            else _editor.Put(draft.WithEdits(_name, edits with { Removed = edits.Removed.Add(slot) }));
        }
    }

    /// <summary>The links to a target now, in order: saved ones that are not removed, and added ones.</summary>
    private List<LinkSlot> Present(HolonReference target) =>
        [.. _editor.View.MembersTo(_editor.View.Resolve(_holon), _name, target.Id).Select(position => position.Slot)];

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
