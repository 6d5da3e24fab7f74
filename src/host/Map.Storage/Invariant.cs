using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Map.Storage;

/// <summary>
/// Assertions that stay on in Release: on the commit path a broken assumption must stop the commit, not be saved.
/// </summary>
internal static class Invariant
{
    /// <summary>Throws unless the condition holds.</summary>
    /// <exception cref="InvalidOperationException">It does not hold: a defect of this program or of its caller.</exception>
    [StackTraceHidden]
    internal static void Require(
        [DoesNotReturnIf(false)] bool condition, string meaning,
        [CallerArgumentExpression(nameof(condition))] string expression = "")
    {
        if (!condition) Fail(meaning, expression);
    }

    [DoesNotReturn, StackTraceHidden]
    private static void Fail(string meaning, string expression) =>
        throw new InvalidOperationException($"Broken invariant: {meaning} ({expression}).");
}
