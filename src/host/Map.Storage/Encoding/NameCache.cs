using System.Text;

namespace Map.Storage.Encoding;

/// <summary>
/// Property names that were read lately, so that many holons share one string. Racing threads at worst make a string
/// twice.
/// </summary>
internal static class NameCache
{
    private const int Slots = 4096;
    private const int MaxLength = 64;

    private static readonly string?[] _names = new string?[Slots];

    /// <summary>The text of valid UTF-8 bytes.</summary>
    internal static string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxLength) return System.Text.Encoding.UTF8.GetString(utf8);
        var hash = default(HashCode);
        hash.AddBytes(utf8);
        ref var slot = ref _names[hash.ToHashCode() & Slots - 1];
        var known = slot;
        if (known is not null && Ascii.Equals(utf8, known)) return known;
        return slot = System.Text.Encoding.UTF8.GetString(utf8);
    }
}
