using Map.Core.Identity;
using Map.Core.Values;
using Map.Core.Views;

namespace Map.Core.Traversing;

/// <summary>A query made ready: its steps, each of which knows what it reads.</summary>
/// <param name="Query">The query.</param>
/// <param name="Seeds">Where it begins.</param>
/// <param name="Steps">What it does then.</param>
/// <param name="Ordering">How it puts rows in order; null for the order of creation.</param>
/// <param name="OrderedFetch">Reads what is put in order.</param>
/// <param name="Selection">How it reads what rows tell; null for nothing.</param>
internal sealed record CompiledTraversal(
    Traversal Query, IReadOnlyList<SeedNode> Seeds, IReadOnlyList<TraversalNode> Steps, TraversalPlanStep? Ordering, HolonFetch OrderedFetch,
    TraversalPlanStep? Selection)
{
    /// <summary>The plan, in the order in which it is worked out.</summary>
    public IEnumerable<TraversalPlanStep> Plan =>
    [
        .. Seeds.Select(seed => seed.Explanation),
        .. Steps.Select(step => step.Explanation),
        .. new[] { Ordering, Selection }.OfType<TraversalPlanStep>(),
    ];
}
