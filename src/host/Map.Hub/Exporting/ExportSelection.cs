using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.Traversing;
using Map.Core.Views;
using Map.Hub.Binding;
using Map.Hub.Commands.Queries;
using Map.V1;
using HolonError = Map.Core.Errors.HolonError;

namespace Map.Hub.Exporting;

/// <summary>The holons that a query selects for an export.</summary>
/// <param name="query">The query.</param>
/// <param name="options">What it may take.</param>
/// <param name="time">The clock.</param>
internal sealed class ExportSelection(TraverseQuery query, HubOptions options, TimeProvider time)
{
    private const string Field = "selection";

    /// <summary>Refuses what a selection has no use for.</summary>
    /// <exception cref="HolonException"><see cref="HolonErrorCode.InvalidRequest"/>, with the field.</exception>
    public void Check()
    {
        if (query.Select.Count > 0) throw Useless("select");
        if (query.OrderBy.Count > 0) throw Useless("order_by");
        if (query.Page is not null) throw Useless("page");
        if (query.Explain != TraverseExplain.Unspecified) throw Useless("explain");
    }

    /// <summary>Finds them, each once.</summary>
    /// <exception cref="HolonException">The query is wrong, or takes too much; the field is that of the request.</exception>
    public IReadOnlySet<LocalId> Find(TransactionView view)
    {
        try
        {
            return TraversalTime.Run(
                options.TraversalTime, time, cancellation => Find(view.WithCancellation(cancellation), options.Traversals), view.Cancellation);
        }
        catch (HolonException e)
        {
            throw new HolonException([.. e.Errors.Select(error => error with { Field = error.Field is { } field ? $"{Field}.{field}" : Field })]);
        }
    }

    private HashSet<LocalId> Find(TransactionView view, TraversalLimits limits)
    {
        var traversal = TraversalReader.Read(query) with { IsDistinct = true };
        var page = PreparedTraversal.Of(view, traversal, limits).Page(null, limits.MaxHeld);
        if (page.Next is null) return [.. page.Rows.Select(row => row.Reference.Id)];
        throw new HolonException([new HolonError(
            HolonErrorCode.QueryTooLarge, $"The query selects more than {limits.MaxHeld:N0} holons. Select fewer, or export all.")
        {
            Limit = limits.MaxHeld,
        }]);
    }

    private static HolonException Useless(string field) =>
        WireReader.Invalid($"{Field}.{field}", "says nothing of which holons to export; leave it out");
}
