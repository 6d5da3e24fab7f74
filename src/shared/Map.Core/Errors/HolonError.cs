using Map.Core.References;
using Map.Core.Validation;

namespace Map.Core.Errors;

/// <summary>One error or warning. The message alone says what happened and what to do.</summary>
/// <param name="Code">Why.</param>
/// <param name="Message">For a person.</param>
public sealed record HolonError(HolonErrorCode Code, string Message)
{
    /// <summary>The holon concerned, if it can be named by a reference.</summary>
    public HolonReference? Subject { get; init; }

    /// <summary>The key concerned, where there is no reference.</summary>
    public string? Key { get; init; }

    /// <summary>The rule broken, of a violation that validation found.</summary>
    public TypeRule? Rule { get; init; }

    /// <summary>The property, relationship or message field concerned.</summary>
    public string? Field { get; init; }

    /// <summary>Whether the same request can succeed later without a change by the client.</summary>
    public bool IsRetryable { get; init; }

    /// <summary>The place in an uploaded file.</summary>
    public SourcePlace? Place { get; init; }

    /// <summary>The holons that match, of an ambiguous key; those concerned, of a warning about many.</summary>
    public IReadOnlyList<HolonReference> Candidates { get; init; } = [];

    /// <summary>The commit that came between, of a conflict.</summary>
    public long? ConflictingCommit { get; init; }

    /// <summary>The limit in force, where one was exceeded.</summary>
    public long? Limit { get; init; }

    /// <summary>The code that a guest gave its error.</summary>
    public string? GuestCode { get; init; }

    /// <summary>The calls of a guest that was stopped, innermost first.</summary>
    public IReadOnlyList<string> Backtrace { get; init; } = [];
}

/// <summary>A place in an uploaded file.</summary>
/// <param name="File">The file's name as the client gave it.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in bytes of UTF-8.</param>
public sealed record SourcePlace(string File, int Line, int Column);

/// <summary>A command was refused; nothing changed.</summary>
public sealed class HolonException : Exception
{
    /// <summary>Refused for one or more reasons.</summary>
    public HolonException(IReadOnlyList<HolonError> errors)
        : base(errors.Count == 0 ? null : errors[0].Message)
    {
        Invariant.Holds(errors.Count > 0);
        Errors = errors;
    }

    /// <summary>Refused for one reason.</summary>
    public HolonException(HolonErrorCode code, string message, HolonReference? subject = null, string? field = null)
        : this([new HolonError(code, message) { Subject = subject, Field = field }])
    {
    }

    /// <summary>Why; at least one.</summary>
    public IReadOnlyList<HolonError> Errors { get; }
}
