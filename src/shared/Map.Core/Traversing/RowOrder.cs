using Map.Core.Identity;
using Map.Core.Values;

namespace Map.Core.Traversing;

/// <summary>A holon found, with what it stands in order by.</summary>
internal readonly record struct Candidate(Found Found, BaseValue?[] Values);

/// <summary>The order of rows: by values, those without one last, and then by creation.</summary>
internal sealed class RowOrder(IReadOnlyList<TraversalOrder> by) : IComparer<Candidate>
{
    public int Compare(Candidate x, Candidate y) => Compare(x.Values, x.Found.Id, y.Values, y.Found.Id);

    /// <summary>Less than, equal to or greater than 0 as one row stands before, at or behind another.</summary>
    public int Compare(IReadOnlyList<BaseValue?> valuesA, LocalId a, IReadOnlyList<BaseValue?> valuesB, LocalId b)
    {
        for (var i = 0; i < by.Count; i++)
        {
            var (x, y) = (valuesA[i], valuesB[i]);
            if (x is null && y is null) continue;
            if (x is null) return 1;
            if (y is null) return -1;
            var order = ValueComparison.Compare(x, y);
            if (order != 0) return by[i].IsDescending ? -order : order;
        }

        return a.CompareTo(b);
    }

    /// <summary>The first of some candidates, in order. Holds no more than twice as many.</summary>
    /// <param name="candidates">The candidates, in any order.</param>
    /// <param name="count">How many.</param>
    public List<Candidate> First(IEnumerable<Candidate> candidates, int count)
    {
        var best = new List<Candidate>();
        var isFull = false;
        foreach (var candidate in candidates)
        {
            // Behind the last of as many as are wanted: most are, once some were seen.
            if (isFull && Compare(candidate, best[count - 1]) > 0) continue;
            best.Add(candidate);
            if (best.Count < 2 * count) continue;
            best.Sort(this);
            best.RemoveRange(count, best.Count - count);
            isFull = true;
        }

        best.Sort(this);
        return best;
    }
}
