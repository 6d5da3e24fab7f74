using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Map.Core.Errors;

/// <summary>Assertions that stay on in Release: what must hold or the state is not what we think it is.</summary>
public static class Invariant
{
    /// <summary>Ends the command when <paramref name="condition"/> does not hold; the state stays as it was.</summary>
    /// <exception cref="InvariantException">It does not hold.</exception>
    public static void Holds(
        [DoesNotReturnIf(false)] bool condition,
        [CallerArgumentExpression(nameof(condition))] string? expression = null)
    {
        if (!condition) throw new InvariantException($"Invariant violated: {expression}");
    }
}

/// <summary>A defect of ours: something that must hold does not.</summary>
/// <param name="message">What does not hold.</param>
public sealed class InvariantException(string message) : Exception(message);
