using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Types;

namespace Map.Core.Transactions;

/// <summary>A state under change. Belongs to one list of changes; the state it came from stays as it was.</summary>
/// <param name="state">The state to start from.</param>
internal sealed class StateBuilder(TransactionState state)
{
    private const int ManyDrafts = 100;

    private HolonPool.Builder? _nursery;
    private HolonPool.Builder? _transients;
    private long _snapshot = state.Snapshot;
    private long _schemaEpoch = state.SchemaEpoch;
    private bool _touchesSchema;

    private HolonPool.Builder Nursery => _nursery ??= state.Nursery.ToBuilder();

    private HolonPool.Builder Transients => _transients ??= state.Transients.ToBuilder();

    /// <summary>Adds a draft, transient or staged as its phase says.</summary>
    public void Add(DraftHolon draft)
    {
        Invariant.Holds(Find(draft.Id) is null && draft.Phase != HolonPhase.Saved);
        if (draft.Phase == HolonPhase.Transient) Transients.Put(draft);
        else Nursery.Put(draft);
        Touch(draft);
    }

    /// <summary>Applies changes. Many drafts that are staged one after the other, as by a load, are added at once.</summary>
    public void Apply(IEnumerable<StateChange> changes)
    {
        var drafts = new List<DraftHolon>();
        foreach (var change in changes)
        {
            if (change is StageDraft { Draft.Phase: not (HolonPhase.Transient or HolonPhase.Abandoned) } stage)
            {
                drafts.Add(stage.Draft);
                continue;
            }

            AddAll(drafts);
            change.ApplyTo(this);
        }

        AddAll(drafts);
    }

    private void AddAll(List<DraftHolon> drafts)
    {
        if (drafts.Count < ManyDrafts)
        {
            foreach (var draft in drafts) Add(draft);
        }
        else
        {
            foreach (var draft in drafts) Invariant.Holds(Find(draft.Id) is null && draft.Phase != HolonPhase.Saved);
            Nursery.AddAll(drafts);
            foreach (var draft in drafts) Touch(draft);
        }

        drafts.Clear();
    }

    /// <summary>Replaces a draft by what comes of it.</summary>
    public void Replace(LocalId holon, Func<DraftHolon, DraftHolon> change)
    {
        var before = Require(holon);
        var after = change(before);
        Invariant.Holds(after.Id == holon && (before.Phase == HolonPhase.Transient) == (after.Phase == HolonPhase.Transient));
        PoolOf(before).Put(after);
        Touch(before);
        Touch(after);
    }

    /// <summary>Takes a draft out.</summary>
    public void Drop(LocalId holon)
    {
        var draft = Require(holon);
        PoolOf(draft).Remove(holon);
        Touch(draft);
    }

    /// <summary>Adds a link to what a draft adds. Costs the same however many links there are.</summary>
    public void AddLink(LocalId holon, string name, LinkSlot slot)
    {
        var draft = Require(holon);
        var pool = PoolOf(draft);
        pool.AddLink(draft, name, slot);
        Touch(pool.Find(holon)!);
    }

    /// <summary>Takes a link back from what a draft adds.</summary>
    public void TakeLink(LocalId holon, string name, LinkSlot slot)
    {
        var draft = Require(holon);
        PoolOf(draft).RemoveLink(draft, name, slot);
        Touch(draft);
    }

    /// <summary>Gives a link another order number.</summary>
    public void MoveLink(LocalId holon, string name, RelatedPosition from, LinkSlot to)
    {
        var edits = Require(holon).EditsOf(name);
        if (edits.Added.Contains(from.Slot)) TakeLink(holon, name, from.Slot);
        else HideLink(holon, name, from);
        AddLink(holon, name, to);
        Replace(holon, draft =>
        {
            var moved = draft.EditsOf(name);
            return draft.WithEdits(name, (moved with { Numbering = edits.Numbering }).Renumbered(to.Order));
        });
    }

    /// <summary>Notes that a draft removes a saved link.</summary>
    public void HideLink(LocalId holon, string name, RelatedPosition link) => Replace(holon, draft =>
    {
        var edits = draft.EditsOf(name);
        return draft.WithEdits(name, edits with { Removed = edits.Removed.Add(link) });
    });

    /// <summary>Reads saved holons as of another commit.</summary>
    public void MoveSnapshot(long snapshot, long schemaEpoch)
    {
        Invariant.Holds(schemaEpoch <= snapshot);
        (_snapshot, _schemaEpoch) = (snapshot, schemaEpoch);
    }

    /// <summary>The changed state.</summary>
    public TransactionState ToState() => state with
    {
        Snapshot = _snapshot,
        SchemaEpoch = _schemaEpoch,
        Nursery = _nursery?.ToPool() ?? state.Nursery,
        Transients = _transients?.ToPool() ?? state.Transients,
        StagedContracts = _touchesSchema ? new ContractCache() : state.StagedContracts,
    };

    private DraftHolon? Find(LocalId holon) =>
        (_nursery is null ? state.Nursery.Find(holon) : _nursery.Find(holon))
        ?? (_transients is null ? state.Transients.Find(holon) : _transients.Find(holon));

    private DraftHolon Require(LocalId holon)
    {
        var draft = Find(holon);
        Invariant.Holds(draft is not null);
        return draft;
    }

    private HolonPool.Builder PoolOf(DraftHolon draft) => draft.Phase == HolonPhase.Transient ? Transients : Nursery;

    private void Touch(DraftHolon draft) =>
        _touchesSchema = _touchesSchema || (draft.Phase != HolonPhase.Transient && draft.IsDescriptor);
}
