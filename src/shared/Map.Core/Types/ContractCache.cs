using System.Collections.Concurrent;
using Map.Core.Identity;

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

    internal Contract? Find(LocalId descriptor, long epoch) => _contracts.GetValueOrDefault((descriptor, epoch));

    /// <summary>Keeps a contract, unless another thread was first.</summary>
    /// <returns>The one that is kept.</returns>
    internal Contract Add(LocalId descriptor, long epoch, Contract contract)
    {
        if (_contracts.Count >= Capacity) _contracts.Clear();
        return _contracts.GetOrAdd((descriptor, epoch), contract);
    }
}
