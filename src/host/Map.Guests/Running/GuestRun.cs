using System.Diagnostics;
using Map.Core.Errors;
using Map.Guests.Abi;
using Map.Wasm;
using Microsoft.Extensions.Logging;

namespace Map.Guests.Running;

/// <summary>One run of a guest, from a fresh instance to its end, told to log and metrics.</summary>
/// <param name="program">What runs.</param>
/// <param name="who">The dance or the validator and its module, for a person.</param>
/// <param name="deadline">How long it may run.</param>
/// <param name="logger">Where denials and stops are logged.</param>
internal sealed class GuestRun(GuestProgram program, string who, TimeSpan deadline, ILogger logger)
{
    /// <summary>What runs.</summary>
    public GuestProgram Program { get; } = program;

    /// <summary>How long it may run.</summary>
    public TimeSpan Deadline { get; } = deadline;

    /// <summary>Runs it on this thread.</summary>
    /// <exception cref="HolonException">It did not end well.</exception>
    /// <exception cref="OperationCanceledException">The caller ended it.</exception>
    public void ToEnd(Engine engine, GuestCall call, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        using var store = new Store(engine, new StoreLimits { MaxMemoryPages = Program.MemoryPages }) { Data = call, Fuel = Program.Fuel };
        var outcome = "defect";
        try
        {
            Run(store, call, cancellation);
            outcome = "ok";
        }
        catch (OperationCanceledException)
        {
            outcome = "cancelled";
            throw;
        }
        catch (HolonException e)
        {
            outcome = e.Errors[0].Code.ToString();
            GuestLog.Stopped(logger, Program.Module, call.Name, outcome, e.Message);
            throw;
        }
        finally
        {
            GuestTelemetry.Called(Program.Module, outcome, start, Program.Fuel - store.Fuel);
        }
    }

    private void Run(Store store, GuestCall call, CancellationToken cancellation)
    {
        store.SetDeadline(Deadline);
        using var registration = cancellation.UnsafeRegister(static store => ((Store)store!).Cancel(), store);
        try
        {
            var result = Call(store, call);
            if (result != 0 || call.Error is not null) throw GuestErrors.Failed(call.Error, result, who);
        }
        catch (TrapException trap)
        {
            GuestTelemetry.Trapped(trap.Code.ToString());
            // A guest that used up its fuel at that moment ends for that reason.
            if (trap.Code == TrapCode.Cancelled) cancellation.ThrowIfCancellationRequested();
            throw GuestErrors.Trapped(trap, who, Program, store.HasRefusedMemory, Deadline, call.Error);
        }
        catch (OperationCanceledException)
        {
            // A long read of the host's was ended, by the caller or at the deadline.
            cancellation.ThrowIfCancellationRequested();
            GuestTelemetry.Trapped(nameof(TrapCode.DeadlineExceeded));
            throw GuestErrors.TimedOut(who, Deadline, []);
        }
        catch (CapabilityDeniedException denied)
        {
            GuestLog.Denied(logger, Program.Module, call.Name, denied.Capability.ToString(), denied.HolonType);
            throw GuestErrors.Denied(denied, who);
        }
        catch (LinkException link)
        {
            throw GuestErrors.NotLinked(link, who);
        }
    }

    private int Call(Store store, GuestCall call)
    {
        var instance = GuestInterface.Linker.Instantiate(store, Program.Guest.Code);
        var entry = instance.GetFunction<Func<int, int>>(Program.Entrypoint);
        Invariant.Holds(entry is not null);
        return entry(call.Argument());
    }
}
