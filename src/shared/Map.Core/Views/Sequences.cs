namespace Map.Core.Views;

/// <summary>Ways to walk sequences without holding them.</summary>
internal static class Sequences
{
    /// <summary>Two sorted sequences as one; of equal items the first sequence's come first.</summary>
    public static IEnumerable<T> MergeSorted<T>(IEnumerable<T> first, IEnumerable<T> second, IComparer<T> comparer)
    {
        using var a = first.GetEnumerator();
        using var b = second.GetEnumerator();
        var hasA = a.MoveNext();
        var hasB = b.MoveNext();
        while (hasA || hasB)
        {
            if (hasA && (!hasB || comparer.Compare(a.Current, b.Current) <= 0))
            {
                yield return a.Current;
                hasA = a.MoveNext();
            }
            else
            {
                yield return b.Current;
                hasB = b.MoveNext();
            }
        }
    }

    /// <summary>The first item, or null when there is none.</summary>
    public static T? FirstOrNull<T>(this IEnumerable<T> items)
        where T : struct
    {
        foreach (var item in items) return item;
        return null;
    }

    /// <summary>Runs of neighbours with an equal key.</summary>
    public static IEnumerable<List<T>> GroupAdjacent<T, TKey>(this IEnumerable<T> items, Func<T, TKey> keyOf)
        where TKey : IEquatable<TKey>
    {
        List<T>? run = null;
        foreach (var item in items)
        {
            if (run is not null && !keyOf(run[0]).Equals(keyOf(item)))
            {
                yield return run;
                run = null;
            }

            (run ??= []).Add(item);
        }

        if (run is not null) yield return run;
    }
}
