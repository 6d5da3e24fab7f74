using Map.Core.Errors;
using Map.Guests.Abi;
using Map.Wasm;

namespace Map.Guests.Running;

/// <summary>What callers are told of guests that did not end well.</summary>
internal static class GuestErrors
{
    /// <summary>Too much memory.</summary>
    public static HolonException Memory(string message, int pages) => new([new HolonError(HolonErrorCode.MemoryLimit, message)
    {
        Limit = (long)pages * Wasm.Memory.PageBytes,
    }]);

    /// <summary>All threads are busy, and as many wait as may.</summary>
    public static HolonException Busy(int maxWaiting) => new([new HolonError(
        HolonErrorCode.DancesBusy, $"{maxWaiting:N0} dances or validators wait to be run, and no more may. Try again later.")
    {
        IsRetryable = true,
        Limit = maxWaiting,
    }]);

    /// <summary>The guest was stopped.</summary>
    /// <param name="trap">Why.</param>
    /// <param name="who">The dance and its module, for a person.</param>
    /// <param name="program">What ran.</param>
    /// <param name="hasRefusedMemory">Whether the guest asked for more memory than it may have.</param>
    /// <param name="deadline">How long it might run.</param>
    /// <param name="error">What it answered before.</param>
    public static HolonException Trapped(
        TrapException trap, string who, GuestProgram program, bool hasRefusedMemory, TimeSpan deadline, GuestError? error)
    {
        IReadOnlyList<string> backtrace = [.. trap.Backtrace.Select(frame => frame.ToString())];
        switch (trap.Code)
        {
            case TrapCode.FuelExhausted:
                return With(
                    HolonErrorCode.OutOfFuel, $"{who} used up its {program.Fuel:N0} units of fuel. Ask for less work, or let it have more.",
                    program.Fuel, backtrace);
            case TrapCode.DeadlineExceeded or TrapCode.Cancelled:
                return TimedOut(who, deadline, backtrace);
            // Programs give up when they get no memory, and say so by an unreachable instruction.
            case TrapCode.Unreachable when hasRefusedMemory:
                return With(
                    HolonErrorCode.MemoryLimit,
                    $"{who} needs more than the {program.MemoryPages:N0} pages of memory that it may have. Ask for less work, or let it have more.",
                    (long)program.MemoryPages * Wasm.Memory.PageBytes, backtrace);
            // Programs that give up say why before.
            case TrapCode.Unreachable when error is { Message.Length: > 0 }:
                return With(HolonErrorCode.DanceTrapped, $"{who} gave up: {error.Message}", null, backtrace, error.Code);
            default:
                return With(HolonErrorCode.DanceTrapped, $"{who} trapped: {trap.Message}. Mend the module.", null, backtrace);
        }
    }

    /// <summary>The guest did not end in time.</summary>
    public static HolonException TimedOut(string who, TimeSpan deadline, IReadOnlyList<string> backtrace) => With(
        HolonErrorCode.DanceTimedOut, $"{who} did not end within {deadline.TotalMilliseconds:N0} ms. Ask for less work, or try again.",
        (long)deadline.TotalMilliseconds, backtrace);

    /// <summary>The guest asked for what its manifest does not declare.</summary>
    public static HolonException Denied(CapabilityDeniedException denied, string who) => new(
        HolonErrorCode.CapabilityDenied,
        $"{who} may not {Verb(denied.Capability)} holons of {denied.HolonType}: the module's manifest does not declare it.");

    /// <summary>The module could not be linked.</summary>
    public static HolonException NotLinked(LinkException cause, string who) =>
        new(HolonErrorCode.AbiUnknown, $"{who} could not be linked: {cause.Message} Update the module or the daemon.");

    /// <summary>The guest answered an error, or a result that is one.</summary>
    public static HolonException Failed(GuestError? error, int result, string who) => new([new HolonError(
        HolonErrorCode.DanceFailed, error is { Message.Length: > 0 } ? error.Message : $"{who} failed and gave no reason (result {result}).")
    {
        GuestCode = error?.Code ?? $"{result}",
    }]);

    private static HolonException With(HolonErrorCode code, string message, long? limit, IReadOnlyList<string> backtrace, string? guestCode = null) =>
        new([new HolonError(code, message) { Limit = limit, Backtrace = backtrace, GuestCode = guestCode }]);

    private static string Verb(Capability capability) => capability switch
    {
        Capability.Read => "read",
        Capability.Write => "write",
        _ => "delete",
    };
}
