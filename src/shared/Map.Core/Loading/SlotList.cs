using System.Collections.Immutable;
using Map.Core.Editing;
using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.Services;

namespace Map.Core.Loading;

/// <summary>Links that a load adds to one relationship of one holon, numbered as its type says.</summary>
/// <param name="facts">The relationship.</param>
/// <param name="last">The last of the links that the holon adds already; null for none.</param>
internal sealed class SlotList(RelationshipFacts facts, LinkSlot? last = null)
{
    private readonly ImmutableSortedSet<LinkSlot>.Builder _slots = ImmutableSortedSet.CreateBuilder<LinkSlot>();
    private Dictionary<LocalId, uint>? _occurrences;
    private LinkSlot? _last = last;

    /// <summary>Adds a link behind the others; where duplicates are not allowed, one that is there stays as it is.</summary>
    public void Add(LocalId target)
    {
        if (!facts.IsOrdered && !facts.AllowsDuplicates)
        {
            // The most common kind: a set, which the slots are by themselves.
            _slots.Add(new LinkSlot(0, target, 0));
            return;
        }

        _occurrences ??= [];
        var occurrence = _occurrences.GetValueOrDefault(target);
        if (occurrence > 0 && !facts.AllowsDuplicates) return;
        _occurrences[target] = occurrence + 1;
        var order = facts.IsOrdered ? OrderPlacer.Between(_last, null, 1) : 0;
        Invariant.Holds(order is not null);
        _last = new LinkSlot(order.Value, target, occurrence);
        _slots.Add(_last.Value);
    }

    /// <summary>The links added.</summary>
    public ImmutableSortedSet<LinkSlot> ToSet() => _slots.ToImmutable();
}
