using Map.Core.Identity;
using Map.Core.References;
using Map.Core.Views;

namespace Map.Core.Traversing;

/// <summary>Reads the holons that a step was given: many saved ones in one walk, and no more of each than the query asks for.</summary>
/// <param name="properties">The properties that any part of the query asks for.</param>
/// <param name="areRead">Whether the step before read them.</param>
internal sealed class HolonFetch(IReadOnlyCollection<string> properties, bool areRead)
{
    /// <summary>Those of the holons that are in view, each with what it is.</summary>
    /// <param name="input">The holons in order of creation.</param>
    /// <param name="view">The view, through which what is read is counted.</param>
    public IEnumerable<Found> Read(IEnumerable<Found> input, TransactionView view) => areRead ? Known(input, view) : Fetched(input, view);

    private static IEnumerable<Found> Known(IEnumerable<Found> input, TransactionView view)
    {
        foreach (var found in input)
        {
            view.Cancellation.ThrowIfCancellationRequested();
            if ((found.Holon ?? view.Find(found.Id)) is { } holon) yield return found with { Holon = holon };
        }
    }

    private IEnumerable<Found> Fetched(IEnumerable<Found> input, TransactionView view)
    {
        // What was taken from the input and is not told yet: the one that was sought last, drafts, and saved ones that are gone.
        var taken = new Queue<Found>();
        foreach (var saved in view.Saved.FindHolons(Sought(input, view, taken), properties, view.State.Snapshot))
        {
            var found = taken.Dequeue();
            for (; found.Id != saved.Id; found = taken.Dequeue())
                if (found.Holon is not null) yield return found;
            var reference = new SmartReference(view.State.Transaction, saved.Id);
            yield return found with { Holon = HolonSnapshot.Of(reference, saved, view.State.Snapshot) };
        }

        foreach (var found in taken)
            if (found.Holon is not null) yield return found;
    }

    private static IEnumerable<LocalId> Sought(IEnumerable<Found> input, TransactionView view, Queue<Found> taken)
    {
        foreach (var found in input)
        {
            view.Cancellation.ThrowIfCancellationRequested();
            var isDraft = view.State.HasDraft(found.Id);
            taken.Enqueue(isDraft ? found with { Holon = view.Find(found.Id) } : found);
            if (!isDraft) yield return found.Id;
        }
    }
}
