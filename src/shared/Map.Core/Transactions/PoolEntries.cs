using System.Collections.Immutable;
using Map.Core.Identity;
using Map.Core.Services;

namespace Map.Core.Transactions;

/// <summary>A draft in the index by key. Sorts by UTF-8 key, as the store does, then type and id.</summary>
/// <param name="Key">The key.</param>
/// <param name="Type">The draft's type; zero when it has none yet.</param>
/// <param name="Holon">The draft.</param>
public readonly record struct KeyEntry(string Key, LocalId Type, LocalId Holon)
{
    internal static readonly IComparer<KeyEntry> Comparer = Comparer<KeyEntry>.Create(static (a, b) =>
    {
        var order = CompareKeys(a.Key, b.Key);
        if (order == 0) order = a.Type.CompareTo(b.Type);
        return order == 0 ? a.Holon.CompareTo(b.Holon) : order;
    });

    /// <summary>Compares keys by their UTF-8 bytes, which is the order of their code points.</summary>
    public static int CompareKeys(string a, string b)
    {
        var length = Math.Min(a.Length, b.Length);
        for (var i = 0; i < length; i++)
        {
            if (a[i] == b[i]) continue;
            // Surrogates (U+D800..DFFF) stand for code points above all others, but sort below U+E000 as UTF-16.
            var isSurrogateA = char.IsSurrogate(a[i]);
            return isSurrogateA == char.IsSurrogate(b[i]) ? a[i].CompareTo(b[i]) : isSurrogateA ? 1 : -1;
        }

        return a.Length.CompareTo(b.Length);
    }

    internal static KeyEntry? Of(DraftHolon? draft) =>
        draft is { Key: { } key } ? new KeyEntry(key, draft.Descriptor ?? default, draft.Id) : null;
}

/// <summary>A live draft in the index by type.</summary>
/// <param name="Type">The draft's type.</param>
/// <param name="Holon">The draft.</param>
internal readonly record struct TypeEntry(LocalId Type, LocalId Holon) : IComparable<TypeEntry>
{
    public int CompareTo(TypeEntry other)
    {
        var order = Type.CompareTo(other.Type);
        return order == 0 ? Holon.CompareTo(other.Holon) : order;
    }

    internal static TypeEntry? Of(DraftHolon? draft) =>
        draft is { IsLive: true, Descriptor: { } type } ? new TypeEntry(type, draft.Id) : null;
}

/// <summary>A link that a draft adds, seen from its target.</summary>
/// <param name="Target">The holon linked to.</param>
/// <param name="Name">The declared name.</param>
/// <param name="Source">The draft.</param>
/// <param name="Slot">The link among those of the draft.</param>
public readonly record struct IncomingLink(LocalId Target, string Name, LocalId Source, LinkSlot Slot)
{
    internal static readonly IComparer<IncomingLink> Comparer = Comparer<IncomingLink>.Create(static (a, b) =>
    {
        var order = a.Target.CompareTo(b.Target);
        if (order == 0) order = string.CompareOrdinal(a.Name, b.Name);
        if (order == 0) order = a.Source.CompareTo(b.Source);
        return order == 0 ? a.Slot.CompareTo(b.Slot) : order;
    });

    /// <summary>The links that live drafts add, in order.</summary>
    internal static IncomingLink[] Of(IReadOnlyCollection<DraftHolon> drafts)
    {
        var links = new IncomingLink[drafts.Sum(CountAdded)];
        // By the first half of the target's id first: numbers are compared several times faster than links, and few links
        // share it.
        var (halves, order) = (new ulong[links.Length], new int[links.Length]);
        var count = 0;
        foreach (var draft in drafts)
        {
            if (!draft.IsLive) continue;
            foreach (var (name, edits) in draft.Links)
            {
                foreach (var slot in edits.Added)
                {
                    (halves[count], order[count]) = ((ulong)(slot.Other.Value >> 64), count);
                    links[count++] = new IncomingLink(slot.Other, name, draft.Id, slot);
                }
            }
        }

        Array.Sort(halves, order);
        var sorted = new IncomingLink[links.Length];
        for (var i = 0; i < order.Length; i++) sorted[i] = links[order[i]];
        for (int from = 0, to; from < sorted.Length; from = to)
        {
            for (to = from + 1; to < sorted.Length && halves[to] == halves[from];) to++;
            if (to > from + 1) sorted.AsSpan(from, to - from).Sort(Comparer);
        }

        return sorted;
    }

    private static int CountAdded(DraftHolon draft)
    {
        var count = 0;
        if (draft.IsLive)
            foreach (var (_, edits) in draft.Links) count += edits.Added.Count;
        return count;
    }
}

/// <summary>Range reads of sorted sets.</summary>
internal static class SortedSetRanges
{
    /// <summary>The items from one on. Each step is a look-up by index: logarithmic, without copying.</summary>
    public static IEnumerable<T> From<T>(this ImmutableSortedSet<T> set, T from, bool isExclusive)
    {
        var index = set.IndexOf(from);
        index = index < 0 ? ~index : isExclusive ? index + 1 : index;
        for (; index < set.Count; index++) yield return set[index];
    }
}
