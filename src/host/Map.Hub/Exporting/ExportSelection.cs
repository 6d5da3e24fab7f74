using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.Views;
using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Exporting;

/// <summary>The holons that a query selects for an export.</summary>
internal static class ExportSelection
{
    /// <summary>Refuses what a selection has no use for.</summary>
    /// <exception cref="HolonException"><see cref="HolonErrorCode.InvalidRequest"/>, with the field.</exception>
    public static void Check(TraverseQuery? query)
    {
        if (query is null) return;
        if (query.Select.Count > 0) throw Useless("select");
        if (query.OrderBy.Count > 0) throw Useless("order_by");
        if (query.Page is not null) throw Useless("page");
        if (query.Explain != TraverseExplain.Unspecified) throw Useless("explain");
    }

    /// <summary>Finds them.</summary>
    public static IReadOnlySet<LocalId> Find(TransactionView view, TraverseQuery query) =>
        throw new HolonException(HolonErrorCode.NotImplemented, "This version of the daemon does not implement Traverse.", field: "selection");

    private static HolonException Useless(string field) =>
        WireReader.Invalid($"selection.{field}", "says nothing of which holons to export; leave it out");
}
