using System.Collections.Concurrent;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Transactions;

namespace Map.Core.Types;

/// <summary>
/// Contracts already worked out. One cache serves all transactions over saved descriptors, by schema epoch; a
/// transaction that stages descriptors has its own. Safe for many threads at once.
/// </summary>
public sealed class ContractCache
{
    // A space changes its schema rarely, so the contracts of few epochs are in use; beyond this many the cache starts
    // over rather than keep what nobody asks for.
    private const int Capacity = 10_000;

    private readonly ConcurrentDictionary<(LocalId Descriptor, long Epoch), Contract> _contracts = new();

    /// <summary>The contract of a type by the saved descriptors alone, as of a state's snapshot.</summary>
    internal Contract OfSaved(LocalId descriptor, TransactionState state, IHolonService saved)
    {
        // What many transactions share must not hold on to what one of them stages.
        return _contracts.TryGetValue((descriptor, state.SchemaEpoch), out var contract)
            ? contract
            : Add(descriptor, state.SchemaEpoch, new DescriptorLinks(state.Emptied(), saved));
    }

    /// <summary>The contract of a type by the descriptors in a state's view.</summary>
    internal Contract OfStaged(LocalId descriptor, TransactionState state, IHolonService saved) =>
        _contracts.TryGetValue((descriptor, state.SchemaEpoch), out var contract)
            ? contract
            : Add(descriptor, state.SchemaEpoch, new DescriptorLinks(state, saved));

    private Contract Add(LocalId descriptor, long epoch, DescriptorLinks links)
    {
        if (_contracts.Count >= Capacity) _contracts.Clear();
        // Of two made at once either will do.
        return _contracts[(descriptor, epoch)] = new ContractReader(links).Read(descriptor);
    }
}
