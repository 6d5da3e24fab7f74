using Map.Core.Identity;
using Map.Core.Views;

namespace Map.Core.Traversing;

/// <summary>Where a query begins.</summary>
internal abstract class SeedNode(TraversalPlanStep explanation) : TraversalNode(explanation)
{
    /// <summary>Whether holons come in order of creation, each once, so that a later page can begin in the middle.</summary>
    public abstract bool IsInOrder { get; }

    /// <summary>The holons to begin with, those after one of them alone where they are in order.</summary>
    public abstract IEnumerable<Found> Begin(LocalId? after, TransactionView view);

    public sealed override IEnumerable<Found> Run(IEnumerable<Found> input, TransactionView view) => Begin(null, view);
}

/// <summary>Begins with one holon.</summary>
internal sealed class HolonSeedNode(TraversalPlanStep explanation, LocalId id) : SeedNode(explanation)
{
    public override bool IsInOrder => true;

    public override IEnumerable<Found> Begin(LocalId? after, TransactionView view) =>
        after is { } last && id.CompareTo(last) <= 0 ? [] : [new Found(id, 1)];
}

/// <summary>Begins with the holons of a list.</summary>
internal sealed class ListSeedNode(TraversalPlanStep explanation, ListFilter filter) : SeedNode(explanation)
{
    public override bool IsInOrder => filter.KeyPrefix is null;

    public override IEnumerable<Found> Begin(LocalId? after, TransactionView view)
    {
        var from = after is { } last && IsInOrder ? new ListPosition("", default, last) : (ListPosition?)null;
        return view.Listed(filter, from).Select(id => new Found(id, 1));
    }
}

/// <summary>Begins with the holons of some keys and types.</summary>
internal sealed class KeySeedNode(TraversalPlanStep explanation, IReadOnlyList<string> keys, PossibleTypes types) : SeedNode(explanation)
{
    public override bool IsInOrder => true;

    public override IEnumerable<Found> Begin(LocalId? after, TransactionView view) => keys
        .SelectMany(key => view.WithKey(key, null))
        .Where(id => after is not { } last || id.CompareTo(last) > 0)
        .Select(id => new Found(id, 1, view.Find(id)))
        .Where(found => types.Has(found.Holon?.Descriptor))
        .OrderBy(found => found.Id);
}
