using Map.Core.Errors;

namespace Map.Hub.Commands.Queries;

/// <summary>How long a query over many hops may take.</summary>
internal static class TraversalTime
{
    /// <summary>Runs a query within a time.</summary>
    /// <param name="limit">The time.</param>
    /// <param name="time">The clock.</param>
    /// <param name="query">The query.</param>
    /// <param name="cancellation">Ends the query for another reason.</param>
    /// <exception cref="HolonException"><see cref="HolonErrorCode.QueryTimedOut"/>.</exception>
    public static T Run<T>(TimeSpan limit, TimeProvider time, Func<CancellationToken, T> query, CancellationToken cancellation)
    {
        using var timer = new CancellationTokenSource(limit, time);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timer.Token);
        try
        {
            return query(ends.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new HolonException([new HolonError(
                HolonErrorCode.QueryTimedOut,
                $"The query took longer than {limit.TotalMilliseconds:N0} ms. Filter earlier, begin with fewer holons, or follow fewer links.")
            {
                Limit = (long)limit.TotalMilliseconds,
                IsRetryable = true,
            }]);
        }
    }
}
