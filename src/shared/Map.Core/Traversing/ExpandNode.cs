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
        LinkPaths[] paths = [.. step.Names.Select(name => new LinkPaths(view, name))];
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
                Leave(found, paths, view, next);
            }

            var ahead = next.ToList();
            if (step.MinDepth == step.MaxDepth && depth + 1 == step.MaxDepth) return ahead;
            if (depth + 1 >= step.MinDepth)
                foreach (var found in ahead) reached.Add(found.Id, found.Ways);
            level = ahead;
        }

        return reached.ToList();
    }

    /// <summary>Goes from one holon to all that one link leads to.</summary>
    private static void Leave(Found found, LinkPaths[] paths, TransactionView view, HolonBag next)
    {
        view.Cancellation.ThrowIfCancellationRequested();
        if ((found.Holon ?? view.Find(found.Id)) is not { } holon) return;
        foreach (var path in paths)
        {
            if (path.Of(holon) is { } links) Follow(holon, links, found.Ways, view, next);
            else FollowInView(holon, path.Name, found.Ways, view, next);
        }
    }

    /// <summary>Takes what plain saved links lead to.</summary>
    private static void Follow(HolonSnapshot holon, LinkPath links, ulong ways, TransactionView view, HolonBag next)
    {
        foreach (var relationship in links.Relationships)
        {
            foreach (var link in view.Saved.Links(holon.Id, links.Direction, relationship, null, holon.AsOf))
                if (!view.IsHidden(link.Other)) next.Add(link.Other, ways);
        }
    }

    /// <summary>Takes the members that the view works out: of what is staged, of types, and of names that mean more than links.</summary>
    private static void FollowInView(HolonSnapshot holon, string name, ulong ways, TransactionView view, HolonBag next)
    {
        foreach (var position in view.MembersOf(holon, name, null))
        {
            var id = position.Slot.Other;
            // What a draft leads to may have been deleted by others meanwhile; what is saved cannot.
            if (holon.Draft is null || view.Exists(id)) next.Add(id, ways);
        }
    }
}
