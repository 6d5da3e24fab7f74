using Map.Core.Identity;
using Map.Core.Types;

namespace Map.Core.Transactions;

/// <summary>
/// All provisional state of a transaction as one immutable value. A mutation is a list of changes that lead from one
/// state to the next, so a failed one leaves no trace, and undo is going back to an earlier value.
/// </summary>
public sealed record TransactionState
{
    /// <summary>The transaction.</summary>
    public required TransactionId Transaction { get; init; }

    /// <summary>The commit that saved state is read as of.</summary>
    public required long Snapshot { get; init; }

    /// <summary>The last commit, at or before the snapshot, that touched a type descriptor.</summary>
    public required long SchemaEpoch { get; init; }

    /// <summary>Staged holons.</summary>
    public HolonPool Nursery { get; init; } = HolonPool.Empty;

    /// <summary>Transient holons.</summary>
    public HolonPool Transients { get; init; } = HolonPool.Empty;

    /// <summary>
    /// Contracts that depend on descriptors staged here; null while none is. States share it until a staged
    /// descriptor changes.
    /// </summary>
    public ContractCache? StagedContracts { get; init; }

    /// <summary>The state without anything staged or transient: what was there at the begin.</summary>
    public TransactionState Emptied() =>
        new() { Transaction = Transaction, Snapshot = Snapshot, SchemaEpoch = SchemaEpoch };

    /// <summary>The state after one more change.</summary>
    public TransactionState After(StateChange change)
    {
        var builder = new StateBuilder(this);
        change.ApplyTo(builder);
        return builder.ToState();
    }

    /// <summary>The state after further changes, made at once.</summary>
    public TransactionState After(IEnumerable<StateChange> changes)
    {
        var builder = new StateBuilder(this);
        builder.Apply(changes);
        return builder.ToState();
    }

    /// <summary>A draft, transient or staged; or null.</summary>
    public DraftHolon? FindDraft(LocalId id) => Nursery.Find(id) ?? Transients.Find(id);

    /// <summary>Whether a holon is something else than it is saved: transient, staged, or left out.</summary>
    internal bool HasDraft(LocalId id) => FindDraft(id) is not null || Nursery.Hides(id);
}
