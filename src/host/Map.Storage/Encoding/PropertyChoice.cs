using Map.Core.Values;

namespace Map.Storage.Encoding;

/// <summary>The properties that are wanted of many holons: the others are passed over, and nothing is made of them.</summary>
internal sealed class PropertyChoice
{
    private readonly (byte[] Utf8, string Name)[] _wanted;

    internal PropertyChoice(IEnumerable<string> names) =>
        _wanted = [.. names.Distinct(StringComparer.Ordinal).Select(name => (System.Text.Encoding.UTF8.GetBytes(name), name))];

    /// <summary>Reads properties as <see cref="ValueCodec"/> writes them.</summary>
    internal PropertyMap Read(ref ByteReader source)
    {
        var count = source.Items(ValueCodec.MinPropertySize - 1);
        var found = new KeyValuePair<string, BaseValue>[Math.Min(count, _wanted.Length)];
        var used = 0;
        for (var i = 0; i < count; i++)
        {
            if (Find(source.Block()) is not { } name)
            {
                ValueCodec.Skip(ref source, (ValueKind)source.Byte(), isItem: false);
                continue;
            }

            if (used > 0 && string.CompareOrdinal(found[used - 1].Key, name) >= 0) source.Damaged("property names do not rise");
            found[used++] = new(name, ValueCodec.ReadValue(ref source, isItem: false));
        }

        return PropertyMap.FromSorted(used == found.Length ? found : found[..used]);
    }

    private string? Find(ReadOnlySpan<byte> utf8)
    {
        foreach (var (wanted, name) in _wanted)
            if (utf8.SequenceEqual(wanted)) return name;
        return null;
    }
}
