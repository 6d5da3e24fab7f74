namespace Map.Hub.Tests.Traversing;

/// <summary>A query over the sample library and the annex.</summary>
/// <param name="name">What it shows.</param>
/// <param name="query">The query.</param>
/// <param name="saved">The rows as the library is saved: keys, <c>-</c> for none, with what is selected.</param>
/// <param name="edited">The rows with the edits of <see cref="LibraryWorld"/>, where they are others.</param>
internal sealed class LibraryCase(string name, Ask query, string saved, string? edited = null)
{
    public static IReadOnlyDictionary<string, LibraryCase> All { get; } =
        ((LibraryCase[])[.. SeedCases.All, .. ComparisonCases.All, .. ExpandCases.All, .. OrderCases.All]).ToDictionary(each => each.Name);

    /// <summary>Each with each state of the library.</summary>
    public static TheoryData<string, string> InEachState
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var each in All.Keys)
                foreach (var state in LibraryWorld.States) data.Add(each, state);
            return data;
        }
    }

    public string Name => name;

    public Ask Query => query;

    /// <summary>The rows in a state of the library.</summary>
    public string RowsIn(string state) => state == LibraryWorld.States[0] ? saved : edited ?? saved;
}
