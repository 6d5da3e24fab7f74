using Map.Core.Dancing;
using Map.Core.Editing;
using Map.Core.References;

namespace Map.Hub.Dances;

/// <summary>
/// Code of a dance that is part of the daemon. Each has a file of its own; <see cref="DanceRunner"/> finds it there. A holon
/// that implements a dance names it as its entry point.
/// </summary>
internal interface IBuiltinDance
{
    /// <summary>Its name, unique among them.</summary>
    string Name { get; }

    /// <summary>Runs it. It throws for what it refuses, and then has left no trace.</summary>
    /// <returns>What it answers; null for nothing.</returns>
    DanceResponse? Run(BuiltinCall call);
}

/// <summary>What a built-in dance may use.</summary>
/// <param name="Editor">The state under change.</param>
/// <param name="Affording">The holon that it is run on.</param>
/// <param name="Request">What it is asked with, an instance of the type that the dance says; null when it takes none.</param>
/// <param name="Cancellation">Ends the dance before it takes effect.</param>
internal sealed record BuiltinCall(
    TransactionEditor Editor, HolonReference Affording, HolonReference? Request, CancellationToken Cancellation);
