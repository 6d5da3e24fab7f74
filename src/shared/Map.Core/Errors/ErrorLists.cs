namespace Map.Core.Errors;

/// <summary>Lists of errors as long as a reply bears.</summary>
public static class ErrorLists
{
    /// <summary>How many errors are listed; the rest are counted.</summary>
    public const int MaxListed = 1_000;

    /// <summary>The first errors, and how many more there are.</summary>
    public static IReadOnlyList<HolonError> Cut(IReadOnlyList<HolonError> errors)
    {
        if (errors.Count <= MaxListed) return errors;
        var note = new HolonError(HolonErrorCode.MoreErrors, $"{errors.Count - MaxListed:N0} more errors are not listed.")
        {
            Limit = MaxListed,
        };
        return [.. errors.Take(MaxListed), note];
    }
}
