using System.Diagnostics;
using Map.Wasm.Compilation;

namespace Map.Wasm;

/// <summary>One call of a guest that was open when it trapped.</summary>
/// <param name="Function">The index of the function in its module.</param>
/// <param name="Name">Its name in the module's name section, or null.</param>
public readonly record struct BacktraceFrame(int Function, string? Name)
{
    /// <inheritdoc/>
    public override string ToString() => Name is null ? $"function {Function}" : $"{Name} (function {Function})";
}

/// <summary>A guest was stopped. What it did before is still in its memory; the embedder discards the instance.</summary>
public sealed class TrapException : Exception
{
    private const int MaxFrames = 50;

    private BacktraceFrame[]? _backtrace;

    internal TrapException(TrapCode code)
        : base(code.Message()) => Code = code;

    /// <summary>Why.</summary>
    public TrapCode Code { get; }

    /// <summary>
    /// The guest's calls that were open, innermost first, at most 50 of them. Small functions that the runtime inlined into
    /// their callers do not appear.
    /// </summary>
    public IReadOnlyList<BacktraceFrame> Backtrace => _backtrace ??= ReadBacktrace();

    /// <summary>The trap and the guest's calls, one to a line.</summary>
    public string Describe() => string.Join("\n  at ", [$"Trap: {Message}", .. Backtrace.Select(frame => frame.ToString())]);

    private BacktraceFrame[] ReadBacktrace() =>
    [
        .. new StackTrace(this).GetFrames().Select(frame => GuestMethods.Describe(frame.GetMethod()))
            .OfType<BacktraceFrame>().Take(MaxFrames),
    ];
}
