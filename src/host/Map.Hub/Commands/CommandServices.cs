using Map.Core.Errors;
using Map.Hub.Binding;
using Map.Hub.Content;
using Map.Hub.Dances;
using Map.V1;
using HolonError = Map.Core.Errors.HolonError;

namespace Map.Hub.Commands;

/// <summary>What the hub provides to queries: nothing that could change anything.</summary>
/// <param name="Options">Limits.</param>
/// <param name="PageTokens">Page tokens.</param>
/// <param name="Time">The clock.</param>
internal record QueryServices(HubOptions Options, PageTokens PageTokens, TimeProvider Time)
{
    /// <summary>The page size that a request means.</summary>
    public int PageSize(PageRequest? page)
    {
        var size = page?.Size ?? 0;
        if (size == 0) return Options.DefaultPageSize;
        if (size <= Options.MaxPageSize) return (int)size;
        throw new HolonException([new HolonError(
            HolonErrorCode.TooLarge, $"A page has at most {Options.MaxPageSize:N0} members.") { Field = "page.size", Limit = Options.MaxPageSize }]);
    }
}

/// <summary>What the hub provides to mutations.</summary>
/// <param name="Options">Limits.</param>
/// <param name="PageTokens">Page tokens.</param>
/// <param name="Content">Uploaded files.</param>
/// <param name="Dances">Runs dances.</param>
/// <param name="Time">The clock.</param>
internal sealed record CommandServices(
    HubOptions Options, PageTokens PageTokens, ContentStore Content, DanceRunner Dances, TimeProvider Time)
    : QueryServices(Options, PageTokens, Time)
{
    /// <summary>Refuses more targets than one command may have.</summary>
    public void RequireTargets(int count)
    {
        var most = Options.Limits.MaxTargets;
        if (count <= most) return;
        throw new HolonException([new HolonError(
            HolonErrorCode.TooLarge, $"A command has at most {most:N0} targets; send several.") { Field = "targets", Limit = most }]);
    }
}
