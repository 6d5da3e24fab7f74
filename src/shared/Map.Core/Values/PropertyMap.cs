using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Map.Core.Values;

/// <summary>
/// The properties of a holon: an immutable map from canonical name to value, ordered by name (ordinal). A sorted
/// array: holons have few properties, and an array is the smallest thing that keeps them.
/// </summary>
public sealed class PropertyMap : IReadOnlyCollection<KeyValuePair<string, BaseValue>>, IEquatable<PropertyMap>
{
    /// <summary>No properties.</summary>
    public static readonly PropertyMap Empty = new([]);

    private readonly KeyValuePair<string, BaseValue>[] _entries;

    private PropertyMap(KeyValuePair<string, BaseValue>[] entries) => _entries = entries;

    /// <inheritdoc/>
    public int Count => _entries.Length;

    /// <summary>The value of a property, or null.</summary>
    public BaseValue? this[string name] => TryGet(name, out var value) ? value : null;

    /// <summary>A map of these entries; of equal names the last one counts.</summary>
    public static PropertyMap Create(IEnumerable<KeyValuePair<string, BaseValue>> entries)
    {
        KeyValuePair<string, BaseValue>[] sorted = [.. entries];
        var count = 0;
        // By insertion, in place: holons have few properties, and those mostly come in order.
        foreach (var entry in sorted)
        {
            var index = IndexOf(sorted.AsSpan(0, count), entry.Key);
            if (index < 0)
            {
                index = ~index;
                sorted.AsSpan(index, count++ - index).CopyTo(sorted.AsSpan(index + 1));
            }

            sorted[index] = entry;
        }

        return count == 0 ? Empty : new PropertyMap(count == sorted.Length ? sorted : sorted[..count]);
    }

    /// <summary>A map of entries already ordered by name without repetition, which the map takes over.</summary>
    /// <exception cref="ArgumentException">The entries are not in strictly rising order of name.</exception>
    public static PropertyMap FromSorted(KeyValuePair<string, BaseValue>[] entries)
    {
        for (var i = 1; i < entries.Length; i++)
            if (string.CompareOrdinal(entries[i - 1].Key, entries[i].Key) >= 0)
                throw new ArgumentException("Property names must rise strictly.", nameof(entries));
        return entries.Length == 0 ? Empty : new PropertyMap(entries);
    }

    /// <summary>Looks a property up.</summary>
    public bool TryGet(string name, [MaybeNullWhen(false)] out BaseValue value)
    {
        var index = IndexOf(name);
        value = index < 0 ? null : _entries[index].Value;
        return index >= 0;
    }

    /// <summary>The map with one property set.</summary>
    public PropertyMap With(string name, BaseValue value)
    {
        var index = IndexOf(name);
        KeyValuePair<string, BaseValue>[] entries;
        if (index >= 0)
        {
            entries = [.. _entries];
        }
        else
        {
            index = ~index;
            entries = new KeyValuePair<string, BaseValue>[_entries.Length + 1];
            _entries.AsSpan(0, index).CopyTo(entries);
            _entries.AsSpan(index).CopyTo(entries.AsSpan(index + 1));
        }

        entries[index] = new(name, value);
        return new PropertyMap(entries);
    }

    /// <summary>The map without one property; this map when it is not there.</summary>
    public PropertyMap Without(string name)
    {
        var index = IndexOf(name);
        if (index < 0) return this;
        return Count == 1 ? Empty : new PropertyMap([.. _entries.AsSpan(0, index), .. _entries.AsSpan(index + 1)]);
    }

    /// <summary>The entries in order of name.</summary>
    public ReadOnlySpan<KeyValuePair<string, BaseValue>> AsSpan() => _entries;

    /// <inheritdoc/>
    public bool Equals(PropertyMap? other) =>
        other is not null && (ReferenceEquals(this, other) || _entries.AsSpan().SequenceEqual(other._entries));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PropertyMap);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var entry in _entries) hash.Add(entry);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, BaseValue>> GetEnumerator() =>
        ((IEnumerable<KeyValuePair<string, BaseValue>>)_entries).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int IndexOf(string name) => IndexOf(_entries, name);

    private static int IndexOf(ReadOnlySpan<KeyValuePair<string, BaseValue>> entries, string name)
    {
        int low = 0, high = entries.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = string.CompareOrdinal(entries[middle].Key, name);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }

        return ~low;
    }
}
