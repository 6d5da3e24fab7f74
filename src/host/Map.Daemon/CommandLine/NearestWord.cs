namespace Map.Daemon.CommandLine;

/// <summary>Finds the word that was meant.</summary>
internal static class NearestWord
{
    /// <summary>A hint to the nearest of the right words; to all of them when none is near.</summary>
    public static string Suggest(string word, params string[] candidates)
    {
        var nearest = candidates.MinBy(candidate => Distance(word, candidate));
        return nearest is not null && Distance(word, nearest) <= Math.Max(2, nearest.Length / 3)
            ? $" Did you mean '{nearest}'?"
            : $" There are: {string.Join(", ", candidates)}.";
    }

    /// <summary>Levenshtein's distance.</summary>
    private static int Distance(string x, string y)
    {
        var row = Enumerable.Range(0, y.Length + 1).ToArray();
        for (var i = 1; i <= x.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= y.Length; j++)
            {
                var replaced = diagonal + (x[i - 1] == y[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
