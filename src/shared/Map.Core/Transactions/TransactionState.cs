using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Types;

namespace Map.Core.Transactions;

/// <summary>
/// All provisional state of a transaction as one immutable value. A mutation is a function from one state to the
/// next, so a failed one leaves no trace, and undo is going back to an earlier value.
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

    /// <summary>The state with a draft added or replaced, transient or staged as its phase says.</summary>
    public TransactionState With(DraftHolon draft) => Change(draft, pool => pool.With(draft));

    /// <summary>The state with a link added to what a draft adds.</summary>
    public TransactionState WithLink(DraftHolon source, string name, LinkSlot slot) =>
        Change(source, pool => pool.WithLink(source, name, slot));

    /// <summary>The state without one of the links that a draft adds.</summary>
    public TransactionState WithoutLink(DraftHolon source, string name, LinkSlot slot) =>
        Change(source, pool => pool.WithoutLink(source, name, slot));

    private TransactionState Change(DraftHolon draft, Func<HolonPool, HolonPool> change)
    {
        if (draft.Phase == HolonPhase.Transient) return this with { Transients = change(Transients) };
        var before = Nursery.Find(draft.Id);
        var nursery = change(Nursery);
        var touchesSchema = before is { IsDescriptor: true } || nursery.Find(draft.Id) is { IsDescriptor: true };
        return this with
        {
            Nursery = nursery,
            StagedContracts = touchesSchema ? new ContractCache() : StagedContracts,
        };
    }
}
