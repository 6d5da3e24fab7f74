using Map.Core.Errors;
using Map.Core.References;
using Map.Core.Services;

namespace Map.Core.Validation;

/// <summary>What a commit would find wrong.</summary>
/// <param name="Violations">What breaks rules: the first 1,000, and how many more there are.</param>
/// <param name="Warnings">What does not hinder a commit but is to be known.</param>
/// <param name="Relied">What was read for it beyond the staged changes.</param>
public sealed record ValidationReport(
    IReadOnlyList<HolonError> Violations, IReadOnlyList<HolonError> Warnings, ReliedFacts Relied)
{
    /// <summary>The same in a space that reports: only what the store itself hangs on is a violation.</summary>
    public ValidationReport Relaxed() => this with
    {
        Violations = [.. Violations.Where(IsStructural)],
        Warnings = [.. Violations.Where(violation => !IsStructural(violation)), .. Warnings],
    };

    /// <summary>
    /// The same, where those violations are told as conflicts that were none when the transaction read: other commits
    /// brought them about.
    /// </summary>
    /// <param name="before">What was found as of the transaction's snapshot.</param>
    /// <param name="latest">The commit that was judged over.</param>
    internal ValidationReport WithConflicts(ValidationReport before, long latest)
    {
        var known = before.Violations.Select(Identify).ToHashSet();
        return this with { Violations = [.. Violations.Select(each => known.Contains(Identify(each)) ? each : ToConflict(each, latest))] };
    }

    private static (TypeRule?, HolonReference?, string?) Identify(HolonError violation) =>
        (violation.Rule, violation.Subject, violation.Field);

    private static HolonError ToConflict(HolonError violation, long latest) => violation.Rule is null ? violation : violation with
    {
        Code = violation.Rule == TypeRule.KeyUnique ? violation.Code : HolonErrorCode.Conflict,
        Message = $"{violation.Message} A commit after this transaction read brought that about: Refresh, and mend it.",
        ConflictingCommit = latest,
    };

    private static bool IsStructural(HolonError violation) => violation.Rule is { } rule && rule.IsStructural();
}
