using Map.Core.Views;

namespace Map.Core.Traversing;

/// <summary>Keeps the holons of which a condition is true.</summary>
internal sealed class FilterNode(TraversalPlanStep explanation, HolonTest test) : TraversalNode(explanation)
{
    public override IEnumerable<Found> Run(IEnumerable<Found> input, TransactionView view)
    {
        foreach (var found in input)
        {
            view.Cancellation.ThrowIfCancellationRequested();
            if ((found.Holon ?? view.Find(found.Id)) is { } holon && test.IsTrue(holon, view)) yield return found with { Holon = holon };
        }
    }
}
