namespace Map.Hub.Tests.Model;

/// <summary>Finds a short list that still fails, by leaving out ever smaller parts (A. Zeller, "Delta debugging", 1999).</summary>
internal static class Shrinker
{
    /// <param name="steps">What fails.</param>
    /// <param name="fails">Whether a list fails.</param>
    /// <param name="attempts">How many lists are tried at most.</param>
    /// <returns>A list that fails; where there were attempts enough, none with one step less does.</returns>
    public static IReadOnlyList<T> Shrink<T>(IReadOnlyList<T> steps, Func<IReadOnlyList<T>, bool> fails, int attempts)
    {
        for (var size = Math.Max(1, steps.Count / 2); attempts > 0;)
        {
            var before = steps.Count;
            // From the end: what comes last depends on what came first.
            for (var from = (steps.Count - 1) / size * size; from >= 0 && attempts > 0; from -= size)
            {
                T[] left = [.. steps.Take(from), .. steps.Skip(from + size)];
                attempts--;
                if (fails(left)) steps = left;
            }

            if (size == 1 && steps.Count == before) break;
            size = size == 1 ? 1 : size / 2;
        }

        return steps;
    }
}
