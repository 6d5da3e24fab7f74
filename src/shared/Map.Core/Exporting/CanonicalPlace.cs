using Map.Core.Identity;
using Map.Core.Transactions;

namespace Map.Core.Exporting;

/// <summary>
/// Where a holon stands among others in a file, whichever space it is of: by key, those of one key by the key of their
/// type, and those without a key last, in order of creation.
/// </summary>
/// <param name="Key">Its key; null for none.</param>
/// <param name="TypeKey">The key of its type, where others have the key as well.</param>
/// <param name="Id">The holon.</param>
internal readonly record struct CanonicalPlace(string? Key, string? TypeKey, LocalId Id) : IComparable<CanonicalPlace>
{
    public int CompareTo(CanonicalPlace other)
    {
        var order = Compare(Key, other.Key);
        if (order == 0) order = Compare(TypeKey, other.TypeKey);
        return order == 0 ? Id.CompareTo(other.Id) : order;
    }

    private static int Compare(string? a, string? b) => (a, b) switch
    {
        (null, null) => 0,
        (null, _) => 1,
        (_, null) => -1,
        _ => KeyEntry.CompareKeys(a, b),
    };
}
