using Map.Core.Dancing;
using Map.Core.Editing;
using Map.Core.Errors;
using Map.Core.Views;

namespace Map.Hub.Dances;

/// <summary>
/// The time that all validators of one judging have together. Each call is bounded by itself, so that the last one to begin
/// ends soon after. Of one judging alone.
/// </summary>
internal sealed class ValidatorTime : IGuestRunner
{
    private readonly IGuestRunner _guests;
    private readonly TimeSpan _limit;
    private readonly TimeProvider _time;
    private TimeSpan _spent;

    private ValidatorTime(IGuestRunner guests, TimeSpan limit, TimeProvider time) => (_guests, _limit, _time) = (guests, limit, time);

    /// <summary>The time of one judging.</summary>
    public static ValidatorTime Of(HubOptions options, TimeProvider time) => new(options.Guests, options.ValidatorTime, time);

    /// <inheritdoc/>
    public DanceResponse? Dance(GuestEntry entry, DanceCall call, TransactionEditor editor, CancellationToken cancellation) =>
        _guests.Dance(entry, call, editor, cancellation);

    /// <inheritdoc/>
    public IReadOnlyList<GuestFinding> Validate(GuestEntry entry, ValidatorCall call, TransactionView view)
    {
        if (_spent >= _limit)
        {
            var milliseconds = (long)_limit.TotalMilliseconds;
            throw new HolonException([new HolonError(
                HolonErrorCode.DanceTimedOut,
                $"The validators of one commit have {milliseconds:N0} ms together, which are used up. Commit less at once.")
            { Limit = milliseconds }]);
        }

        var start = _time.GetTimestamp();
        try
        {
            return _guests.Validate(entry, call, view);
        }
        finally
        {
            _spent += _time.GetElapsedTime(start);
        }
    }
}
