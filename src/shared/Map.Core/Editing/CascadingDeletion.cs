using Map.Core.Identity;
using Map.Core.Transactions;
using Map.Core.Types;
using Map.Core.Views;

namespace Map.Core.Editing;

/// <summary>
/// A deletion with all that it takes along: members of relationships that cascade, sources of those whose inverse
/// cascades, and what these take along in turn. All is judged by the view as it is before any of them goes.
/// </summary>
/// <remarks>
/// A holon staged for create takes along only others staged for create: it never was, so nothing saved came to depend on
/// it. A link by a bare name is of no relationship that could cascade. The walk ends at holons that are staged for
/// delete, and passes the space's own holon over.
/// </remarks>
internal sealed class CascadingDeletion(TransactionEditor editor, CancellationToken cancellation)
{
    private sealed record CascadeRules(List<RelationshipRule> Outgoing, List<RelationshipRule> Incoming);

    private readonly TransactionView _view = editor.View;
    private readonly DescriptorLinks _descriptors = editor.View.Descriptors;
    private readonly Queue<HolonSnapshot> _left = [];
    private readonly HashSet<LocalId> _reached = [];
    private readonly List<StateChange> _changes = [];
    private readonly Dictionary<LocalId, CascadeRules> _rulesOfTypes = [];
    private int _staged;

    /// <summary>What deletes a holon: one change for each holon that goes, its own first.</summary>
    public IReadOnlyList<StateChange> Of(LocalId holon)
    {
        Take(holon);
        while (_left.TryDequeue(out var next)) Follow(next);
        return _changes;
    }

    private void Follow(HolonSnapshot holon)
    {
        var rules = RulesOf(holon);
        foreach (var rule in rules.Outgoing)
            foreach (var member in _view.Members(holon.Id, rule.Name)) Reach(member, holon);
        foreach (var rule in rules.Incoming)
            foreach (var source in _view.Sources(holon.Id, rule.Facts).Where(source => Declares(source, rule))) Reach(source, holon);
    }

    /// <summary>Whether a link is of the relationship by the type of its source, and not merely of the same name.</summary>
    private bool Declares(LocalId source, RelationshipRule rule) =>
        _view.ContractOf(_descriptors.Descriptor(source)).Declared(rule.Name).Id == rule.Facts.Id;

    private void Reach(LocalId id, HolonSnapshot from)
    {
        cancellation.ThrowIfCancellationRequested();
        var isAlongWith = from.Phase != HolonPhase.StagedForCreate
            || _view.State.Nursery.Find(id) is { Phase: HolonPhase.StagedForCreate };
        if (isAlongWith && id != _view.Saved.SpaceHolon) Take(id);
    }

    private void Take(LocalId id)
    {
        if (!_reached.Add(id)) return;
        if (_view.State.Nursery.Find(id) is { } draft)
        {
            if (!draft.IsLive) return;
            _changes.Add(new SetPhase(id, draft.Base is null ? HolonPhase.Abandoned : HolonPhase.StagedForDelete));
            _left.Enqueue(HolonSnapshot.Of(_view.ReferenceTo(id), draft, _view.State.Snapshot));
        }
        else if (_view.Saved.FindHolon(id, _view.State.Snapshot) is { } saved)
        {
            editor.RequireRoom(_staged++);
            _changes.Add(new StageDraft(DraftHolon.From(saved, HolonPhase.StagedForDelete)));
            _left.Enqueue(HolonSnapshot.Of(_view.ReferenceTo(id), saved, _view.State.Snapshot));
        }
    }

    /// <summary>The relationships that cascade from a holon; a descriptor is reached by those to what it extends as well.</summary>
    private CascadeRules RulesOf(HolonSnapshot holon)
    {
        var rules = holon.Descriptor is { } type ? RulesOf(type) : new CascadeRules([], []);
        if (holon.Properties[CoreSchema.TypeName] is null) return rules;
        return rules with { Incoming = [.. rules.Incoming, .. Incoming(_view.ContractOf(holon.Id))] };
    }

    private CascadeRules RulesOf(LocalId type)
    {
        if (_rulesOfTypes.TryGetValue(type, out var rules)) return rules;
        var contract = _view.ContractOf(type);
        var outgoing = contract.Relationships.Values
            .Where(rule => rule.OnDelete == DeletionSemantic.Cascade && !CoreSchema.IsKeptBySystem(rule.Name));
        return _rulesOfTypes[type] = new CascadeRules([.. outgoing], [.. Incoming(contract)]);
    }

    private static IEnumerable<RelationshipRule> Incoming(Contract contract) => contract.Incoming
        .Where(rule => rule.Inverse!.OnDelete == DeletionSemantic.Cascade && !CoreSchema.IsKeptBySystem(rule.Name));
}
