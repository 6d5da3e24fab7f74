using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Values;

namespace Map.Core.Transactions;

/// <summary>
/// One primitive change of a transaction's state. A mutation is a list of these: the state moves only by applying
/// them, so applying the same list to an equal state again gives an equal state. Each is as small as what it changes.
/// </summary>
public abstract record StateChange
{
    /// <summary>Applies the change.</summary>
    internal abstract void ApplyTo(StateBuilder state);
}

/// <summary>A new transient or staged holon, with all it starts with.</summary>
/// <param name="Draft">The holon; of one staged from a saved version (<see cref="DraftHolon.From"/>) as that is.</param>
public sealed record StageDraft(DraftHolon Draft) : StateChange
{
    internal override void ApplyTo(StateBuilder state) => state.Add(Draft);
}

/// <summary>A draft leaves the transaction, with the links it adds and removes.</summary>
/// <param name="Holon">The draft.</param>
public sealed record DropDraft(LocalId Holon) : StateChange
{
    internal override void ApplyTo(StateBuilder state) => state.Drop(Holon);
}

/// <summary>A draft is from now on a change of another saved version; what it holds stays.</summary>
/// <param name="Base">The version, of the same holon.</param>
public sealed record RebaseDraft(SavedHolon Base) : StateChange
{
    internal override void ApplyTo(StateBuilder state) => state.Replace(Base.Id, draft => draft with { Base = Base });
}

/// <summary>Properties get values.</summary>
/// <param name="Holon">The draft.</param>
/// <param name="Properties">The properties set; others stay.</param>
public sealed record SetProperties(LocalId Holon, PropertyMap Properties) : StateChange
{
    internal override void ApplyTo(StateBuilder state) => state.Replace(Holon, draft => draft with
    {
        Properties = Properties.Aggregate(draft.Properties, (map, property) => map.With(property.Key, property.Value)),
    });
}

/// <summary>Properties lose their values.</summary>
/// <param name="Holon">The draft.</param>
/// <param name="Names">The properties.</param>
public sealed record RemoveProperties(LocalId Holon, IReadOnlyList<string> Names) : StateChange
{
    internal override void ApplyTo(StateBuilder state) => state.Replace(Holon, draft => draft with
    {
        Properties = Names.Aggregate(draft.Properties, (map, name) => map.Without(name)),
    });
}

/// <summary>A draft goes from one phase of the staged ones to another.</summary>
/// <param name="Holon">The draft.</param>
/// <param name="Phase">The phase.</param>
public sealed record SetPhase(LocalId Holon, HolonPhase Phase) : StateChange
{
    internal override void ApplyTo(StateBuilder state) => state.Replace(Holon, draft => draft with { Phase = Phase });
}

/// <summary>A draft gets a type.</summary>
/// <param name="Holon">The draft.</param>
/// <param name="Descriptor">The type.</param>
public sealed record SetDescriptor(LocalId Holon, LocalId Descriptor) : StateChange
{
    internal override void ApplyTo(StateBuilder state) => state.Replace(Holon, draft => draft with { Descriptor = Descriptor });
}

/// <summary>Where a holon staged for create came from is recorded, or no longer is.</summary>
/// <param name="Holon">The draft.</param>
/// <param name="Predecessor">The holon that it came from; null for none.</param>
public sealed record SetPredecessor(LocalId Holon, LocalId? Predecessor) : StateChange
{
    internal override void ApplyTo(StateBuilder state) => state.Replace(Holon, draft => draft with { Predecessor = Predecessor });
}

/// <summary>The links that a draft adds get positions in the order in which they stand, or lose them.</summary>
/// <param name="Holon">The draft.</param>
/// <param name="Name">The relationship.</param>
/// <param name="IsOrdered">Whether it has an order now.</param>
public sealed record NumberLinks(LocalId Holon, string Name, bool IsOrdered) : StateChange
{
    internal override void ApplyTo(StateBuilder state) => state.Replace(Holon, draft =>
    {
        var edits = draft.EditsOf(Name);
        var numbered = edits.Added.Select((slot, i) => slot with
        {
            Order = IsOrdered ? LinkOrders.FirstProvisional + (ulong)i * LinkOrders.ProvisionalStep : 0,
        });
        return draft.WithEdits(Name, (edits with { Added = [.. numbered] }).Renumbered(IsOrdered ? 1UL : 0));
    });
}

/// <summary>A draft adds a link.</summary>
/// <param name="Holon">The draft.</param>
/// <param name="Name">The relationship.</param>
/// <param name="Slot">The link.</param>
public sealed record AddLink(LocalId Holon, string Name, LinkSlot Slot) : StateChange
{
    internal override void ApplyTo(StateBuilder state) => state.AddLink(Holon, Name, Slot);
}

/// <summary>A draft takes back a link that it added.</summary>
/// <param name="Holon">The draft.</param>
/// <param name="Name">The relationship.</param>
/// <param name="Slot">The link.</param>
public sealed record TakeLink(LocalId Holon, string Name, LinkSlot Slot) : StateChange
{
    internal override void ApplyTo(StateBuilder state) => state.TakeLink(Holon, Name, Slot);
}

/// <summary>A member of an ordered relationship gets another order number, to make room beside it, and stays where it stands.</summary>
/// <param name="Holon">The draft.</param>
/// <param name="Name">The relationship.</param>
/// <param name="From">The link, saved or added.</param>
/// <param name="To">The same link with its number.</param>
public sealed record MoveLink(LocalId Holon, string Name, RelatedPosition From, LinkSlot To) : StateChange
{
    internal override void ApplyTo(StateBuilder state) => state.MoveLink(Holon, Name, From, To);
}

/// <summary>A draft removes a saved link.</summary>
/// <param name="Holon">The draft.</param>
/// <param name="Name">The relationship.</param>
/// <param name="Link">The link.</param>
public sealed record HideLink(LocalId Holon, string Name, RelatedPosition Link) : StateChange
{
    internal override void ApplyTo(StateBuilder state) => state.HideLink(Holon, Name, Link);
}

/// <summary>A draft no longer removes a saved link.</summary>
/// <param name="Holon">The draft.</param>
/// <param name="Name">The relationship.</param>
/// <param name="Link">The link.</param>
public sealed record ShowLink(LocalId Holon, string Name, RelatedPosition Link) : StateChange
{
    internal override void ApplyTo(StateBuilder state) => state.Replace(Holon, draft =>
    {
        var edits = draft.EditsOf(Name);
        return draft.WithEdits(Name, edits with { Removed = edits.Removed.Remove(Link) });
    });
}

/// <summary>The transaction reads saved holons as of another commit.</summary>
/// <param name="Snapshot">The commit.</param>
/// <param name="SchemaEpoch">The last commit, at or before the snapshot, that touched a type descriptor.</param>
public sealed record MoveSnapshot(long Snapshot, long SchemaEpoch) : StateChange
{
    internal override void ApplyTo(StateBuilder state) => state.MoveSnapshot(Snapshot, SchemaEpoch);
}
