using Map.Storage.Verifying;

namespace Map.Storage.Tests;

/// <summary>What the check of a whole store says.</summary>
internal static class Verified
{
    /// <summary>The tests' commits are of the first seconds of 1970, and so is the time of the check.</summary>
    internal const long Now = 0;

    internal static IReadOnlyList<string> Findings(HolonStore store, string? headFile = null, long now = Now)
    {
        var report = StoreVerifier.Verify(store.Rows, store.Space, headFile, now, progress: null, CancellationToken.None);
        Assert.Equal(report.Count, report.Findings.Count);
        Assert.NotNull(report.Commit);
        return [.. report.Findings.Select(finding => $"{finding.Part}: {finding.Message}")];
    }
}
