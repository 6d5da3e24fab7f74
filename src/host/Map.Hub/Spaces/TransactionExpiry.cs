using Map.Core.Services;
using Microsoft.Extensions.Logging;

namespace Map.Hub.Spaces;

/// <summary>
/// Rolls back transactions that nobody uses and in which nothing was staged: what a client leaves that only read, or that
/// vanished before it did anything. One that holds work stays for ever.
/// </summary>
internal sealed class TransactionExpiry : IDisposable
{
    /// <summary>How much longer than its time a transaction may stay, as a part of that.</summary>
    private const int LooksPerLifetime = 24;

    private readonly Func<IEnumerable<HolonSpaceManager>> _inUse;
    private readonly ILogger _logger;
    private readonly ITimer _timer;

    /// <param name="inUse">The spaces that are in use.</param>
    /// <param name="lifetime">How long such a transaction stays open without use.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told how many there were.</param>
    internal TransactionExpiry(Func<IEnumerable<HolonSpaceManager>> inUse, TimeSpan lifetime, TimeProvider time, ILogger logger)
    {
        (_inUse, _logger) = (inUse, logger);
        var period = lifetime / LooksPerLifetime;
        _timer = time.CreateTimer(_ => ExpireAll(), null, period, period);
    }

    /// <summary>Expires no more.</summary>
    public void Dispose() => _timer.Dispose();

    private void ExpireAll()
    {
        foreach (var manager in _inUse())
        {
            try
            {
                var expired = manager.Expire();
                if (expired > 0) SpaceLog.Expired(_logger, manager.Space.Name, expired);
            }
            catch (Exception e) when (e is StoreException or ObjectDisposedException)
            {
                SpaceLog.NotExpired(_logger, manager.Space.Name, e.Message);
            }
            catch (Exception defect)
            {
                // On a timer, whose failures would end the process.
                SpaceLog.ExpiryFailed(_logger, defect, manager.Space.Name);
            }
        }
    }
}
