using System.Diagnostics;
using Map.Core.Dancing;
using Map.Core.Editing;
using Map.Core.Errors;
using Map.Core.Views;
using Map.Guests.Abi;
using Map.Guests.Modules;
using Map.Wasm;
using Microsoft.Extensions.Logging;

namespace Map.Guests.Running;

/// <summary>
/// Runs guests: for each call a fresh instance on a thread for guests, which is dropped afterwards. Dances and validators have
/// threads of their own, so that commits do not wait for the dances of others.
/// </summary>
/// <param name="modules">The installed modules.</param>
/// <param name="options">What guests may use.</param>
/// <param name="logger">Where lines of guests, denials and stops are logged.</param>
public sealed class GuestRunner(CompiledModules modules, GuestOptions options, ILogger<GuestRunner> logger) : IGuestRunner, IDisposable
{
    private readonly GuestThreads _dances = new("dances", options.Threads, options.MaxWaiting);
    private readonly GuestThreads _validators = new("validators", options.Threads, options.MaxWaiting);
    private readonly GuestCallLimits _limits = new() { MaxHandles = options.MaxHandles };

    /// <inheritdoc/>
    public DanceResponse? Dance(GuestEntry entry, DanceCall call, TransactionEditor editor, CancellationToken cancellation)
    {
        var program = GuestProgram.Find(modules, entry, options);
        var run = new GuestRun(program, $"The dance \"{call.Dance}\" (module {program.Module})", options.DanceDeadline, logger);
        var ended = Run(_dances, run, setup => GuestCall.OfDance(setup, call, editor), call.Dance, cancellation);
        ended.Warnings.ForEach(call.Warn);
        return ended.Response;
    }

    /// <inheritdoc/>
    public IReadOnlyList<GuestFinding> Validate(GuestEntry entry, ValidatorCall call, TransactionView view)
    {
        var program = GuestProgram.Find(modules, entry, options);
        var run = new GuestRun(program, $"The validator \"{call.Validator}\" (module {program.Module})", options.ValidatorDeadline, logger);
        return Run(_validators, run, setup => GuestCall.OfValidator(setup, call, view), call.Validator, view.Cancellation).Findings;
    }

    /// <summary>Ends the threads, once what waits is done.</summary>
    public void Dispose()
    {
        _dances.Dispose();
        _validators.Dispose();
    }

    private GuestCall Run(
        GuestThreads threads, GuestRun run, Func<GuestCallSetup, GuestCall> start, string name, CancellationToken cancellation)
    {
        GuestCall? call = null;
        var hasRoom = threads.TryRun(
            () =>
            {
                using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                ending.CancelAfter(run.Deadline);
                var lines = new GuestLines(logger, run.Program.Module, name);
                call = start(new GuestCallSetup(run.Program.Guest.Manifest.Capabilities, _limits, lines, ending.Token));
                run.ToEnd(modules.Engine, call, cancellation);
            },
            cancellation);
        if (!hasRoom) throw GuestErrors.Busy(options.MaxWaiting);
        Invariant.Holds(call is not null);
        return call;
    }
}
