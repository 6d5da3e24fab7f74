using System.Collections.Immutable;

namespace Map.Core.Transactions;

/// <summary>The undo markers of a history: names that a client gave to positions. Immutable.</summary>
internal sealed class UndoMarkers
{
    /// <summary>No markers.</summary>
    internal static readonly UndoMarkers None = new(
        ImmutableDictionary.Create<string, int>(StringComparer.Ordinal),
        ImmutableSortedSet.Create<(int Depth, string Id)>(Comparer<(int Depth, string Id)>.Create(Compare)));

    private readonly ImmutableDictionary<string, int> _depths;
    private readonly ImmutableSortedSet<(int Depth, string Id)> _byDepth;

    private UndoMarkers(ImmutableDictionary<string, int> depths, ImmutableSortedSet<(int Depth, string Id)> byDepth) =>
        (_depths, _byDepth) = (depths, byDepth);

    /// <summary>How many there are.</summary>
    internal int Count => _depths.Count;

    /// <summary>How many steps lead to a marker; null when there is none of that id.</summary>
    internal int? Find(string id) => _depths.TryGetValue(id, out var depth) ? depth : null;

    /// <summary>With one more.</summary>
    internal UndoMarkers With(string id, int depth) => new(_depths.Add(id, depth), _byDepth.Add((depth, id)));

    /// <summary>Without those beyond a position. Costs as much as there are of them.</summary>
    internal UndoMarkers UpTo(int depth)
    {
        var (depths, byDepth) = (_depths, _byDepth);
        while (!byDepth.IsEmpty && byDepth.Max.Depth > depth)
        {
            depths = depths.Remove(byDepth.Max.Id);
            byDepth = byDepth.Remove(byDepth.Max);
        }

        return byDepth.Count == _byDepth.Count ? this : new UndoMarkers(depths, byDepth);
    }

    private static int Compare((int Depth, string Id) a, (int Depth, string Id) b) =>
        a.Depth != b.Depth ? a.Depth.CompareTo(b.Depth) : string.CompareOrdinal(a.Id, b.Id);
}
