using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.References;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Types;
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

    /// <summary>
    /// Plans the commit of what a state stages, judged over the latest commit: what came after the state's snapshot counts,
    /// changed types included.
    /// </summary>
    /// <param name="state">The state.</param>
    /// <param name="saved">Saved holons.</param>
    /// <param name="savedContracts">Contracts of saved descriptors.</param>
    /// <param name="label">What the work was, for a person.</param>
    /// <exception cref="HolonException">The staged holons cannot be saved as they are; every violation is listed.</exception>
    public static CommitPlan Plan(
        TransactionState state, IHolonService saved, ContractCache savedContracts, string label)
    {
        var latest = saved.LatestCommit;
        var now = state with { Snapshot = latest, SchemaEpoch = saved.SchemaEpoch(latest) };
        // Links that others added since to a holon that gets another type here follow their name as well.
        now = now.After(LinkMover.ChangesOfRetyped(new TransactionView(now, saved, savedContracts)));
        var planner = new CommitPlanner(new TransactionView(now, saved, savedContracts));
        foreach (var draft in now.Nursery.Holons.Values) planner.Add(draft);
        if (planner._violations.Count > 0) throw new HolonException(ErrorLists.Cut(planner._violations));
        return new CommitPlan
        {
            Transaction = state.Transaction,
            Label = label,
            Snapshot = state.Snapshot,
            JudgedAsOf = latest,
            TouchesSchema = planner._touchesSchema,
            Nodes = planner._nodes,
            Links = planner._links,
        };
    }

    private void Add(DraftHolon draft)
    {
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
        RequireNoInstances(draft);
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
                NodeChangeKind.Create, draft.Id, null, draft.Descriptor, draft.Properties, OriginOf(draft)));
        }
        else if (changesDefinition || draft.Descriptor != saved.Descriptor || !draft.Properties.Equals(saved.Properties))
        {
            _nodes.Add(new NodeChange(
                NodeChangeKind.Update, draft.Id, saved, draft.Descriptor, draft.Properties, null));
        }
    }

    /// <summary>Where a new holon came from, unless that was abandoned and so never was.</summary>
    private LocalId? OriginOf(DraftHolon draft) =>
        draft.Predecessor is { } origin && _view.State.Nursery.FindAbandoned(origin) is not { Base: null } ? origin : null;

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
            foreach (var link in edits.Removed)
            {
                // The saved link may be of another relationship of that name: bare, or of a type the holon had before.
                var of = facts with { Id = link.Relationship, IsTyped = !link.Relationship.IsOfName };
                _links.Add(new LinkChange(false, draft.Id, of, link.Slot));
            }

            // Links to holons that this commit deletes or passes over go with those.
            foreach (var slot in edits.Added)
                if (!_view.IsHidden(slot.Other)) _links.Add(new LinkChange(true, draft.Id, facts, slot));
            changesDefinition |= facts.IsDefinitional && _links.Count > before;
        }

        return changesDefinition;
    }

    /// <summary>Every holon has a type, so a type goes only with or after its instances.</summary>
    private void RequireNoInstances(DraftHolon draft)
    {
        var instances = _view.List(new ListFilter { Type = draft.Id }, null, 1).Members;
        if (instances.Count == 0) return;
        var message = $"{_view.Display(draft.Id)} describes other holons, {_view.Display(instances[0].Reference.Id)} among them. "
            + "Delete those, or give them another type, first.";
        _violations.Add(new HolonError(HolonErrorCode.DeletionBlocked, message)
        {
            Subject = new StagedReference(_view.State.Transaction, draft.Id),
            Field = CoreSchema.Instances,
        });
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
            Field = CoreSchema.DescribedBy,
        });
    }
}
