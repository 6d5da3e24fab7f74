using Map.Core.Services;
using Microsoft.Extensions.Logging;

namespace Map.Hub.Spaces;

/// <summary>
/// Brings a store that stopped writing back by itself: tries again and again, ever less often, until the store finds that
/// it can go on, and then settles what was in doubt.
/// </summary>
internal sealed class SpaceRecovery
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(5);

    private readonly SpaceRecord _space;
    private readonly IHolonStore _store;
    private readonly Func<int> _settle;
    private readonly Action<SpaceRecord, bool> _tell;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private TimeSpan _delay = FirstDelay;

    /// <param name="space">The space.</param>
    /// <param name="store">Its store.</param>
    /// <param name="settle">Settles the transactions in doubt; answers how many.</param>
    /// <param name="tell">Is told whether the space takes writes when that changes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told how it goes.</param>
    public SpaceRecovery(
        SpaceRecord space, IHolonStore store, Func<int> settle, Action<SpaceRecord, bool> tell, TimeProvider time, ILogger logger)
    {
        (_space, _store, _settle, _tell, _logger) = (space, store, settle, tell, logger);
        _timer = time.CreateTimer(_ => Try(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        store.Doubted += Begin;
    }

    private void Begin()
    {
        SpaceLog.Doubt(_logger, _space.Name, _store.Doubt ?? "");
        _tell(_space, false);
        _delay = FirstDelay;
        _timer.Change(_delay, Timeout.InfiniteTimeSpan);
    }

    private void Try()
    {
        try
        {
            _store.Recover();
            SpaceLog.Reopened(_logger, _space.Name, _store.LatestCommit, _settle());
            _tell(_space, true);
        }
        catch (StoreException tooEarly)
        {
            SpaceLog.NotYet(_logger, _space.Name, tooEarly.Message);
            TryLater();
        }
        catch (ObjectDisposedException)
        {
            // The daemon stops; the next start settles it.
            _timer.Dispose();
        }
        catch (Exception defect)
        {
            // On a timer, whose failures would end the process: the other spaces have nothing to do with it.
            SpaceLog.RecoveryFailed(_logger, defect, _space.Name);
            TryLater();
        }
    }

    private void TryLater()
    {
        _delay = _delay * 2 < LongestDelay ? _delay * 2 : LongestDelay;
        _timer.Change(_delay, Timeout.InfiniteTimeSpan);
    }
}

/// <summary>Log messages of spaces that stop writing and go on.</summary>
internal static partial class SpaceLog
{
    [LoggerMessage(30, LogLevel.Error, "Space {Space} stopped writing, since a write failed: {Reason}. Reads go on, and it comes back by itself")]
    public static partial void Doubt(ILogger logger, string space, string reason);

    [LoggerMessage(31, LogLevel.Warning, "Space {Space} takes no writes yet: {Reason}")]
    public static partial void NotYet(ILogger logger, string space, string reason);

    [LoggerMessage(33, LogLevel.Error, "Space {Space} could not be brought back, by a defect of the daemon")]
    public static partial void RecoveryFailed(ILogger logger, Exception defect, string space);

    [LoggerMessage(34, LogLevel.Information, "Space {Space}: {Count} idle transactions without staged holons rolled back")]
    public static partial void Expired(ILogger logger, string space, int count);

    [LoggerMessage(35, LogLevel.Warning, "Space {Space}: idle transactions could not be rolled back: {Reason}")]
    public static partial void NotExpired(ILogger logger, string space, string reason);

    [LoggerMessage(36, LogLevel.Error, "Space {Space}: idle transactions could not be rolled back, by a defect of the daemon")]
    public static partial void ExpiryFailed(ILogger logger, Exception defect, string space);

    [LoggerMessage(32, LogLevel.Information, "Space {Space} was opened anew as of commit {Commit} and writes again; {Settled} transactions in doubt settled")]
    public static partial void Reopened(ILogger logger, string space, long commit, int settled);
}
