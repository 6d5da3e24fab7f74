using Map.Core.Services;

namespace Map.Storage.Verifying;

/// <summary>What a check has found so far: all is counted, the first are kept.</summary>
internal sealed class Findings
{
    /// <summary>How many are kept.</summary>
    internal const int MaxKept = 1_000;

    private readonly List<StoreFinding> _kept = [];

    /// <summary>How many there are.</summary>
    internal long Count { get; private set; }

    /// <summary>The first of them.</summary>
    internal IReadOnlyList<StoreFinding> Kept => _kept;

    internal void Add(string part, string message)
    {
        Count++;
        if (_kept.Count < MaxKept) _kept.Add(new StoreFinding(part, message));
    }
}
