using Map.Core.Dancing;
using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Validation;
using Map.Core.Values;
using Map.Core.Views;

namespace Map.Core.Editing;

/// <summary>A commit that was judged and can be saved.</summary>
/// <param name="Plan">What it changes.</param>
/// <param name="Warnings">What the client is to know.</param>
public sealed record PlannedCommit(CommitPlan Plan, IReadOnlyList<HolonError> Warnings);

/// <summary>Turns a transaction's state into what its commit changes.</summary>
public sealed class CommitPlanner
{
    private readonly TransactionView _view;
    private readonly ReliedFacts _relied;
    private readonly List<NodeChange> _nodes;
    private readonly List<LinkChange> _links = [];
    private bool _touchesSchema;

    private CommitPlanner(TransactionView view, ReliedFacts relied) =>
        (_view, _relied, _nodes) = (view, relied, new List<NodeChange>(view.State.Nursery.Count));

    /// <summary>
    /// Plans the commit of what a transaction stages, judged over the latest commit: what came after its snapshot counts,
    /// changed types included.
    /// </summary>
    /// <param name="view">What the transaction sees.</param>
    /// <param name="label">What the work was, for a person.</param>
    /// <param name="enforces">Whether violations fail the commit; else they are warnings.</param>
    /// <param name="guests">Runs the validators that are bound to types.</param>
    /// <exception cref="HolonException">The staged holons cannot be saved as they are; every violation is listed.</exception>
    /// <exception cref="OperationCanceledException">The view's cancellation ended it.</exception>
    public static PlannedCommit Plan(TransactionView view, string label, bool enforces, IGuestRunner guests)
    {
        var (judged, report) = Validator.JudgeLatest(view, enforces, guests);
        // A key that another commit took the store tells, with that commit, along with the other conflicts.
        var violations = report.Violations
            .Where(each => each is not { Rule: TypeRule.KeyUnique, ConflictingCommit: not null }).ToList();
        if (violations.Count > 0) throw new HolonException(Refusal(violations));
        var planner = new CommitPlanner(judged, report.Relied);
        foreach (var draft in judged.State.Nursery.Holons.Values) planner.Add(draft);
        var plan = new CommitPlan
        {
            Transaction = view.State.Transaction,
            Label = label,
            Snapshot = view.State.Snapshot,
            JudgedAsOf = judged.State.Snapshot,
            Relied = report.Relied,
            TouchesSchema = planner._touchesSchema,
            Nodes = planner._nodes,
            Links = planner._links,
        };
        return new PlannedCommit(plan, report.Warnings);
    }

    private static List<HolonError> Refusal(List<HolonError> violations)
    {
        // What other commits brought about speaks for itself.
        var own = violations.Count(violation => violation.Code is not (HolonErrorCode.Conflict or HolonErrorCode.MoreErrors));
        if (own == 0) return violations;
        var what = own == 1 ? "a rule of its type" : $"rules of its types in {own:N0} places{(own < violations.Count ? " and more" : "")}";
        return
        [
            new HolonError(
                HolonErrorCode.ValidationFailed,
                $"Nothing was saved: what is staged breaks {what}. Mend that and commit again."),
            .. violations,
        ];
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
        _nodes.Add(new NodeChange(
            NodeChangeKind.Delete, draft.Id, draft.Base, draft.Base.Descriptor, PropertyMap.Empty, null));
    }

    private void AddContent(DraftHolon draft)
    {
        var changesDefinition = AddLinks(draft);
        if (draft.Base is not { } saved)
        {
            _nodes.Add(new NodeChange(
                NodeChangeKind.Create, draft.Id, null, draft.Descriptor, draft.Properties, OriginOf(draft)));
        }
        else if (changesDefinition || draft.Descriptor != saved.Descriptor || !draft.Properties.Equals(saved.Properties) || IsRetyped(draft))
        {
            _nodes.Add(new NodeChange(
                NodeChangeKind.Update, draft.Id, saved, draft.Descriptor, draft.Properties, null));
        }
    }

    /// <summary>
    /// Whether another commit has changed the type of a holon of which links are staged: those are of another type's
    /// relationships then. As a version it conflicts with that commit.
    /// </summary>
    private bool IsRetyped(DraftHolon draft) =>
        !draft.Links.IsEmpty && _relied.Types.TryGetValue(draft.Id, out var type) && type != draft.Base!.Descriptor;

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
}
