using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.References;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Views;

namespace Map.Core.Editing;

/// <summary>Turns a transaction's state into what its commit changes.</summary>
public sealed class CommitPlanner
{
    private readonly TransactionView _view;
    private readonly List<NodeChange> _nodes = [];
    private readonly List<LinkChange> _links = [];
    private readonly List<HolonError> _violations = [];
    private bool _touchesSchema;

    private CommitPlanner(TransactionView view) => _view = view;

    /// <summary>Plans the commit of what a view's state stages.</summary>
    /// <param name="view">The view.</param>
    /// <param name="label">What the work was, for a person.</param>
    /// <exception cref="HolonException">The staged holons cannot be saved as they are; every violation is listed.</exception>
    public static CommitPlan Plan(TransactionView view, string label)
    {
        var planner = new CommitPlanner(view);
        foreach (var draft in view.State.Nursery.Holons.Values) planner.Add(draft);
        if (planner._violations.Count > 0) throw new HolonException(planner._violations);
        return new CommitPlan
        {
            Transaction = view.State.Transaction,
            Label = label,
            Snapshot = view.State.Snapshot,
            TouchesSchema = planner._touchesSchema,
            Nodes = planner._nodes,
            Links = planner._links,
        };
    }

    private void Add(DraftHolon draft)
    {
        if (draft.Phase == HolonPhase.Abandoned) return;
        var nodesBefore = _nodes.Count;
        var linksBefore = _links.Count;
        if (draft.Phase == HolonPhase.StagedForDelete) AddDeletion(draft);
        else AddContent(draft);
        var changes = _nodes.Count > nodesBefore || _links.Count > linksBefore;
        _touchesSchema |= changes && draft.IsDescriptor;
    }

    private void AddDeletion(DraftHolon draft)
    {
        Invariant.Holds(draft.Base is not null);
        _nodes.Add(new NodeChange(
            NodeChangeKind.Delete, draft.Id, draft.Base, draft.Base.Descriptor, Values.PropertyMap.Empty, null));
    }

    private void AddContent(DraftHolon draft)
    {
        RequireDescriptor(draft);
        var changesDefinition = AddLinks(draft);
        if (draft.Base is not { } saved)
        {
            _nodes.Add(new NodeChange(
                NodeChangeKind.Create, draft.Id, null, draft.Descriptor, draft.Properties, null));
        }
        else if (changesDefinition || draft.Descriptor != saved.Descriptor || !draft.Properties.Equals(saved.Properties))
        {
            _nodes.Add(new NodeChange(
                NodeChangeKind.Update, draft.Id, saved, draft.Descriptor, draft.Properties, null));
        }
    }

    /// <summary>Adds the changes of a draft's links.</summary>
    /// <returns>Whether a definitional relationship changes.</returns>
    private bool AddLinks(DraftHolon draft)
    {
        var changesDefinition = false;
        var contract = draft.Links.IsEmpty ? null : _view.ContractOf(draft.Descriptor);
        foreach (var (name, edits) in draft.Links)
        {
            var facts = contract!.Declared(name);
            var before = _links.Count;
            if (!edits.Removed.IsEmpty) AddRemovals(draft, name, edits, facts);
            // Links to holons that this commit deletes or passes over go with those.
            foreach (var slot in edits.Added)
                if (!_view.IsHidden(slot.Other)) _links.Add(new LinkChange(true, draft.Id, facts, slot));
            changesDefinition |= facts.IsDefinitional && _links.Count > before;
        }

        return changesDefinition;
    }

    private void AddRemovals(DraftHolon draft, string name, LinkEdits edits, RelationshipFacts facts)
    {
        foreach (var slot in edits.Removed)
        {
            _links.Add(new LinkChange(false, draft.Id, facts, slot));
            // The saved link may have been made before a type declared the relationship.
            if (facts.IsTyped) _links.Add(new LinkChange(false, draft.Id, Types.Contract.BareName(name), slot));
        }
    }

    private void RequireDescriptor(DraftHolon draft)
    {
        // The space's own holon was saved before there was any type.
        if (draft.Descriptor is null && draft.Id == _view.Saved.SpaceHolon) return;
        if (draft.Descriptor is { } type && !_view.IsHidden(type)) return;
        var name = _view.Display(draft.Id);
        var message = draft.Descriptor is null
            ? $"{name} has no descriptor; every saved holon needs a type. Use WithDescriptor."
            : $"The descriptor of {name} is staged for delete or abandoned. Choose another with WithDescriptor.";
        var code = draft.Descriptor is null ? HolonErrorCode.MissingDescriptor : HolonErrorCode.UnknownDescriptor;
        _violations.Add(new HolonError(code, message)
        {
            Subject = new StagedReference(_view.State.Transaction, draft.Id),
            Field = Types.CoreSchema.DescribedBy,
        });
    }
}
