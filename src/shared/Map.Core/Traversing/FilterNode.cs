using Map.Core.Views;

namespace Map.Core.Traversing;

/// <summary>Keeps the holons of which a condition is true.</summary>
internal sealed class FilterNode(TraversalPlanStep explanation, HolonTest test, HolonFetch fetch) : TraversalNode(explanation)
{
    public override IEnumerable<Found> Run(IEnumerable<Found> input, TransactionView view) =>
        fetch.Read(input, view).Where(found => test.IsTrue(found.Holon!, view));
}
