using Map.Core.Errors;
using Map.Core.Views;

namespace Map.Core.Traversing;

/// <summary>A query that is right and ready to run over a view.</summary>
public sealed class PreparedTraversal
{
    private readonly TransactionView _view;
    private readonly CompiledTraversal _compiled;
    private readonly TraversalLimits _limits;

    private PreparedTraversal(TransactionView view, CompiledTraversal compiled, TraversalLimits limits)
    {
        _view = view;
        _compiled = compiled;
        _limits = limits;
    }

    /// <summary>How it is worked out, in order.</summary>
    public IReadOnlyList<TraversalPlanStep> Plan => [.. _compiled.Plan];

    /// <summary>Checks and plans a query.</summary>
    /// <param name="view">What it searches.</param>
    /// <param name="traversal">The query.</param>
    /// <param name="limits">How much it may take.</param>
    /// <exception cref="HolonException">It asks for what no type knows, or for too much; the error has the place.</exception>
    public static PreparedTraversal Of(TransactionView view, Traversal traversal, TraversalLimits limits) =>
        new(view, new TraversalCompiler(view, limits).Compile(traversal), limits);

    /// <summary>Finds the rows of one page.</summary>
    /// <param name="after">Where to continue, in the view as it is now; null to start.</param>
    /// <param name="size">How many rows at most.</param>
    /// <exception cref="HolonException">It takes more than the limits allow.</exception>
    public TraversalPage Page(TraversalPosition? after, int size) => new TraversalRun(_view, _compiled, _limits).Page(after, size);
}
