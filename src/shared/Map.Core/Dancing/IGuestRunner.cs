using Map.Core.Editing;
using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.References;
using Map.Core.Views;

namespace Map.Core.Dancing;

/// <summary>Runs guests: code of installed modules, in the sandbox. Safe for many threads at once.</summary>
public interface IGuestRunner
{
    /// <summary>
    /// Runs a dance to its end. What it changes it changes in the editor; whoever calls drops the editor when this throws, so
    /// that a dance that fails leaves no trace.
    /// </summary>
    /// <param name="entry">What to run.</param>
    /// <param name="call">What it is asked.</param>
    /// <param name="editor">The branch of the transaction's state that it works on.</param>
    /// <param name="cancellation">Ends the guest, wherever it is.</param>
    /// <returns>What it answers; null for nothing.</returns>
    /// <exception cref="HolonException">
    /// It could not be run, was stopped (the errors of dances say why, with the guest's backtrace), or answered an error.
    /// </exception>
    /// <exception cref="OperationCanceledException">The caller ended it.</exception>
    DanceResponse? Dance(GuestEntry entry, DanceCall call, TransactionEditor editor, CancellationToken cancellation);

    /// <summary>Has a validator judge one holon. It reads and changes nothing.</summary>
    /// <param name="entry">What to run.</param>
    /// <param name="call">What it is to judge.</param>
    /// <param name="view">What it reads; what reads go through it, it relied on.</param>
    /// <returns>What is wrong with the holon; none when all is well.</returns>
    /// <exception cref="HolonException">It could not be run, or was stopped.</exception>
    /// <exception cref="OperationCanceledException">The view's cancellation ended it.</exception>
    IReadOnlyList<GuestFinding> Validate(GuestEntry entry, ValidatorCall call, TransactionView view);
}

/// <summary>An entry point of an installed module.</summary>
/// <param name="Module">The SHA-256 of the module, 64 lower-case hexadecimal digits.</param>
/// <param name="Entrypoint">The exported function.</param>
/// <param name="Abi">The interface that the module was built for, as <c>map:guest/1</c>.</param>
public sealed record GuestEntry(string Module, string Entrypoint, string Abi);

/// <summary>What a dance is asked.</summary>
/// <param name="Dance">Its type name.</param>
/// <param name="Affording">The holon that it is run on.</param>
/// <param name="Request">What it is asked with; null when it takes no request.</param>
/// <param name="Warn">Takes what the dance has to say to a person beside its answer, once it went well.</param>
public sealed record DanceCall(string Dance, HolonReference Affording, HolonReference? Request, Action<string> Warn);

/// <summary>What a validator is to judge.</summary>
/// <param name="Validator">The name of the validator.</param>
/// <param name="Holon">The staged holon.</param>
public sealed record ValidatorCall(string Validator, LocalId Holon);

/// <summary>What a validator finds wrong.</summary>
/// <param name="Member">The property or relationship; null when it is the holon as a whole.</param>
/// <param name="Message">What is wrong and what to do, for a person.</param>
public sealed record GuestFinding(string? Member, string Message);
