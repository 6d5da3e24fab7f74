using Map.Core.Identity;
using Map.Core.Views;

namespace Map.Core.Traversing;

/// <summary>Goes from each holon to what it reaches over some links, level by level.</summary>
/// <param name="explanation">What it does.</param>
/// <param name="step">Which links, and how many one after the other.</param>
/// <param name="isDistinct">Whether all ways to a holon count as one.</param>
/// <param name="limits">How much it may hold.</param>
internal sealed class ExpandNode(TraversalPlanStep explanation, ExpandStep step, bool isDistinct, TraversalLimits limits)
    : TraversalNode(explanation)
{
    public override IEnumerable<Found> Run(IEnumerable<Found> input, TransactionView view)
    {
        if (step.MaxDepth == 0) return input;
        var reached = new HolonBag(isDistinct, limits.MaxHeld);
        var left = new HashSet<LocalId>();
        var level = input;
        for (var depth = 0; depth < step.MaxDepth; depth++)
        {
            var next = new HolonBag(isDistinct, limits.MaxHeld);
            foreach (var found in level)
            {
                if (depth == 0 && step.MinDepth == 0) reached.Add(found.Id, found.Ways);
                // Where each holon counts once, and the nearest count, nothing new comes of leaving one again.
                if (isDistinct && step is { MinDepth: <= 1, MaxDepth: > 1 } && !left.Add(found.Id)) continue;
                foreach (var member in MembersOf(found, view)) next.Add(member, found.Ways);
            }

            var ahead = next.ToList();
            if (step is { MinDepth: 1, MaxDepth: 1 }) return ahead;
            if (depth + 1 >= step.MinDepth)
                foreach (var found in ahead) reached.Add(found.Id, found.Ways);
            level = ahead;
        }

        return reached.ToList();
    }

    private IEnumerable<LocalId> MembersOf(Found found, TransactionView view)
    {
        view.Cancellation.ThrowIfCancellationRequested();
        if ((found.Holon ?? view.Find(found.Id)) is not { } holon) yield break;
        foreach (var name in step.Names)
        {
            foreach (var position in view.MembersOf(holon, name, null))
            {
                var id = position.Slot.Other;
                // What a draft leads to may have been deleted by others meanwhile; what is saved cannot.
                if (holon.Draft is null || view.Exists(id)) yield return id;
            }
        }
    }
}
